"""A neighbourhood that really runs: `up` with all its programs, phones in a browser, the engine.

With GONGXIANG_PICTURES=FOLDER each step leaves a picture there: 390 pixels wide, few colours.
Source: issue 4 (Shows 1); docs/tutorial.
"""

import base64
import io
import json
import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import zxingcpp
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django_otp.oath import TOTP
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from gongxiang.cli import server
from gongxiang.cli.cluster import free_port
from gongxiang.cli.server import Access
from gongxiang.cli.snapshot import snapshot
from gongxiang.lab.lines import decode
from gongxiang.lab.replay import Replay
from gongxiang.rulebook.load import load_terms
from gongxiang.settlement.export import event_lines, unsettled
from tests.cli.test_up import Up, command, running
from tests.conftest import _django_on as django_on

PHONE: Final = {"width": 390, "height": 844}
DESK: Final = {"width": 1280, "height": 800}
PATIENCE_SECONDS: Final = 180
START_SECONDS: Final = 180
AGAIN_MS: Final = 500
COMMON: Final = 16
KINDS: Final = 32
SHADES: Final = 128
APART: Final = 8
"""Two colours of a picture differ by as much in a channel: nearer ones pull white to a tint."""
PICTURE_BYTES_MAX: Final = 60 * 1024
_NEWEST: Final = """
SELECT party.key FROM members_account account JOIN members_party party ON party.id = member_id
 ORDER BY account.opened_at DESC LIMIT 1
"""
_SECRET: Final = re.compile(r"[A-Z2-7]{4}(?: [A-Z2-7]{4})+")


@dataclass(slots=True, kw_only=True)
class Neighbourhood:
    """A running `up`, its database, and the browser of everybody in it."""

    base: str
    texts: str
    home: Path
    access: Access
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def page(self, *, size: dict[str, int] = PHONE) -> Page:
        """Give somebody a browser of his own."""
        context = self.browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1_000)
        return page

    def sign_in(self, page: Page, *, number: str) -> None:
        """Prove a phone on the page that asks for it, by the code of the text message."""
        page.get_by_label("手机号").fill(number)
        page.get_by_role("button", name="用手机号登录").click()
        page.get_by_label("6 位验证码").fill(self._code(number))
        page.get_by_role("button", name="确认是我").click()

    def _code(self, number: str) -> str:
        """Give the newest code that a phone got and nobody used."""
        with urllib.request.urlopen(f"{self.texts}/messages", timeout=10) as answer:  # noqa: S310  ours
            told = json.load(answer)
        message = next(each for each in told if each["phone"] == number)
        assert message["id"] not in self.used
        self.used.add(message["id"])
        found = re.search(r"\b\d{6}\b", message["text"])
        assert found is not None
        return found[0]

    def officer(self, name: str, password: str) -> Page:
        """Sign somebody of the staff in for the first time: password, then his authenticator."""
        page = self.page(size=DESK)
        page.goto(f"{self.base}/ops/withdrawals/")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("6 位数字").fill(_shown_by_authenticator(page.inner_text("main")))
        page.get_by_role("button", name="启用两步验证").click()
        page.get_by_role("link", name="已收好，进入后台").click()
        return page

    def engine(self) -> Replay:
        """Fold the whole history up to now once more, as anybody could: the figures to expect."""
        replay = Replay(load_terms(preset="town"))
        with snapshot(self.access.url) as reading:
            for number, line in enumerate(event_lines(reading), 1):
                replay.take(number, decode(line, number=number))
        assert replay.refused == []
        replay.finish()
        return replay

    def clock(self, step: str) -> None:
        """Move the platform's clock on, by the command."""
        done = command(self.home, "clock", step)
        assert done.returncode == 0, done.stderr

    def is_settled(self) -> bool:
        """Tell whether everything that was recorded and is due was settled."""
        with snapshot(self.access.url) as reading:
            left = unsettled(reading)
        return not left.facts and not left.orders

    def ask(self, question: str) -> int:
        """Ask the database for one number."""
        return int(self._row(question)[0])

    def newest_member(self) -> str:
        """Give the key by which the history knows the one who joined last."""
        return str(self._row(_NEWEST)[0])

    def _row(self, question: str) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(question)
            row: tuple[Any, ...] = cursor.fetchone()
        return row


