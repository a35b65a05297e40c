"""Leaving: what is open is named, what is under way is not lost, what identifies is forgotten.

Source: H5, H6; reliability 8 (22, 26); ADR 0030.
"""

from pathlib import Path

import pytest
from django.conf import settings

from gongxiang.acts.ask_recovery import ask_recovery
from gongxiang.acts.close_account import NotGivenUp, StillOpen, close_account
from gongxiang.acts.finish_recovery import finish_recovery
from gongxiang.acts.join import Proved, join
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.make_token import make_token
from gongxiang.acts.note_proof import note_proof
from gongxiang.acts.open_payment import open_payment
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.review_application import Verdict, review_application
from gongxiang.acts.review_recovery import review_recovery
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.submit_application import submit_application
from gongxiang.acts.sweep_documents import sweep_documents
from gongxiang.base.money import POINT, YUAN
from gongxiang.economy import accounts as ledger
from gongxiang.members import accounts, phone
from gongxiang.members.bringers import Bringer
from gongxiang.members.tokens import Scope
from gongxiang.payments.provider import Provider
from gongxiang.queries.leaving import Leaving, leaving
from gongxiang.sandbox.pay import Sandbox
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, filled, open_account
from tests.ops import queues
from tests.payments.conftest import payment_keys, sandbox

__all__ = ["payment_keys", "sandbox"]
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
    close_account(member=old, is_given_up=False)
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
        close_account(member=old, is_given_up=False)
    assert (refused.value.what.payments, refused.value.what.applications) == (1, 0)
    town.query("UPDATE payments_attempt SET state = 'closed'")
    applicant, number = filled("zhou")
    submit_application(member=applicant, application=number, is_agreed=True)
    open_account("zhou")
    assert leaving(member=applicant).open.applications == 1
    close_account(member=old, is_given_up=False)
    assert accounts.standing(member=old) is None


def test_what_a_joined_account_has_open_is_named() -> None:
    one, other = member(OLD), member(OTHER)
    store = town.party("fang", kind=2)
    pay_at_store(key="p1", member=other, store=store, amount_fen=10_000)
    assert join_accounts(one=one, other=other) == one
    assert leaving(member=one).open.orders == 1
    with pytest.raises(StillOpen):
        close_account(member=one, is_given_up=False)


def test_papers_that_opened_no_store_are_forgotten_with_their_pictures() -> None:
    applicant, number = filled("zhou")
    submit_application(member=applicant, application=number, is_agreed=True)
    review_application(
        member=applicant, application=number, officer="o", verdict=Verdict.DECLINE, reason="不全"
    )
    town.query("DELETE FROM ledger_balance WHERE party_id = %s", applicant)
    town.query("DELETE FROM orders_order WHERE member_id = %s", applicant)
    close_account(member=applicant, is_given_up=False)
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
    close_account(member=old, is_given_up=False)
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
    with pytest.raises(NotGivenUp):
        close_account(member=ann, is_given_up=False)
    assert accounts.standing(member=ann) is not None
    close_account(member=ann, is_given_up=True)
    given_up = "SELECT version, withdrawn_at FROM members_consent WHERE purpose = 'given_up'"
    # 0.3 % of 1,000.00
    assert town.query(given_up) == [("3000000", None)]
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + 200000")
    town.settle_now()
    cash = "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)"
    assert town.query(cash, ann, ledger.CASH) == [(3_000_000,)]


def names(found: Leaving) -> dict[str, list[tuple[str, int]]]:
    """Give what is named of each kind: the store, and the amount."""
    kinds = ("payments", "orders", "sales", "withdrawals", "cases", "applications", "stores")
    told = {kind: [(one.store, one.amount) for one in getattr(found, kind)] for kind in kinds}
    return {kind: things for kind, things in told.items() if things}


def test_everything_that_is_open_is_named_with_its_sum() -> None:
    lin = town.party("lin")
    open_account("lin")
    queues.attempt(home=lin, state="paying")
    sell_points(key="s1", member=lin, points=POINT, shown_net=None)
    town.query(
        "UPDATE ledger_balance SET amount = 5000000 WHERE (party_id, account) = (%s, 108)", lin
    )
    found = leaving(member=lin)
    assert names(found) == {
        "payments": [("阿芳小馆", 128 * YUAN)],
        "orders": [("阿芳小馆", 128 * YUAN)],
        "sales": [("", POINT)],
    }
    assert not found.is_cut
    (part,) = found.parts
    assert (part.points, part.vouchers) == (found.open.points, 4_000 * YUAN)


def test_a_store_and_an_application_are_named() -> None:
    assert names(leaving(member=town.party("qinghe"))) == {"stores": [("青禾眼镜", 0)]}
    applicant, number = filled("zhou")
    submit_application(member=applicant, application=number, is_agreed=True)
    found = leaving(member=applicant)
    assert list(names(found)) == ["applications"]
    assert [one.number for one in found.applications] == [str(number)]


def test_the_rewards_that_wait_are_every_role_of_orders_not_settled() -> None:
    # o99 of 128.00 waits: its payer's referrer gets 0.3 %; it has no other.
    assert leaving(member=town.party("afang")).waiting == 384_000
    assert leaving(member=town.party("lin")).waiting == 0
    store = town.party("qing", kind=2)
    pay_at_store(key="p1", member=town.party("zhou"), store=store, amount_fen=10_000)
    # Of 100.00: to lin direct 0.3 %; to afang indirect 0.2 %, and 0.5 % who brought the store in.
    assert leaving(member=town.party("lin")).waiting == 300_000
    assert leaving(member=town.party("afang")).waiting == 384_000 + 700_000
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + 200000")
    town.settle_now()
    assert leaving(member=town.party("afang")).waiting == 0


def test_cash_too_little_to_withdraw_is_given_up_and_a_yuan_is_not() -> None:
    old = member(OLD)
    cash = "INSERT INTO ledger_balance (party_id, account, amount) VALUES (%s, 108, 999999)"
    town.query(cash, old)
    found = leaving(member=old)
    assert (found.open.cash, found.open.change, found.given_up) == (0, 999_999, 999_999)
    with pytest.raises(NotGivenUp):
        close_account(member=old, is_given_up=False)
    more = "UPDATE ledger_balance SET amount = 1000000 WHERE (party_id, account) = (%s, 108)"
    town.query(more, old)
    with pytest.raises(StillOpen) as refused:
        close_account(member=old, is_given_up=True)
    assert (refused.value.what.cash, refused.value.what.change) == (YUAN, 0)
    assert accounts.standing(member=old) is not None


def test_a_payment_opened_while_he_leaves_is_his_and_open_or_a_guest_s(sandbox: Sandbox) -> None:
    assert sandbox.server_port
    open_sandbox_accounts()
    store = town.party("fang", kind=2)
    for turn in range(8):
        old = member(f"1380013810{turn}")

        def act(place: int, old: int = old, turn: int = turn) -> object:
            if place % 2:
                close_account(member=old, is_given_up=False)
                return None
            return open_payment(
                home=old,
                key=f"k{turn}-{place}",
                store=store,
                provider=Provider.WECHAT,
                amount_fen=12_800,
                payer_address="127.0.0.1",
            )

        found = town.at_once(4, act)
        assert [
            one for one in found if isinstance(one, Exception) and not isinstance(one, StillOpen)
        ] == []
        homes = [
            home
            for (home,) in town.query(
                "SELECT home_id FROM payments_attempt WHERE key LIKE %s", f"k{turn}-%"
            )
        ]
        assert len(homes) == 2
        has_left = accounts.standing(member=old) is None
        assert set(homes) == {0 if has_left else old}
