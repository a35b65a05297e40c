"""Changing a store by request and review: its commission, its owner, its end.

Source: E6, E7, R2, R4, R9; spec/platform.md (Store); spec/events.md (export).
"""

from datetime import date

import pytest

from gongxiang.acts.answer_request import NothingAsked, answer_request
from gongxiang.acts.ask_change import (
    AskedAlready,
    OwnerRefused,
    RateRefused,
    ReasonMissing,
    StoreEnded,
    TooSoon,
    ask_change,
)
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.review_change import (
    AnswerMissing,
    CannotChange,
    Decision,
    NotInReview,
    review_change,
)
from gongxiang.merchants.access import NotAllowed, Role, role_in, stores_of
from gongxiang.merchants.changes import Closing, NewOwner, NewRate, Wish
from gongxiang.merchants.shut import Reason, why_shut
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, open_account
from tests.settlement import platforms

pytestmark = pytest.mark.db

FIRST = date(2026, 11, 30)
"""The town stands on 2026-11-22: seven whole days of notice, then it may begin."""
DECEMBER = NewRate(commission_rate=1_500, since=date(2026, 12, 1))
FACTS = "SELECT count(*) FROM orders_fact"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town(settings=BAND)
    for key in ("afang", "qinghe", "lin", "zhou"):
        open_account(key)


def fang() -> int:
    return town.party("fang", kind=2)


def ask(wish: Wish, *, by: str = "afang", reason: str = "冬天生意淡") -> int:
    return ask_change(store=fang(), by=town.party(by), wish=wish, reason=reason)


def epoch(key: str) -> int:
    query = "SELECT epoch FROM members_account WHERE member_id = %s"
    return int(town.query(query, town.party(key))[0][0])


def approve(request: int) -> None:
    review_change(store=fang(), request=request, officer="o", decision=Decision.APPROVE)


def pay(key: str, *, at: str) -> int:
    town.set_clock(at)
    paid = pay_at_store(key=key, member=town.party("zhou"), store=fang(), amount_fen=10_000)
    return int(
        town.query("SELECT commission_rate FROM orders_order WHERE id = %s", paid.number)[0][0]
    )


def whole(database: Database) -> None:
    """Look that the books, the export and its replay agree."""
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + 900000")
    town.settle_now()
    with town.books(database) as books:
        assert books.verdict() == ""
        lines = books.lines()
    terms = platforms.terms_with({"window": 86_400})
    assert platforms.replayed(lines, terms=terms) == platforms.of_database()


def test_an_order_carries_the_commission_of_its_moment(database: Database) -> None:
    approve(ask(DECEMBER))
    rates = [
        pay("before", at="2026-11-30T23:59:00+08:00"),
        pay("after", at="2026-12-01T00:00:05+08:00"),
    ]
    assert rates == [2_000, 1_500]
    whole(database)


def test_a_late_review_moves_the_day_so_that_the_notice_stays_whole(database: Database) -> None:
    request = ask(DECEMBER)
    town.set_clock("2026-11-29T12:00:00+08:00")
    approve(request)
    assert town.query("SELECT since_date FROM merchants_changerequest") == [(date(2026, 12, 7),)]
    assert pay("p1", at="2026-12-06T23:59:00+08:00") == 2_000
    assert pay("p2", at="2026-12-07T00:00:05+08:00") == 1_500
    whole(database)


def test_a_commission_is_asked_in_time_in_the_band_and_anew() -> None:
    with pytest.raises(TooSoon) as refused:
        ask(NewRate(commission_rate=1_500, since=date(2026, 11, 29)))
    assert refused.value.first == FIRST
    for rate in (2_000, 499, 3_001):
        with pytest.raises(RateRefused):
            ask(NewRate(commission_rate=rate, since=FIRST))
    with pytest.raises(ReasonMissing):
        ask(DECEMBER, reason=" ")
    approve(ask(DECEMBER))
    with pytest.raises(TooSoon) as refused:
        ask(NewRate(commission_rate=1_000, since=date(2026, 12, 1)))
    assert refused.value.first == date(2026, 12, 2)


def test_only_the_owner_asks_and_once_at_a_time() -> None:
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'manager', clock_timestamp())",
        fang(),
        town.party("lin"),
    )
    for by in ("lin", "qinghe", "zhou"):
        with pytest.raises(NotAllowed):
            ask(DECEMBER, by=by)
    request = ask(DECEMBER)
    with pytest.raises(AskedAlready):
        ask(NewRate(commission_rate=1_000, since=date(2026, 12, 9)))
    answer_request(store=fang(), request=request, member=town.party("afang"))
    with pytest.raises(NotInReview):
        approve(request)
    ask(DECEMBER)


