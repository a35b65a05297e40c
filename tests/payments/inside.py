"""WeChat's own browser in tests: its name, its bridge, and a channel that looks like WeChat itself.

Source: P1, P4.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Route

from gongxiang.payments.channels import WECHAT_BASE
from tests.web.test_browser import STATIC

WECHAT: Final = (
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Language/zh_CN"
)


def make_real(folder: str) -> None:
    """Let the channel look as if it were WeChat itself, for pages that only print what it needs."""
    kept = Path(folder) / "wechat.json"
    told = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps({**told, "base": WECHAT_BASE}), encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """WeChat's browser with a page of ours: what its bridge was asked, and what our page sent."""

    page: Page
    invoked: list[tuple[str, dict[str, str]]]
    sent: list[str]


def phone_with(browser: Browser, answer: Any, says: str) -> Phone:  # noqa: ANN401  Django's answer
    """Show an answer under its own policy in a browser that has WeChat's bridge."""
    page = browser.new_context(user_agent=WECHAT).new_page()
    phone = Phone(page=page, invoked=[], sent=[])
    headers = {"Content-Security-Policy": answer["Content-Security-Policy"]}

    def bridge(name: str, words: dict[str, str]) -> dict[str, str]:
        phone.invoked.append((name, words))
        return {"err_msg": f"{name}:{says}"}

    def serve(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            script = (STATIC / path.removeprefix("/static/")).read_bytes()
            kind = "text/css" if path.endswith(".css") else "text/javascript"
            route.fulfill(body=script, content_type=kind)
            return
        phone.sent.append(route.request.method)
        shown = answer.content if route.request.method == "GET" else b"asked"
        kind = "text/html; charset=utf-8"
        route.fulfill(body=shown, content_type=kind, headers=headers)

    page.expose_function("bridge", bridge)
    page.add_init_script(
        "window.WeixinJSBridge = {invoke: (name, words, done) => bridge(name, words).then(done)}"
    )
    page.route("**/*", serve)
    return phone
