"""Leaving: what is open is named, what is under way is not lost, what identifies is forgotten.

Source: H5, H6; reliability 8 (22, 26); ADR 0030.
"""

from pathlib import Path

import pytest
from django.conf import settings

from gongxiang.acts.ask_recovery import ask_recovery
from gongxiang.acts.close_account import StillOpen, close_account
from gongxiang.acts.finish_recovery import finish_recovery
from gongxiang.acts.join import Proved, join
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.make_token import make_token
from gongxiang.acts.note_proof import note_proof
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.review_application import Verdict, review_application
from gongxiang.acts.review_recovery import review_recovery
from gongxiang.acts.submit_application import submit_application
from gongxiang.acts.sweep_documents import sweep_documents
from gongxiang.economy import accounts as ledger
from gongxiang.members import accounts, phone
from gongxiang.members.bringers import Bringer
from gongxiang.members.tokens import Scope
from gongxiang.queries import people
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, filled, open_account
from tests.ops import queues

OLD, OTHER, NEW = "13800138000", "13800138001", "13900139000"
WEEK = 8 * 86_400


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town(settings=BAND)


def proved(number: str) -> Proved:
    shown = phone.masked(number)
    return Proved(issuer=phone.ISSUER, subject=phone.subject(number), shown=shown)


def member(number: str, *, by: int | None = None) -> int:
    bringer = None if by is None else Bringer(referrer=by, store=None)
    return join(proved=proved(number), bringer=bringer, consents=(("membership", "1"),)).member


def asked(old: str, *, by: str = NEW) -> bool:
    return ask_recovery(proved=proved(by), old_subject=phone.subject(old), address=by)


def approved() -> None:
    for number, whose in town.query(
        "SELECT id, member_id FROM members_recovery WHERE state = 'asked'"
    ):
        review_recovery(
            member=whose, number=number, officer="wu", is_approved=True, reason="对过姓名"
        )


def waited() -> None:
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + %s", WEEK)


def states() -> list[str]:
    return [state for (state,) in town.query("SELECT state FROM members_recovery ORDER BY id")]


def test_an_account_that_was_closed_is_given_to_nobody() -> None:
    old = member(OLD)
    assert asked(OLD)
    approved()
    close_account(member=old)
    waited()
    assert finish_recovery(proved=proved(NEW)) is None
    assert accounts.whose(issuer=phone.ISSUER, subject=phone.subject(NEW)) is None
    assert member(NEW) != old


def test_an_account_that_was_joined_is_given_to_nobody_and_its_owner_objects() -> None:
    one, other = member(OLD), member(OTHER)
    assert asked(OTHER)
    approved()
    assert join_accounts(one=one, other=other) == one
    assert states() == ["cancelled"]
    town.query("UPDATE members_recovery SET state = 'approved'")
    waited()
    assert finish_recovery(proved=proved(NEW)) is None
    note_proof(issuer=phone.ISSUER, subject=phone.subject(OLD))
    assert states() == ["cancelled"]


def test_nobody_keeps_another_from_asking_and_one_proof_opens_one_account() -> None:
    old = member(OLD)
    assert asked(OLD, by="13700137000")
    assert asked(OLD)
    assert not asked(OLD)
    member(OTHER)
    assert asked(OTHER)
    approved()
    waited()
    assert finish_recovery(proved=proved(NEW)) == old
    note_proof(issuer=phone.ISSUER, subject=phone.subject(NEW))
    assert states() == ["cancelled", "done", "approved"]


def test_a_payment_without_a_result_and_an_application_under_review_are_named() -> None:
    old = member(OLD)
    queues.attempt(home=old, state="paying")
    with pytest.raises(StillOpen) as refused:
        close_account(member=old)
    assert (refused.value.what.payments, refused.value.what.applications) == (1, 0)
    town.query("UPDATE payments_attempt SET state = 'closed'")
    applicant, number = filled("zhou")
    submit_application(member=applicant, application=number, is_agreed=True)
    open_account("zhou")
    assert people.what_is_open(member=applicant).applications == 1
    close_account(member=old)
    assert accounts.standing(member=old) is None


def test_what_a_joined_account_has_open_is_named() -> None:
    one, other = member(OLD), member(OTHER)
    store = town.party("fang", kind=2)
    pay_at_store(key="p1", member=other, store=store, amount_fen=10_000)
    assert join_accounts(one=one, other=other) == one
    assert people.what_is_open(member=one).orders == 1
    with pytest.raises(StillOpen):
        close_account(member=one)


def test_papers_that_opened_no_store_are_forgotten_with_their_pictures() -> None:
    applicant, number = filled("zhou")
    submit_application(member=applicant, application=number, is_agreed=True)
    review_application(
        member=applicant, application=number, officer="o", verdict=Verdict.DECLINE, reason="不全"
    )
    town.query("UPDATE members_account SET closed_at = now() WHERE member_id = %s", applicant)
    folder = Path(settings.DOCUMENTS_FOLDER)
    tokens = [token for (token,) in town.query("SELECT token FROM merchants_document")]
    files = [folder / token[:2] / token for token in tokens]
    assert [file.exists() for file in files] == [True, True]
    assert sweep_documents() == 2
    assert [file.exists() for file in files] == [False, False]
    assert town.query("SELECT count(*) FROM merchants_document") == [(0,)]


def test_what_is_typed_what_is_told_and_what_was_released_goes() -> None:
    old = member(OLD)
    open_account("lin")
    for table, row in (
        ("members_message", "(1, %s, 'recovery_asked', '139****9000', now())"),
        ("members_releasedidentity", "(1, %s, 'phone', 'h', '138****8000', now(), now())"),
    ):
        town.query(f"INSERT INTO {table} VALUES {row}", old)
    make_token(member=old, name="记账本", scopes=tuple(Scope), days=30)
    close_account(member=old)
    for table in (
        "members_apitoken",
        "members_message",
        "members_releasedidentity",
        "members_recovery",
    ):
        assert town.query(f"SELECT count(*) FROM {table} WHERE member_id = {old}") == [(0,)]


def test_what_the_people_he_brought_pay_later_stays_in_the_books() -> None:
    ann = member(OLD)
    bob = member(OTHER, by=ann)
    store = town.party("fang", kind=2)
    pay_at_store(key="p1", member=bob, store=store, amount_fen=100_000)
    close_account(member=ann)
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + 200000")
    town.settle_now()
    cash = "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)"
    # 0.3 % of 1,000.00
    assert town.query(cash, ann, ledger.CASH) == [(3_000_000,)]
