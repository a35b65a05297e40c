"""The till: one shift at a store, one payer for a charge, a counted drawer."""

import json

import pytest

from gongxiang.acts.cancel_charge import ChargeTaken, cancel_charge
from gongxiang.acts.close_shift import NoteMissing, ShiftIsClosed, close_shift
from gongxiang.acts.open_charge import (
    ChargeKeyTaken,
    ChargeOutOfRange,
    NoShift,
    open_charge,
)
from gongxiang.acts.open_shift import ShiftIsOpen, open_shift
from gongxiang.ledger import raw
from gongxiang.payments import charges
from tests.acts import town
from tests.conftest import Database

KEY = "0" * 32


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()


@pytest.fixture
def store() -> int:
    return town.party("fang", kind=2)


def on_shift(store: int, *, who: str = "afang", float_fen: int = 20_000) -> int:
    return open_shift(store=store, person=town.party(who), float_fen=float_fen)


def charged(store: int, *, key: str = KEY, amount_fen: int = 12_800) -> str:
    return open_charge(store=store, person=town.party("afang"), key=key, amount_fen=amount_fen)


def taken(store: int, number: str, *, by: str, amount_fen: int = 12_800) -> int | None:
    with raw.cursor() as cursor:
        return charges.take(cursor, store=store, number=number, amount_fen=amount_fen, attempt=by)


def state(number: str) -> tuple[str, str]:
    rows = town.query("SELECT state, attempt_number FROM payments_charge WHERE number = %s", number)
    return rows[0][0], rows[0][1]


def test_nothing_is_charged_before_somebody_took_over(store: int) -> None:
    with pytest.raises(NoShift):
        charged(store)
    on_shift(store)
    assert len(charged(store)) == 12


def test_a_charge_is_one_for_its_form(store: int) -> None:
    on_shift(store)
    number = charged(store)
    assert charged(store) == number
    with pytest.raises(ChargeKeyTaken):
        charged(store, amount_fen=1)
    for amount_fen in (0, -1, 10**12):
        with pytest.raises(ChargeOutOfRange):
            charged(store, key="1" * 32, amount_fen=amount_fen)


def test_64_payers_at_once_take_a_charge_once(store: int) -> None:
    on_shift(store)
    number = charged(store)
    found = town.at_once(64, lambda place: taken(store, number, by=f"GX{place}"))
    assert [one for one in found if one is not None] == [180_000_000]
    word, attempt = state(number)
    assert (word, found[int(attempt[2:])]) == ("taken", 180_000_000)


def test_64_payers_at_once_at_eight_codes_take_each_once(store: int) -> None:
    on_shift(store)
    numbers = [charged(store, key=f"{place:032}") for place in range(8)]
    found = town.at_once(64, lambda place: taken(store, numbers[place % 8], by=f"GX{place}"))
    for code, number in enumerate(numbers):
        (payer,) = (place for place in range(code, 64, 8) if found[place] is not None)
        assert state(number) == ("taken", f"GX{payer}")


def test_a_charge_of_another_amount_over_or_cancelled_is_not_taken(store: int) -> None:
    on_shift(store)
    number = charged(store)
    assert taken(store, number, by="GX1", amount_fen=12_801) is None
    town.query("UPDATE payments_charge SET expires_at = clock_timestamp()")
    assert taken(store, number, by="GX1") is None
    other = charged(store, key="1" * 32)
    cancel_charge(store=store, number=other)
    cancel_charge(store=store, number=other)
    assert taken(store, other, by="GX1") is None
    assert state(other) == ("cancelled", "")


def test_a_charge_that_somebody_pays_is_not_cancelled(store: int) -> None:
    on_shift(store)
    number = charged(store)
    taken(store, number, by="GX1")
    with pytest.raises(ChargeTaken):
        cancel_charge(store=store, number=number)
    assert state(number) == ("taken", "GX1")


def test_two_who_take_over_at_once_are_one_shift(store: int) -> None:
    people = [town.party(name) for name in ("afang", "qinghe", "lin", "zhou")]
    found = town.at_once(
        8, lambda place: open_shift(store=store, person=people[place % 4], float_fen=0)
    )
    numbers = {one for one in found if isinstance(one, int)}
    assert len(numbers) == 1
    assert sum(isinstance(one, ShiftIsOpen) for one in found) == 6
    assert town.query("SELECT count(*) FROM payments_shift") == [(1,)]


def test_a_difference_is_explained_before_the_shift_is_handed_over(store: int) -> None:
    number, person = on_shift(store), town.party("afang")

    def close(counted_fen: int, note: str) -> None:
        close_shift(store=store, shift=number, person=person, counted_fen=counted_fen, note=note)

    with pytest.raises(NoteMissing) as refusal:
        close(19_950, " ")
    assert refusal.value.difference_fen == -50
    close(19_950, "找零少了五角")
    close(19_950, "找零少了五角")
    with pytest.raises(ShiftIsClosed):
        close(20_000, "")
    rows = town.query("SELECT counted_fen, note, closed_by_id FROM payments_shift")
    assert rows == [(19_950, "找零少了五角", person)]
    assert on_shift(store, who="lin") != number


def test_two_who_hand_over_at_once_close_it_once(store: int) -> None:
    number = on_shift(store)
    people = [town.party("afang"), town.party("lin")]
    found = town.at_once(
        8,
        lambda place: close_shift(
            store=store, shift=number, person=people[place % 2], counted_fen=20_000, note=""
        ),
    )
    assert sum(one is None for one in found) == 4
    assert sum(isinstance(one, ShiftIsClosed) for one in found) == 4


def test_the_life_of_a_code_is_a_rule(store: int) -> None:
    assert town.query("SELECT settings::text FROM governance_ruleversion") == [
        (json.dumps(["window=86400"]),)
    ]
    on_shift(store)
    number = charged(store)
    life = "SELECT expires_at - opened_at = interval '180 seconds' FROM payments_charge"
    assert town.query(f"{life} WHERE number = %s", number) == [(True,)]
