"""Pictures from outside are drawn anew: no picture is refused, what hides in one is gone.

Source: reliability 8 (20): ASVS 5.2.1, 5.2.2, 5.2.6, 5.3.1.
"""

import contextlib
import io
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from gongxiang.base.picture import EDGE_MAX, NotAPicture, TooManyPixels, redraw

SECRET = b"<?php system($_GET['x']); ?>"
PLACE = 0x8825
UPRIGHT_TURNED = 6
ORIENTATION = 0x0112


def drawn(kind: str, *, size: tuple[int, int] = (60, 40), exif: Image.Exif | None = None) -> bytes:
    """Draw a picture of a kind."""
    file = io.BytesIO()
    more = {} if exif is None else {"exif": exif}
    Image.new("RGB", size, (200, 30, 30)).save(file, kind, **more)
    return file.getvalue()


def archive() -> bytes:
    """Make a ZIP that holds a script."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("shell.php", SECRET)
    return file.getvalue()


def bomb(*, width: int, height: int) -> bytes:
    """Make the head of a PNG that claims to be this large, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 9))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_becomes_a_jpeg_of_our_own(kind: str) -> None:
    picture = redraw(drawn(kind))
    assert (picture.width, picture.height) == (60, 40)
    assert Image.open(io.BytesIO(picture.data)).format == "JPEG"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a" + b"\0" * 64,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7\n" + SECRET,
        b"\xff\xd8\xff" + SECRET,
        b"\x89PNG\r\n\x1a\n" + SECRET,
        drawn("GIF"),
        drawn("JPEG")[:200],
        drawn("PNG")[:-30],
        archive(),
    ],
    ids=("nothing", "gif head", "svg", "pdf", "jpeg head", "png head", "gif", "cut", "torn", "zip"),
)
def test_what_is_no_whole_picture_is_refused_whatever_it_begins_with(data: bytes) -> None:
    with pytest.raises(NotAPicture):
        redraw(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_hangs_on_a_picture_is_gone(kind: str) -> None:
    for tail in (archive(), SECRET, b"<html><script>alert(1)</script></html>"):
        picture = redraw(drawn(kind) + tail)
        assert SECRET not in picture.data
        assert b"<script" not in picture.data
        assert not zipfile.is_zipfile(io.BytesIO(picture.data))


def test_where_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = UPRIGHT_TURNED
    exif.get_ifd(PLACE)[1] = "N"
    exif[0x010E] = "my kitchen"
    picture = redraw(drawn("JPEG", exif=exif))
    assert (picture.width, picture.height) == (40, 60)
    assert b"my kitchen" not in picture.data
    assert not Image.open(io.BytesIO(picture.data)).getexif()


@pytest.mark.parametrize(("width", "height"), [(7_072, 7_072), (60_000, 60_000), (2**31 - 1, 9)])
def test_a_bomb_is_refused_by_its_head(width: int, height: int) -> None:
    with pytest.raises(TooManyPixels):
        redraw(bomb(width=width, height=height))


def test_a_large_picture_is_made_smaller() -> None:
    picture = redraw(drawn("PNG", size=(4_800, 1_200)))
    assert (picture.width, picture.height) == (EDGE_MAX, 600)


def test_what_is_transparent_is_white() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(file, "PNG")
    drawn_anew = Image.open(io.BytesIO(redraw(file.getvalue()).data))
    assert drawn_anew.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_with_bytes_changed_is_drawn_or_refused(kind: str) -> None:
    """Chance finds what a decoder trips over, here the words of EXIF most of all."""
    chance = random.Random(20_261_128)  # noqa: S311  chance, not a secret
    words = Image.Exif()
    words[0x112], words[0x10F], words[0x8769] = 6, "x", {0x9003: "2020"}
    file = io.BytesIO()
    Image.effect_noise((64, 48), 80).convert("RGB").save(file, kind, exif=words)
    whole = file.getvalue()
    for _ in range(4_000):
        changed = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            changed[chance.randrange(min(len(changed), 300))] = chance.randrange(256)
        with contextlib.suppress(NotAPicture, TooManyPixels):
            redraw(bytes(changed))