def test_a_new_owner_agrees_and_members_keep_who_brought_them(database: Database) -> None:
    before = town.query(
        "SELECT member_id, referrer_id, via_store_id FROM members_member ORDER BY 1"
    )
    request = ask(NewOwner(code="zhou"))
    with pytest.raises(CannotChange):
        approve(request)
    with pytest.raises(NothingAsked):
        answer_request(store=fang(), request=request, member=town.party("lin"))
    for _ in range(2):
        answer_request(store=fang(), request=request, member=town.party("zhou"))
    agreed = "SELECT member_id FROM members_consent WHERE purpose = 'store_owner'"
    assert town.query(agreed) == [(town.party("zhou"),)]
    before_review = {key: epoch(key) for key in ("afang", "zhou", "lin")}
    approve(request)
    moved = {key: epoch(key) - was for key, was in before_review.items()}
    assert moved == {"afang": 1, "zhou": 1, "lin": 0}
    assert role_in(member=town.party("zhou"), store=fang()) is Role.OWNER
    assert role_in(member=town.party("afang"), store=fang()) is None
    assert fang() not in {card.store for card in stores_of(member=town.party("afang"))}
    after = town.query("SELECT member_id, referrer_id, via_store_id FROM members_member ORDER BY 1")
    assert after == before
    pay("p1", at="2026-11-24T12:00:00+08:00")
    whole(database)


def test_who_recruited_a_store_never_owns_it() -> None:
    qing = town.party("qing", kind=2)
    with pytest.raises(OwnerRefused):
        ask_change(store=qing, by=town.party("qinghe"), wish=NewOwner(code="AFANG"), reason="转让")
    for code in ("QINGHE", "NOBODY", ""):
        with pytest.raises(OwnerRefused):
            ask_change(store=qing, by=town.party("qinghe"), wish=NewOwner(code=code), reason="转让")


def test_who_recruited_a_store_owns_it_under_no_other_account() -> None:
    qing, zhou = town.party("qing", kind=2), NewOwner(code="ZHOU")
    request = ask_change(store=qing, by=town.party("qinghe"), wish=zhou, reason="转让")
    answer_request(store=qing, request=request, member=town.party("zhou"))
    town.be_one_person("afang", "zhou")
    with pytest.raises(CannotChange):
        review_change(store=qing, request=request, officer="o", decision=Decision.APPROVE)
    answer_request(store=qing, request=request, member=town.party("qinghe"))
    with pytest.raises(OwnerRefused):
        ask_change(store=qing, by=town.party("qinghe"), wish=zhou, reason="转让")


def test_a_new_owner_begins_without_the_old_ones_accounts_and_requests() -> None:
    open_sandbox_accounts()
    closing = ask(Closing())
    request = ask(NewOwner(code="zhou"))
    answer_request(store=fang(), request=request, member=town.party("zhou"))
    approve(request)
    accounts = (
        'SELECT provider, number, "authorization", state, is_bound FROM payments_submerchant'
        " WHERE store_id = %s ORDER BY 1"
    )
    assert town.query(accounts, fang()) == [
        ("alipay", "", "", "verifying", False),
        ("wechat", "", "", "verifying", False),
    ]
    former = (
        "SELECT provider, number <> '' FROM payments_formeraccount WHERE store_id = %s ORDER BY 1"
    )
    assert town.query(former, fang()) == [("alipay", True), ("wechat", True)]
    with pytest.raises(NotInReview):
        approve(closing)
    assert ask(Closing(), by="zhou")


def test_a_closed_store_takes_nothing_and_settles_what_waits(database: Database) -> None:
    pay("waits", at="2026-11-23T12:00:00+08:00")
    approve(ask(Closing()))
    shut = why_shut(store=fang())
    assert shut is not None
    assert shut.reason is Reason.CLOSED
    with pytest.raises(StoreEnded):
        ask(DECEMBER)
    whole(database)
    assert town.query(
        "SELECT count(*) FROM points_lot lot JOIN orders_fact fact ON fact.id = lot.id"
        " WHERE fact.key = 'waits'"
    ) == [(1,)]


def test_a_no_has_its_answer_and_changes_nothing() -> None:
    request = ask(DECEMBER)
    facts = town.query(FACTS)
    with pytest.raises(AnswerMissing):
        review_change(store=fang(), request=request, officer="o", decision=Decision.DECLINE)
    review_change(
        store=fang(), request=request, officer="o", decision=Decision.DECLINE, answer="先公示"
    )
    with pytest.raises(NotInReview):
        approve(request)
    assert town.query(FACTS) == facts
    assert town.query("SELECT state, answer FROM merchants_changerequest") == [
        ("declined", "先公示")
    ]


def test_of_eight_reviews_at_once_one_changes_the_commission() -> None:
    request = ask(DECEMBER)
    facts = town.query(FACTS)[0][0]
    answers = town.at_once(8, lambda _place: approve(request))
    assert sum(isinstance(answer, NotInReview) for answer in answers) == 7
    assert town.query(FACTS)[0][0] == facts + 1
