"""Staff of a store: invited by who may, once, in force with the next request.

Source: spec/platform.md (Store); reliability 8 (25, 27, 28).
"""

import pytest

from gongxiang.acts.answer_invitation import (
    ForAnotherPhone,
    InvitationEnded,
    OwnsTheStore,
    answer_invitation,
)
from gongxiang.acts.change_staff import NotStaff, change_staff
from gongxiang.acts.invite_staff import OPEN_MAX, TooManyInvitations, invite_staff
from gongxiang.acts.withdraw_invitation import withdraw_invitation
from gongxiang.members import phone
from gongxiang.merchants.access import NotAllowed, Role, role_in
from gongxiang.queries import staff as queries
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import open_account

pytestmark = pytest.mark.db

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()
    for key in ("afang", "qinghe", "lin", "zhou"):
        open_account(key)


def fang() -> int:
    return town.party("fang", kind=2)


def invite(role: Role = Role.CASHIER, *, by: str = "afang", number: str = "") -> str:
    return invite_staff(store=fang(), by=town.party(by), role=role, number=number)


def take_up(token: str, *, who: str = "lin") -> Role:
    return answer_invitation(store=fang(), token=token, member=town.party(who))


def role_of(who: str) -> Role | None:
    return role_in(member=town.party(who), store=fang())


def test_who_is_invited_and_agrees_works_there() -> None:
    assert take_up(invite()) is Role.CASHIER
    assert role_of("lin") is Role.CASHIER
    assert [one.role for one in queries.workers(store=fang())] == [Role.OWNER, Role.CASHIER]
    purposes = town.query(
        "SELECT purpose FROM members_consent WHERE member_id = %s", town.party("lin")
    )
    assert purposes == [("store_staff",)]


def test_the_secret_of_a_link_stands_nowhere_and_is_of_its_store() -> None:
    token = invite()
    assert town.query("SELECT count(*) FROM merchants_invitation WHERE token = %s", token) == [(0,)]
    with pytest.raises(InvitationEnded):
        answer_invitation(store=town.party("qing", kind=2), token=token, member=town.party("lin"))


def test_of_sixteen_who_use_a_link_at_once_one_works_there() -> None:
    token = invite()
    keys = ["lin", "zhou"] * 8
    answers = town.at_once(16, lambda place: take_up(token, who=keys[place]))
    assert sum(answer is Role.CASHIER for answer in answers) == 1
    assert sum(isinstance(answer, InvitationEnded) for answer in answers) == 15
    assert town.query("SELECT count(*) FROM merchants_staff") == [(1,)]


def test_an_invitation_for_a_phone_is_for_its_owner() -> None:
    token = invite(number=PHONE)
    with pytest.raises(ForAnotherPhone):
        take_up(token)
    town.query(
        "INSERT INTO members_identity (issuer, subject, member_id, shown, proved_at)"
        " VALUES ('phone', %s, %s, '138****8000', clock_timestamp())",
        phone.subject(PHONE),
        town.party("lin"),
    )
    assert take_up(token) is Role.CASHIER
    assert PHONE not in str(town.query("SELECT * FROM merchants_invitation"))


def test_links_end_by_time_by_hand_and_with_who_sent_them() -> None:
    late = invite()
    town.query("UPDATE merchants_invitation SET ends_at = clock_timestamp()")
    withdrawn = invite()
    (one,) = queries.invited(store=fang())
    withdraw_invitation(store=fang(), by=town.party("afang"), hashed=one.hashed)
    take_up(invite(Role.MANAGER), who="zhou")
    from_manager = invite(by="zhou")
    change_staff(store=fang(), by=town.party("afang"), member=town.party("zhou"), role=Role.CASHIER)
    for token in (late, withdrawn, from_manager, "x"):
        with pytest.raises(InvitationEnded):
            take_up(token)
    assert role_of("lin") is None


def test_a_manager_has_cashiers_and_no_managers() -> None:
    take_up(invite(Role.MANAGER), who="zhou")
    take_up(invite(by="zhou"))
    zhou, lin = town.party("zhou"), town.party("lin")
    with pytest.raises(NotAllowed):
        invite(Role.MANAGER, by="zhou")
    with pytest.raises(NotAllowed):
        change_staff(store=fang(), by=zhou, member=lin, role=Role.MANAGER)
    with pytest.raises(NotAllowed):
        change_staff(store=fang(), by=lin, member=zhou, role=None)
    change_staff(store=fang(), by=zhou, member=lin, role=None)
    assert role_of("lin") is None
    assert role_of("zhou") is Role.MANAGER


def test_nobody_acts_in_a_store_that_is_not_his() -> None:
    take_up(invite())
    for by in ("qinghe", "zhou", "lin"):
        with pytest.raises(NotAllowed):
            invite(by=by)
    with pytest.raises(NotAllowed):
        change_staff(store=fang(), by=town.party("qinghe"), member=town.party("lin"), role=None)
    assert role_of("lin") is Role.CASHIER


def test_anybody_leaves_by_himself_and_comes_back_only_invited() -> None:
    take_up(invite())
    lin = town.party("lin")
    change_staff(store=fang(), by=lin, member=lin, role=None)
    assert role_of("lin") is None
    with pytest.raises(NotStaff):
        change_staff(store=fang(), by=lin, member=lin, role=None)
    assert take_up(invite(Role.MANAGER)) is Role.MANAGER


def test_the_owner_is_not_invited_to_his_own_store() -> None:
    with pytest.raises(OwnsTheStore):
        take_up(invite(), who="afang")


def test_so_many_invitations_are_open_and_no_more() -> None:
    for _ in range(OPEN_MAX):
        invite()
    with pytest.raises(TooManyInvitations):
        invite()
