"""Alipay's sign-in, played: a page to choose who one is, and the exchange of its codes.

    GET  /oauth2/publicAppAuthorize.htm        the page; its links come back with a code and state
    POST /gateway.do alipay.system.oauth.token a code, once, within five minutes, for its user

The first person is who pays on the phone. The wire format is Alipay's; the persons are invented.

Units: seconds. Source: platform.md P1.
"""

import html
import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.wire import Answer, Request

PAGE: Final = "/oauth2/publicAppAuthorize.htm"
METHOD: Final = "alipay.system.oauth.token"
LIFE_SECONDS: Final = 300
PAYER: Final = "2088000000000001"
PERSONS: Final = {PAYER: "林小满（在沙箱手机上付款的人）", "2088000000000002": "周二"}
_INVALID: Final = {
    "code": "40002",
    "msg": "Invalid Arguments",
    "sub_code": "isv.code-invalid",
    "sub_msg": "授权码code无效",
}
_SIGN_IN: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>支付宝登录沙箱</title></head><body><main>
<h1>支付宝登录沙箱</h1><p>选一个人，就以他的支付宝身份回去。</p><ul>{persons}</ul></main></body></html>
"""


class Codes:
    """The codes that were given and not exchanged yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._codes: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()

    def give(self, user: str) -> str:
        """Make a code for a person."""
        code = secrets.token_hex(16)
        with self._lock:
            self._codes[code] = (user, _now() + LIFE_SECONDS)
        return code

    def take(self, code: str) -> str:
        """Give whom a code stands for, once; nobody when it is not known or too old."""
        with self._lock:
            user, until = self._codes.pop(code, ("", 0))
        return user if until >= _now() else ""


def page(request: Request, keys: Keys, codes: Codes) -> Answer:
    """Ask who somebody is."""
    asked = dict(parse_qsl(urlsplit(request.path).query))
    back = asked.get("redirect_uri", "")
    is_web = urlsplit(back).scheme in {"http", "https"}
    if asked.get("app_id") != keys.app_id or asked.get("scope") != "auth_base" or not is_web:
        return Answer(status=400, body=b"redirect_uri, scope or app_id")
    links = []
    for user, name in PERSONS.items():
        told = {"app_id": keys.app_id, "source": "alipay_wallet", "scope": "auth_base"}
        told |= {"auth_code": codes.give(user), "state": asked.get("state", "")}
        link = html.escape(f"{back}?{urlencode(told)}")
        links.append(f'<li><a href="{link}">{html.escape(name)}</a></li>')
    headers = {"Content-Type": "text/html; charset=utf-8"}
    body = _SIGN_IN.format(persons="".join(links)).encode()
    return Answer(status=200, body=body, headers=headers)


def exchange(fields: Mapping[str, str], codes: Codes) -> tuple[str, dict[str, Any]]:
    """Answer an exchange as Alipay does: the name of the object, and the object."""
    is_asked = fields.get("grant_type") == "authorization_code"
    user = codes.take(fields.get("code", "")) if is_asked else ""
    if not user:
        return "error_response", dict(_INVALID)
    told = {
        "user_id": user,
        "access_token": secrets.token_hex(16),
        "expires_in": 1_296_000,
        "refresh_token": secrets.token_hex(16),
        "re_expires_in": 2_592_000,
    }
    return f"{METHOD.replace('.', '_')}_response", told


def _now() -> int:
    return time.monotonic_ns() // 1_000_000_000
