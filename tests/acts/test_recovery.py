"""Who asks for an account gets it only while it is open, his own, and nobody objects.

Source: reliability 8 (3, 22, 26); platform.md (People).
"""

import pytest

from gongxiang.acts.ask_recovery import AskedTooOften, ask_recovery
from gongxiang.acts.close_account import close_account
from gongxiang.acts.finish_recovery import finish_recovery
from gongxiang.acts.join import Proved, join
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.note_proof import note_proof
from gongxiang.acts.review_recovery import review_recovery
from gongxiang.members import accounts, phone
from tests.acts import town
from tests.conftest import Database

OLD, OTHER_OLD, NEW, STRANGER = "13800138000", "13800138001", "13900139000", "13700137000"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town()


def proved(number: str) -> Proved:
    return Proved(issuer="phone", subject=phone.subject(number), shown=phone.masked(number))


def account(number: str) -> int:
    return join(proved=proved(number), bringer=None, consents=(("membership", "1"),)).member


def asks(number: str, *, old: str = OLD, address: str = "") -> bool:
    return ask_recovery(
        proved=proved(number), old_subject=phone.subject(old), address=address or number
    )


def approve_all() -> None:
    asked = town.query("SELECT id, member_id FROM members_recovery WHERE state = 'asked'")
    for number, member in asked:
        review_recovery(member=member, number=number, officer="wu", is_approved=True, reason="对")


def days_later(days: int) -> None:
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + %s", days * 86_400)


def states() -> list[tuple[int, str]]:
    return [
        (int(member), str(state))
        for member, state in town.query("SELECT member_id, state FROM members_recovery ORDER BY id")
    ]


def whose(number: str) -> int | None:
    return accounts.whose(issuer="phone", subject=phone.subject(number))


def test_joining_ends_what_waits_for_either_account() -> None:
    first, second = account(OLD), account(OTHER_OLD)
    assert asks(STRANGER)
    assert asks(STRANGER, old=OTHER_OLD)
    approve_all()
    assert join_accounts(one=first, other=second) == first
    assert states() == [(first, "cancelled"), (second, "cancelled")]
    days_later(8)
    assert finish_recovery(proved=proved(STRANGER)) is None
    assert whose(STRANGER) is None


def test_nobody_is_let_into_a_joined_account_and_its_owner_can_object() -> None:
    first, second = account(OLD), account(OTHER_OLD)
    assert asks(STRANGER, old=OTHER_OLD)
    approve_all()
    join_accounts(one=first, other=second)
    town.query("UPDATE members_recovery SET state = 'approved'")
    days_later(8)
    assert finish_recovery(proved=proved(STRANGER)) is None
    assert states() == [(second, "approved")]
    note_proof(issuer="phone", subject=phone.subject(OLD))
    assert states() == [(second, "cancelled")]


def test_closing_ends_what_waits_and_binds_no_number_to_the_closed_account() -> None:
    member = account(OLD)
    assert asks(STRANGER)
    approve_all()
    close_account(member=member, is_given_up=False)
    days_later(8)
    assert finish_recovery(proved=proved(STRANGER)) is None
    assert whose(STRANGER) is None
    assert account(STRANGER) != member


def test_a_stranger_who_asks_first_does_not_keep_the_owner_out() -> None:
    member = account(OLD)
    assert asks(STRANGER)
    assert asks(NEW)
    assert not asks(NEW)
    assert states() == [(member, "asked"), (member, "asked")]
    mine = town.query("SELECT id FROM members_recovery ORDER BY id")[1][0]
    review_recovery(member=member, number=mine, officer="wu", is_approved=True, reason="对")
    days_later(8)
    assert finish_recovery(proved=proved(STRANGER)) is None
    assert finish_recovery(proved=proved(NEW)) == member
    assert whose(NEW) == member


def test_asking_too_often_is_refused_whether_the_number_is_known_or_not() -> None:
    account(OLD)
    for old in (OLD, "13600136000", "13600136001"):
        asks(NEW, old=old)
    for old in (OLD, "13600136002"):
        with pytest.raises(AskedTooOften):
            asks(NEW, old=old)
    assert town.query("SELECT count(*) FROM members_recoverytry") == [(3,)]


def test_an_address_asks_ten_times_a_day() -> None:
    account(OLD)
    for place in range(10):
        asks(f"1370013700{place}", address="one")
    with pytest.raises(AskedTooOften):
        asks(NEW, address="one")
    assert asks(NEW, address="two")


def test_of_two_requests_of_one_proof_one_is_done_at_a_time() -> None:
    first, second = account(OLD), account(OTHER_OLD)
    assert asks(NEW)
    assert asks(NEW, old=OTHER_OLD)
    approve_all()
    days_later(8)
    assert finish_recovery(proved=proved(NEW)) == first
    assert states() == [(first, "done"), (second, "approved")]
    assert finish_recovery(proved=proved(NEW)) == first
    assert states() == [(first, "done"), (second, "done")]
    assert town.query("SELECT member_id, into_id FROM members_joinedaccount") == [(second, first)]


def test_who_joined_anew_gets_the_old_account_joined_to_the_new_one() -> None:
    old, new = account(OLD), account(NEW)
    assert asks(NEW)
    assert finish_recovery(proved=proved(NEW)) is None
    approve_all()
    days_later(8)
    assert finish_recovery(proved=proved(NEW)) == old
    assert (whose(NEW), whose(OLD)) == (old, None)
    assert town.query("SELECT member_id, into_id FROM members_joinedaccount") == [(new, old)]


def test_a_new_holder_of_the_askers_number_does_not_get_both() -> None:
    old, new = account(OLD), account(NEW)
    assert asks(NEW)
    approve_all()
    days_later(91)
    assert finish_recovery(proved=proved(NEW)) is None
    assert (whose(NEW), whose(OLD)) == (new, old)
    assert not asks(NEW, old=OLD)
