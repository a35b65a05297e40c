"""Pictures from outside, made harmless: decoded, and drawn anew from the pixels alone.

    bytes -> kind by content -> pixels by the head -> decoded -> upright -> a JPEG of our own

The name and the type that came along are never asked. What hides behind, before or inside the
picture (another file, a script, where it was taken) is not in what is drawn anew.

Units: bytes, pixels. Source: reliability 8 (20): ASVS 5.2.1, 5.2.2, 5.2.6, 5.3.1.
"""

import io
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps

KINDS: Final = ("JPEG", "PNG", "WEBP")
PIXELS_MAX: Final = 50_000_000
"""More than any phone takes; decoded it is 150 MB for a moment."""
EDGE_MAX: Final = 2_400
"""Enough to read the small print of a licence."""
_QUALITY: Final = 85
_WHITE: Final = (255, 255, 255)


class NotAPicture(Exception):
    """Bytes that are no whole JPEG, PNG or WebP, whatever they are called."""


class TooManyPixels(Exception):
    """A picture that is larger than it may be, decoded: it was not decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A JPEG that was drawn here, and its size."""

    data: bytes
    width: int
    height: int


def redraw(data: bytes) -> Picture:
    """Draw a picture anew; raises `NotAPicture` or `TooManyPixels`."""
    try:
        plain = _decoded(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels(str(error)) from None
    except TooManyPixels:
        raise
    except Exception as error:  # noqa: BLE001  whatever it trips over in foreign bytes: no picture
        raise NotAPicture(str(error)) from None
    drawn = io.BytesIO()
    plain.save(drawn, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(data=drawn.getvalue(), width=plain.width, height=plain.height)


def _decoded(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=KINDS) as opened:
        if opened.width * opened.height > PIXELS_MAX:
            raise TooManyPixels(f"{opened.width} by {opened.height} pixels")
        opened.draft("RGB", (EDGE_MAX, EDGE_MAX))
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((EDGE_MAX, EDGE_MAX))
        return _on_white(upright)


def _on_white(image: Image.Image) -> Image.Image:
    """Give the pixels alone, what is transparent in white, nothing that came with them."""
    layer = image.convert("RGBA")
    plain = Image.new("RGB", layer.size, _WHITE)
    plain.paste(layer, mask=layer.getchannel("A"))
    return plain