@contextmanager
def opened(home: Path, browser: Browser) -> Iterator[Neighbourhood]:
    """Start `up` on an empty home; Django of this process reads its database and speaks to it."""
    port = free_port()
    with running(home, "--port", str(port)) as up, server.database(home=home) as access:
        until(lambda: "付款手机" in up.said, up.said, seconds=START_SECONDS)
        folder = str(home / "sandbox")
        with django_on(access.url), override_settings(CHANNELS_FOLDER=folder):
            assert folder == settings.CHANNELS_FOLDER
            place = Neighbourhood(
                base=f"http://127.0.0.1:{port}",
                texts=_said(up, "短信"),
                home=home,
                access=access,
                browser=browser,
            )
            yield place
            for context in place.contexts:
                context.close()


def until(is_so: Callable[[], bool], what: str, *, seconds: int = PATIENCE_SECONDS) -> None:
    """Wait for what another program brings about."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def again_until(page: Page, found: Locator) -> None:
    """Look at a page again until something stands on it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not found.count():
        assert time.monotonic() < deadline, page.inner_text("main")
        page.wait_for_timeout(AGAIN_MS)
        page.reload()


def scanned(page: Page) -> str:
    """Read the code that a page shows, as the camera of a phone does."""
    with Image.open(io.BytesIO(page.screenshot())) as seen:
        (found,) = zxingcpp.read_barcodes(seen)
    return str(found.text)


def words(page: Page) -> str:
    """Give what a page says in one line."""
    return " ".join(page.inner_text("main").split())


def picture(page: Page, name: str) -> None:
    """Leave a picture of a step, where somebody asked for pictures."""
    folder = os.environ.get("GONGXIANG_PICTURES")
    if not folder:
        return
    height = max(PHONE["height"], page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": PHONE["width"], "height": height})
    with Image.open(io.BytesIO(page.screenshot())) as whole:
        drawn = few_colours(whole)
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.save(path, optimize=True)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert path.stat().st_size <= PICTURE_BYTES_MAX, name


def few_colours(whole: Image.Image) -> Image.Image:
    """Give a picture in few colours: the commonest as they are, some of every kind, and shades.

    So paper stays paper, the amber of a status stays amber though few pixels have it, and a panel
    that goes from light to dark does so without an edge.
    """
    drawn = whole.convert("RGB")
    counted: Any = drawn.getcolors(drawn.width * drawn.height)
    chosen: list[tuple[int, ...]] = []
    for colour in (
        *(colour for _, colour in sorted(counted, reverse=True)[:COMMON]),
        *_palette(drawn, KINDS, Image.Quantize.MAXCOVERAGE),
        *_palette(drawn, SHADES, Image.Quantize.MEDIANCUT),
    ):
        if all(_distance(colour, other) >= APART for other in chosen):
            chosen.append(colour)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in chosen for part in colour])
    return drawn.quantize(palette=palette, dither=Image.Dither.NONE)


def _palette(drawn: Image.Image, colours: int, method: Image.Quantize) -> list[tuple[int, ...]]:
    reduced = drawn.quantize(colours, method=method, dither=Image.Dither.NONE)
    flat = (reduced.getpalette() or [])[: 3 * colours]
    return list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _shown_by_authenticator(page_text: str) -> str:
    secret = _SECRET.search(page_text)
    assert secret is not None, page_text
    return f"{TOTP(base64.b32decode(secret[0].replace(' ', ''))).token():06}"


def _said(up: Up, name: str) -> str:
    found = re.search(rf"{name}\s+(http\S+)", up.said)
    assert found is not None, up.said
    return found[1]
