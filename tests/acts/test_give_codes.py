"""Every store gets one public code, by which it is found however the code is typed.

Source: spec/platform.md (Store); design/scale.md rule 2.
"""

import pytest

from gongxiang.acts import give_codes as act
from gongxiang.acts.give_codes import give_codes
from gongxiang.merchants import codes
from gongxiang.merchants.access import Role, State, StoreCard, role_in, store_by_code, stores_of
from tests.acts import town
from tests.conftest import Database

CODE = "SELECT code FROM merchants_profile WHERE store_id = %s"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()


def code_of(key: str) -> str:
    return str(town.query(CODE, town.party(key, kind=2))[0][0])


def forget() -> None:
    town.query("DELETE FROM merchants_profile")
    town.query("DELETE FROM merchants_storecode")


def codes_agree() -> bool:
    profiles = town.query("SELECT code, store_id FROM merchants_profile ORDER BY store_id")
    return profiles == town.query(
        "SELECT code, store_id FROM merchants_storecode ORDER BY store_id"
    )


def test_an_import_gives_every_store_a_code() -> None:
    assert [codes.plain(typed=code_of(key)) for key in ("fang", "qing")] == [
        code_of("fang"),
        code_of("qing"),
    ]
    assert code_of("fang") != code_of("qing")
    assert codes_agree()


def test_giving_again_changes_nothing() -> None:
    before = code_of("fang")
    assert give_codes() == 0
    assert code_of("fang") == before


def test_a_store_is_found_by_its_code_however_it_is_typed() -> None:
    code = code_of("fang")
    card = StoreCard(
        store=town.party("fang", kind=2), code=code, name="阿芳小馆", role=None, state=State.OPEN
    )
    assert store_by_code(code=code) == card
    assert store_by_code(code=f"{code[:4]}-{code[4:]}".lower()) == card


@pytest.mark.parametrize("typed", ["", "fang", "ZZZZZZZU", "\0" * 8, "Z" * 9, "ＡＡＡＡＡＡＡＡ"])
def test_what_is_no_code_finds_nothing(typed: str) -> None:
    assert store_by_code(code=typed) is None


def test_the_owner_alone_may_act_for_a_store() -> None:
    fang, qing = town.party("fang", kind=2), town.party("qing", kind=2)
    owner = town.party("afang")
    assert role_in(member=owner, store=fang) is Role.OWNER
    assert role_in(member=owner, store=qing) is None
    assert role_in(member=town.party("lin"), store=fang) is None
    assert [(card.store, card.role) for card in stores_of(member=owner)] == [(fang, Role.OWNER)]
    assert stores_of(member=town.party("lin")) == ()


def test_a_code_that_another_store_has_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    drawn = iter(["AAAAAAAA", "AAAAAAAA", "BBBBBBBB", "CCCCCCCC"])
    monkeypatch.setattr(act, "draw", lambda: next(drawn))
    assert give_codes() == 2
    assert [code_of("fang"), code_of("qing")] == ["BBBBBBBB", "CCCCCCCC"]
    assert codes_agree()


def test_eight_that_give_codes_at_once_give_each_store_one() -> None:
    forget()
    assert sum(int(str(given)) for given in town.at_once(8, lambda _: give_codes())) == 2
    assert codes_agree()
    assert town.query("SELECT count(*) FROM merchants_storecode") == [(2,)]
