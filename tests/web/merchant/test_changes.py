"""Asking for changes on the page: in words, with what was typed kept, by the owner alone.

Source: design/ui/faces.md 6.3, 4 (rule too soon); R4, R9.
"""

import pytest
from django.test import Client

from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, open_account
from tests.web.signed import signed_in

pytestmark = pytest.mark.db

SEE_OTHER = 303
MISSING = 404
UNPROCESSABLE = 422
PAGE = "/store/fang/changes"


@pytest.fixture
def owner(database: Database) -> Client:
    """Give the browser of the owner of 阿芳小馆."""
    del database
    town.open_town(settings=BAND)
    for key in ("afang", "zhou"):
        open_account(key)
    return signed_in("afang")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"what": "rate", "rate": "x", "since": "2026-12-01"}, "抽成写成百分数"),
        ({"what": "rate", "rate": "15", "since": "soon"}, "日期写成 2026-12-01 这样"),
        ({"what": "rate", "rate": "45", "since": "2026-12-01"}, "在 5% 到 30% 之间"),
        ({"what": "rate", "rate": "15", "since": "2026-11-25"}, "最早从 2026-11-30 起"),
        ({"what": "owner", "owner_code": "AFANG"}, "新店主要是会员"),
        ({"what": "x"}, "抽成写成百分数"),
    ],
)
def test_what_cannot_be_asked_is_said_and_kept(
    owner: Client, form: dict[str, str], words: str
) -> None:
    answer = owner.post(PAGE, form | {"reason": "冬天生意淡"})
    page = answer.content.decode()
    assert answer.status_code == UNPROCESSABLE
    assert words in page
    assert form.get("rate", "") in page
    assert town.query("SELECT count(*) FROM merchants_changerequest") == [(0,)]


def test_a_commission_is_asked_shown_and_withdrawn(owner: Client) -> None:
    form = {"what": "rate", "rate": "15", "since": "2026-12-01", "reason": "冬天生意淡"}
    assert owner.post(PAGE, form).status_code == SEE_OTHER
    page = owner.get(PAGE).content.decode()
    assert ("改抽成为 15%" in page, "待审核" in page) == (True, True)
    ((number,),) = town.query("SELECT id FROM merchants_changerequest")
    owner.post(PAGE, {"what": "withdraw", "number": str(number)})
    assert "已撤回" in owner.get(PAGE).content.decode()


def test_the_new_owner_agrees_on_his_own_page(owner: Client) -> None:
    code = town.query(
        "SELECT code FROM merchants_profile WHERE store_id = %s", town.party("fang", kind=2)
    )[0][0]
    zhou = signed_in("zhou")
    assert zhou.get(f"/store/{code}/take-over").status_code == MISSING
    owner.post(PAGE, {"what": "owner", "owner_code": "zhou", "reason": "转让"})
    assert owner.get(f"/store/{code}/take-over").status_code == MISSING
    assert "请你接手的是" in zhou.get(f"/store/{code}/take-over").content.decode()
    assert town.query("SELECT agreed_at FROM merchants_changerequest") == [(None,)]
    assert zhou.post(f"/store/{code}/take-over").status_code == SEE_OTHER
    assert "等平台审核" in zhou.get(f"/store/{code}/take-over").content.decode()
