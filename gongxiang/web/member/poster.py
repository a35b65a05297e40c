"""The poster of a member: a code to scan, and the sentence that belongs beside it.

Units: pixels. Source: platform.md (share poster with QR); H2; design/ui/faces.md 6.2.
"""

import io
from functools import cache
from pathlib import Path
from typing import Final

import manimgx_fonts_cjk
import segno
from PIL import Image, ImageDraw, ImageFont

SIZE: Final = (900, 1_200)
_PAPER: Final = "#f4f5f1"
_HERO: Final = "#0a5a4e"
_INK: Final = "#14201d"
_CAPTION: Final = "#5d6965"
_CARD: Final = (90, 300, 810, 1_020)
_CODE: Final = 600
_FONT: Final = "NotoSansCJK-VF.otf.ttc"
_SIMPLIFIED: Final = 2
_WEIGHT: Final = 500
_MIDDLE: Final = SIZE[0] // 2


def draw(*, link: str, name: str) -> bytes:
    """Draw the poster of a link as PNG."""
    poster = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(poster)
    pen.rectangle((0, 0, SIZE[0], 420), fill=_HERO)
    pen.text((_MIDDLE, 110), "共享会员", font=_font(64), fill="#ffffff", anchor="mm")
    pen.text((_MIDDLE, 205), f"{name} 邀请你", font=_font(38), fill="#d6ece5", anchor="mm")
    pen.rounded_rectangle(_CARD, radius=44, fill="#ffffff")
    poster.paste(_code(link), (_MIDDLE - _CODE // 2, 335))
    pen.text((_MIDDLE, 975), "扫码看说明，同意了才加入", font=_font(34), fill=_INK, anchor="mm")
    pen.text(
        (_MIDDLE, 1_085), "门店让利，账目公开，谁都能重算", font=_font(32), fill=_INK, anchor="mm"
    )
    pen.text((_MIDDLE, 1_140), "积分不保本、不保收益。", font=_font(30), fill=_CAPTION, anchor="mm")
    file = io.BytesIO()
    poster.save(file, "PNG", optimize=True)
    return file.getvalue()


def _code(link: str) -> Image.Image:
    """Draw the code with whole pixels to a module, in the middle of its square."""
    code = segno.make(link, error="m", micro=False)
    modules = int(code.symbol_size(border=2)[0])
    scale = _CODE // modules
    file = io.BytesIO()
    code.save(file, kind="png", scale=scale, border=2)
    square = Image.new("RGB", (_CODE, _CODE), "#ffffff")
    edge = (_CODE - modules * scale) // 2
    square.paste(Image.open(file).convert("RGB"), (edge, edge))
    return square


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    folder = Path(manimgx_fonts_cjk.__file__).parent
    font = ImageFont.truetype(str(folder / _FONT), size, index=_SIMPLIFIED)
    font.set_variation_by_axes([_WEIGHT])
    return font
