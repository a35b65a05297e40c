"""A store's public code leads to its door and to paying there, however it is typed.

Source: spec/platform.md (Store); design/ui/faces.md 6.3, 7a.
"""

import pytest
from django.test import Client

from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.merchants.access import store_by_code
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

CODE = "SELECT code FROM merchants_profile WHERE store_id = %s"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()


def code_of(key: str) -> str:
    return str(town.query(CODE, town.party(key, kind=2))[0][0])


@pytest.mark.usefixtures("channels")
def test_the_public_code_opens_the_door_and_the_form() -> None:
    open_sandbox_accounts()
    code = code_of("fang")
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:]}"):
        for path in (f"/s/{typed}", f"/s/{typed}/pay"):
            page = Client().get(path)
            assert page.status_code == 200, path
            assert "阿芳小馆" in page.content.decode()
    assert "青禾眼镜" in Client().get(f"/s/{code_of('qing')}").content.decode()


def test_a_code_that_no_store_has_is_no_door() -> None:
    assert store_by_code(code="00000000") is None
    assert Client().get("/s/00000000").status_code == 404
    assert Client().get("/s/00000000/pay").status_code == 404


def test_the_owners_page_shows_the_public_code() -> None:
    page = signed_in("afang").get("/store/fang/qr")
    assert f"/s/{code_of('fang')}<" in page.content.decode()
