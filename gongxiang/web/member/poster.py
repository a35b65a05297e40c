"""The poster of a member: a code to scan, and the sentence that belongs beside it.

Units: pixels. Source: platform.md (share poster with QR); H2; design/ui/faces.md 6.2.
"""

from typing import Final

from PIL import Image, ImageDraw

from gongxiang.web.shared import drawing
from gongxiang.web.shared.drawing import write

SIZE: Final = (900, 1_200)
_CARD: Final = (90, 300, 810, 1_020)
_CODE: Final = 600
_MIDDLE: Final = SIZE[0] // 2
_LINES: Final = (
    (110, "共享会员", 64, drawing.WHITE),
    (205, "{name} 邀请你", 38, drawing.ON_BRAND),
    (975, "扫码看说明，同意了才加入", 34, drawing.INK),
    (1_085, "门店让利，账目公开，谁都能重算", 32, drawing.INK),
    (1_140, drawing.VOW, 30, drawing.CAPTION),
)


def draw(*, link: str, name: str) -> bytes:
    """Draw the poster of a link as PNG."""
    poster = Image.new("RGB", SIZE, drawing.PAPER)
    pen = ImageDraw.Draw(poster)
    pen.rectangle((0, 0, SIZE[0], 420), fill=drawing.BRAND)
    pen.rounded_rectangle(_CARD, radius=44, fill=drawing.WHITE)
    poster.paste(drawing.code(link, size=_CODE), (_MIDDLE - _CODE // 2, 335))
    for y, text, size, fill in _LINES:
        face = drawing.font(size)
        write(pen, (_MIDDLE, y), text.format(name=name), face=face, fill=fill)
    return drawing.as_png(poster)
