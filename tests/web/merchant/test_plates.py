"""A store's plate and poster: every file is read back by a decoder, and has its size on paper.

Source: design/ui/faces.md 6.3 (plate and poster); H1, H2.
"""

import io
import re

import pytest
import zxingcpp
from django.conf import settings
from PIL import Image

from gongxiang.merchants.access import Role
from gongxiang.web.shared import drawing
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

LINK = f"{settings.PUBLIC_ADDRESS}/s/{{}}"
MILLIMETRES = {"a6": (105, 148), "a5": (148, 210), "a4": (210, 297)}
JPEG = re.compile(rb"stream\r?\n(\xff\xd8.*?)\r?\nendstream", re.DOTALL)
BOX = re.compile(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]")


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town()


def door() -> str:
    return str(town.query("SELECT code FROM merchants_profile ORDER BY store_id")[0][0])


def read(picture: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("name", sorted(MILLIMETRES))
def test_a_decoder_reads_every_png_back(name: str) -> None:
    answer = signed_in("afang").get(f"/store/fang/qr/{name}.png")
    picture = Image.open(io.BytesIO(answer.content))
    assert answer["Content-Type"] == "image/png"
    assert read(picture) == [LINK.format(door())]
    assert [round(side / 300 * 25.4) for side in picture.size] == list(MILLIMETRES[name])
    assert picture.info["dpi"] == (299.9994, 299.9994)


@pytest.mark.parametrize("name", sorted(MILLIMETRES))
def test_a_decoder_reads_the_picture_in_every_pdf_back(name: str) -> None:
    answer = signed_in("afang").get(f"/store/fang/qr/{name}.pdf")
    found = JPEG.search(answer.content)
    box = BOX.search(answer.content)
    assert found is not None
    assert box is not None
    assert answer["Content-Type"] == "application/pdf"
    assert read(Image.open(io.BytesIO(found.group(1)))) == [LINK.format(door())]
    assert [round(float(side) / 72 * 25.4) for side in box.groups()] == list(MILLIMETRES[name])


def test_a_decoder_reads_the_code_of_the_page_back() -> None:
    """The path of the page, drawn module by module, is the same code."""
    link = LINK.format(door())
    page = signed_in("afang").get("/store/fang/qr").content.decode()
    modules = drawing.modules(link)
    assert modules.path in page
    picture = Image.new("L", (modules.size, modules.size), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", modules.path):
        for step in range(int(width)):
            picture.putpixel((int(x) + step, int(y)), 0)
    side = modules.size * 8
    assert read(picture.resize((side, side), Image.Resampling.NEAREST)) == [link]


def test_a_long_name_stays_on_the_sheet() -> None:
    face = drawing.fitted("阿芳小馆天河体育东横街十八号首层旗舰店" * 2, size=114, width=1_116)
    assert face.getlength("阿芳小馆天河体育东横街十八号首层旗舰店" * 2) <= 1_116


def test_there_is_no_other_sheet_and_no_other_persons_store() -> None:
    owner = signed_in("afang")
    assert owner.get("/store/fang/qr/a3.pdf").status_code == 404
    assert owner.get("/store/fang/qr/a6.svg").status_code == 404
    for path in ("", "/a6.pdf", "/a6.png"):
        assert signed_in("lin").get(f"/store/fang/qr{path}").status_code == 404


def test_who_works_at_the_till_may_print() -> None:
    shop = town.party("fang", kind=2)
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, %s, clock_timestamp())",
        shop,
        town.party("lin"),
        Role.CASHIER.value,
    )
    assert signed_in("lin").get("/store/fang/qr").status_code == 200
