"""Drawing what is printed: type, codes to scan, and sheets as PNG or PDF.

A code is drawn with whole pixels to a module, so that no edge is blurred; on a page it is one path
of an SVG.

Units: pixels. Source: platform.md (posters, plates); design/ui/faces.md 6.2, 6.3.
"""

import io
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import manimgx_fonts_cjk
import segno
from PIL import Image, ImageDraw, ImageFont

PAPER: Final = "#f4f5f1"
WHITE: Final = "#ffffff"
BRAND: Final = "#0a5a4e"
ON_BRAND: Final = "#d6ece5"
INK: Final = "#14201d"
CAPTION: Final = "#5d6965"
LINE: Final = "#d9ddd4"
VOW: Final = "积分不保本、不保收益。"
DOTS_PER_INCH: Final = 300
_FONT: Final = "NotoSansCJK-VF.otf.ttc"
_SIMPLIFIED: Final = 2
_WEIGHT: Final = 500
_BORDER: Final = 2
_COMPRESSION: Final = 6
_QUALITY: Final = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """A code as one path: its size in modules, and the dark ones."""

    size: int
    path: str


def font(size: int) -> ImageFont.FreeTypeFont:
    """Give the type of all prints at a size."""
    return _font(size)


def fitted(text: str, *, size: int, width: int) -> ImageFont.FreeTypeFont:
    """Give the largest type up to a size in which a text is not wider than a width."""
    wide = _font(size).getlength(text)
    return _font(size if wide <= width else max(1, size * width // (int(wide) + 1)))


def write(
    pen: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    *,
    face: ImageFont.FreeTypeFont,
    fill: str,
) -> None:
    """Write a line around its middle."""
    pen.text(place, text, font=face, fill=fill, anchor="mm")


def code(link: str, *, size: int) -> Image.Image:
    """Draw the code of a link in the middle of its square, whole pixels to a module."""
    made = segno.make(link, error="m", micro=False)
    modules = int(made.symbol_size(border=_BORDER)[0])
    scale = size // modules
    file = io.BytesIO()
    made.save(file, kind="png", scale=scale, border=_BORDER)
    square = Image.new("RGB", (size, size), WHITE)
    edge = (size - modules * scale) // 2
    square.paste(Image.open(file).convert("RGB"), (edge, edge))
    return square


@lru_cache(maxsize=256)
def modules(link: str) -> Modules:
    """Give the code of a link as the path of an SVG.

    >>> modules("https://example.cn/s/7GKM0211").path[:14]
    'M2 2h7v1h-7zM1'
    """
    made = segno.make(link, error="m", micro=False)
    dark = []
    for y, row in enumerate(made.matrix, _BORDER):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                dark.append(f"M{x + _BORDER} {y}h{end - x}v1h-{end - x}z")
            x = end + 1
    return Modules(size=int(made.symbol_size(border=_BORDER)[0]), path="".join(dark))


def as_png(picture: Image.Image) -> bytes:
    """Give a picture as PNG, at its resolution."""
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=_COMPRESSION, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return file.getvalue()


def as_pdf(picture: Image.Image, *, title: str) -> bytes:
    """Give a picture as a PDF of one page, at its own size on paper."""
    file = io.BytesIO()
    picture.save(file, "PDF", resolution=DOTS_PER_INCH, quality=_QUALITY, title=title)
    return file.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    folder = Path(manimgx_fonts_cjk.__file__).parent
    found = ImageFont.truetype(str(folder / _FONT), size, index=_SIMPLIFIED)
    found.set_variation_by_axes([_WEIGHT])
    return found
