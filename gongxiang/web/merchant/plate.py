"""A store's plate for the till and its poster for the wall: name, code, and how it goes on.

    a6  105 × 148 mm   plate         a5  148 × 210 mm   plate         a4  210 × 297 mm   poster

Drawn at 300 dots an inch in parts of the width, so that every sheet has the same proportions.

Units: pixels; lengths of the layout in thousandths of the width.
Source: design/ui/faces.md 6.3 (plate and poster), 3.4; H1, H2.
"""

from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from gongxiang.web.shared import drawing
from gongxiang.web.shared.drawing import write

_WHOLE: Final = 1_000
_MIDDLE: Final = 500
_STEPS: Final = (
    ("1", "扫码，填上金额付款", "付款后看得到单号，退款期内可以原路退回"),
    ("2", "过了退款期，自动结算", "店家让出的钱进公开的盈利池，每一步谁都能重算"),
    ("3", "得到一批积分", "可以卖出，也可以留着"),
)
_PROMISE: Final = "新顾客先看说明，同意了才成为会员"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A size of paper: its name, what it is for, and its pixels."""

    name: str
    title: str
    paper: str
    size: tuple[int, int]
    is_poster: bool


SHEETS: Final = (
    Sheet(
        name="a6",
        title="立牌（小）",
        paper="A6，105 × 148 毫米",
        size=(1_240, 1_748),
        is_poster=False,
    ),
    Sheet(
        name="a5",
        title="立牌（大）",
        paper="A5，148 × 210 毫米",
        size=(1_748, 2_480),
        is_poster=False,
    ),
    Sheet(
        name="a4",
        title="海报",
        paper="A4，210 × 297 毫米",
        size=(2_480, 3_508),
        is_poster=True,
    ),
)
"""What a store can print."""


def sheet_of(*, name: str) -> Sheet | None:
    """Give the sheet of a name."""
    return next((sheet for sheet in SHEETS if sheet.name == name), None)


def spaced(code: str) -> str:
    """Write a public code in two halves, as it is read aloud.

    >>> spaced("7GKM0211"), spaced("S001")
    ('7GKM 0211', 'S001')
    """
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}" if len(code) == 8 else code  # noqa: PLR2004  a code's length


def draw(*, sheet: Sheet, link: str, name: str, code: str) -> Image.Image:
    """Draw a store's sheet: the code of its door, its name, its number."""
    page = _Page(sheet)
    page.band(280 if sheet.is_poster else 320)
    page.line(76, "共享会员", size=40, fill=drawing.ON_BRAND)
    page.line(172 if sheet.is_poster else 192, name, size=92, fill=drawing.WHITE)
    if sheet.is_poster:
        page.code(link, top=322, size=420)
        _say(page, top=812, code=code)
        _tell(page, top=1_042)
    else:
        page.code(link, top=366, size=640)
        _say(page, top=1_096, code=code)
    page.line(page.bottom - 60, drawing.VOW, size=32, fill=drawing.CAPTION)
    return page.picture


def _say(page: "_Page", *, top: int, code: str) -> None:
    """Write under the code what it does and whose it is."""
    page.line(top, "扫码付款", size=60, fill=drawing.INK)
    page.line(top + 72, f"门店编号 {spaced(code)}", size=38, fill=drawing.INK)
    page.line(top + 132, _PROMISE, size=34, fill=drawing.CAPTION)


def _tell(page: "_Page", *, top: int) -> None:
    """Write the three steps of a payment, one under another."""
    for place, (number, title, note) in enumerate(_STEPS):
        page.step(top + place * 104, number, title, note)


class _Page:
    """A sheet that is being drawn, in thousandths of its width."""

    def __init__(self, sheet: Sheet) -> None:
        self.width = sheet.size[0]
        self.bottom = sheet.size[1] * _WHOLE // self.width
        self.picture = Image.new("RGB", sheet.size, drawing.WHITE)
        self.pen = ImageDraw.Draw(self.picture)

    def at(self, length: int) -> int:
        """Give a length of the layout in pixels."""
        return length * self.width // _WHOLE

    def band(self, height: int) -> None:
        """Draw the dark band at the head."""
        self.pen.rectangle((0, 0, self.width, self.at(height)), fill=drawing.BRAND)

    def line(self, y: int, text: str, *, size: int, fill: str) -> None:
        """Write a line in the middle, smaller where it would not fit."""
        face = drawing.fitted(text, size=self.at(size), width=self.at(_WHOLE - 100))
        write(self.pen, (self.at(_MIDDLE), self.at(y)), text, face=face, fill=fill)

    def code(self, link: str, *, top: int, size: int) -> None:
        """Draw the code within a fine frame."""
        side, edge = self.at(size), self.at(12)
        left = (self.width - side) // 2
        frame = (left - edge, self.at(top) - edge, left + side + edge, self.at(top) + side + edge)
        thin = max(1, self.at(3))
        self.pen.rounded_rectangle(frame, radius=self.at(30), outline=drawing.LINE, width=thin)
        self.picture.paste(drawing.code(link, size=side), (left, self.at(top)))

    def step(self, y: int, number: str, title: str, note: str) -> None:
        """Write one numbered step."""
        middle, radius = (self.at(130), self.at(y)), self.at(30)
        x, top = middle
        disc = (x - radius, top - radius, x + radius, top + radius)
        self.pen.ellipse(disc, fill=drawing.BRAND)
        write(self.pen, middle, number, face=drawing.font(self.at(34)), fill=drawing.WHITE)
        for shift, text, size, fill in (
            (-20, title, 36, drawing.INK),
            (24, note, 27, drawing.CAPTION),
        ):
            face = drawing.font(self.at(size))
            place = (self.at(190), self.at(y + shift))
            self.pen.text(place, text, font=face, fill=fill, anchor="lm")
