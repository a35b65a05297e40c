"""Withdrawals: never more than the balance, two officers, back once, the same after a replay."""

from dataclasses import replace

import pytest

from gongxiang.acts.end_payout import EndReasonMissing, NotByHand, end_payout
from gongxiang.acts.note_transfer import note_transfer
from gongxiang.acts.review_withdrawal import (
    MakerIsChecker,
    NotInReview,
    ReasonMissing,
    review_withdrawal,
)
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import (
    NotVerified,
    Shown,
    WithdrawalTooLarge,
    WithdrawalTooSmall,
    withdraw,
)
from gongxiang.base.money import POINT
from gongxiang.economy import accounts
from gongxiang.governance.models import AuditEntry
from gongxiang.ledger import raw
from gongxiang.members import clusters
from gongxiang.orders import facts
from gongxiang.orders.facts import KeyTaken, Recorded
from gongxiang.rulebook.load import load_terms
from gongxiang.treasury.daily import asked_that_day
from gongxiang.treasury.models import PayoutState, Verdict
from tests.acts import town
from tests.conftest import Database
from tests.settlement import platforms

BALANCE = 170_262_390


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()
    sell_points(key="s1", member=town.party("lin"), points=112 * POINT, shown_net=None)
    town.settle_now()


def asked(key: str = "w1", fen: int = 10_000) -> int:
    """Ask for cash that is paid by hand: there is no account to send it to."""
    number = withdraw(key=key, member=town.party("lin"), amount_fen=fen).number
    town.query("UPDATE treasury_payout SET payee = ''")
    return number


def settled(key: str = "w1", fen: int = 10_000) -> int:
    number = asked(key, fen)
    town.settle_now()
    return number


def approve(number: int, officer: str) -> PayoutState:
    return review_withdrawal(
        member=town.party("lin"), withdrawal=number, officer=officer, verdict=Verdict.APPROVE
    )


def decline(number: int, officer: str, reason: str = "收款人和实名不一致") -> PayoutState:
    return review_withdrawal(
        member=town.party("lin"),
        withdrawal=number,
        officer=officer,
        verdict=Verdict.DECLINE,
        reason=reason,
    )


def state(number: int) -> PayoutState:
    rows = town.query("SELECT state FROM treasury_payout WHERE withdrawal_id = %s", number)
    return PayoutState(rows[0][0])


def sent(number: int) -> None:
    approve(number, "小吴")
    assert approve(number, "小郑") is PayoutState.SENDING


def test_a_withdrawal_waits_for_its_review_and_leaves_the_balance() -> None:
    number = settled()
    assert town.outcomes(number) == [(True, "", 100_000_000)]
    assert town.balance("lin", accounts.CASH) == BALANCE - 100_000_000
    assert state(number) is PayoutState.REVIEW


def test_the_same_key_is_the_same_withdrawal() -> None:
    assert asked() == asked()
    with pytest.raises(KeyTaken):
        asked(fen=9_999)
    assert town.query("SELECT count(*) FROM treasury_payout") == [(1,)]


def test_a_key_stands_for_what_was_shown_with_it_whatever_changed_since() -> None:
    lin, shown = town.party("lin"), Shown(tax=0, pays=100_000_000, payee="微信（林小满）")
    first = withdraw(key="w1", member=lin, amount_fen=10_000, shown=shown)
    town.query("UPDATE members_payee SET shown = '另一个' WHERE member_id = %s", lin)
    for same in (shown, None):
        assert withdraw(key="w1", member=lin, amount_fen=10_000, shown=same).number == first.number
    for other in (replace(shown, tax=10_000), replace(shown, payee="另一个")):
        with pytest.raises(KeyTaken):
            withdraw(key="w1", member=lin, amount_fen=10_000, shown=other)


def test_more_than_the_balance_is_refused_with_the_most() -> None:
    with pytest.raises(WithdrawalTooLarge) as refusal:
        asked(fen=17_027)
    assert refusal.value.most == 170_260_000
    asked(fen=10_000)
    with pytest.raises(WithdrawalTooLarge) as refusal:
        asked(key="w2", fen=7_027)
    assert refusal.value.most == 70_260_000


@pytest.mark.parametrize("fen", [99, 0, -100])
def test_less_than_the_least_is_refused(fen: int) -> None:
    with pytest.raises(WithdrawalTooSmall) as refusal:
        asked(fen=fen)
    assert (refusal.value.least, refusal.value.balance) == (1_000_000, 170_260_000)
    assert town.query("SELECT count(*) FROM orders_fact WHERE kind = 11") == [(0,)]


def test_the_last_yuan_is_withdrawn_once_by_64_at_once() -> None:
    settled(fen=16_926)
    lin = town.party("lin")
    found = town.at_once(64, lambda place: withdraw(key=f"x{place}", member=lin, amount_fen=100))
    assert sum(isinstance(one, Recorded) for one in found) == 1, found
    assert sum(isinstance(one, WithdrawalTooLarge) for one in found) == 63, found
    town.settle_now()
    assert town.balance("lin", accounts.CASH) == 2_390


def test_a_balance_is_spent_once_by_64_who_each_want_more_than_its_half() -> None:
    lin = town.party("lin")
    before = town.balance("lin", accounts.CASH)
    most = before // 10_000
    found = town.at_once(
        64,
        lambda place: withdraw(key=f"x{place}", member=lin, amount_fen=most // 2 + 1 + place),
    )
    (done,) = (place for place, one in enumerate(found) if isinstance(one, Recorded))
    assert sum(isinstance(one, WithdrawalTooLarge) for one in found) == 63, found
    town.settle_now()
    assert town.balance("lin", accounts.CASH) == before - (most // 2 + 1 + done) * 10_000


def test_the_days_limit_is_one_for_all_accounts_of_a_person() -> None:
    settled(fen=200)
    town.be_one_person("lin", "zhou")
    lin, zhou = town.party("lin"), town.party("zhou")
    with raw.cursor() as cursor:
        now = facts.moment(cursor)
        assert asked_that_day(cursor, person=[zhou], at=now) == 0
        person = clusters.accounts_of(cursor, member=zhou)
        assert set(person) == {lin, zhou}
        assert asked_that_day(cursor, person=person, at=now) == 2_000_000


def test_two_officers_send_it_and_one_alone_does_not() -> None:
    number = settled()
    assert approve(number, "小吴") is PayoutState.REVIEW
    with pytest.raises(MakerIsChecker):
        approve(number, "小吴")
    assert state(number) is PayoutState.REVIEW
    assert approve(number, "小郑") is PayoutState.SENDING
    with pytest.raises(NotInReview):
        approve(number, "小何")


def test_each_verdict_is_a_line_of_the_audit_log_and_a_refused_one_is_none() -> None:
    number = settled()
    decline(number, "min")
    with pytest.raises(MakerIsChecker):
        decline(number, "min")
    decline(number, "li")
    lines = AuditEntry.objects.order_by("id").values_list(
        "officer", "kind", "subject_id", "before", "after", "why"
    )
    reason = "收款人和实名不一致"
    kind, thing = "withdrawal_reviewed", str(number)
    before, after = {"state": "待审核", "maker": ""}, {"state": "待审核", "verdict": "不通过"}
    assert list(lines) == [
        ("min", kind, thing, before, after, reason),
        ("li", kind, thing, before | {"maker": "min"}, after | {"state": "没有通过"}, reason),
    ]


def test_officers_who_disagree_look_again() -> None:
    number = settled()
    approve(number, "小吴")
    assert decline(number, "小郑") is PayoutState.REVIEW
    assert town.query("SELECT verdict, maker FROM treasury_payout") == [(None, "")]


def test_a_declined_one_is_back_with_its_reason() -> None:
    number = settled()
    with pytest.raises(ReasonMissing):
        decline(number, "小吴", " ")
    decline(number, "小吴")
    assert decline(number, "小郑", "另一个说法") is PayoutState.DECLINED
    town.settle_now()
    assert town.balance("lin", accounts.CASH) == BALANCE
    assert town.query("SELECT reason FROM treasury_payout") == [("收款人和实名不一致",)]


def test_a_review_waits_until_the_withdrawal_left_the_balance() -> None:
    number = asked()
    with pytest.raises(NotInReview):
        approve(number, "小吴")


def ended(number: int, to: PayoutState, *, why: str = "账户已注销") -> None:
    end_payout(member=town.party("lin"), withdrawal=number, state=to, officer="cli:wu", reason=why)


def test_an_end_by_hand_is_a_line_of_the_audit_log_and_a_refused_one_is_none() -> None:
    number = settled()
    with pytest.raises(NotByHand):
        ended(number, PayoutState.ARRIVED)
    sent(number)
    with pytest.raises(EndReasonMissing):
        ended(number, PayoutState.FAILED, why=" ")
    before = AuditEntry.objects.count()
    ended(number, PayoutState.ARRIVED, why="回单 0042")
    with pytest.raises(NotByHand):
        ended(number, PayoutState.FAILED)
    assert AuditEntry.objects.count() == before + 1
    entry = AuditEntry.objects.latest("id")
    assert (entry.kind, entry.officer, entry.subject_id) == (
        "withdrawal_ended",
        "cli:wu",
        str(number),
    )
    assert (entry.before, entry.after, entry.why) == (
        {"state": "打款中"},
        {"state": "已到账"},
        "回单 0042",
    )


def test_an_expired_one_comes_back_once_by_64_at_once() -> None:
    number = settled()
    sent(number)
    lin = town.party("lin")
    assert note_transfer(member=lin, withdrawal=number, state=PayoutState.CONFIRM, confirm_until=0)
    found = town.at_once(64, lambda _: ended(number, PayoutState.EXPIRED))
    assert found.count(None) == 1, found
    assert sum(isinstance(one, NotByHand) for one in found) == 63, found
    town.settle_now()
    assert town.balance("lin", accounts.CASH) == BALANCE


@pytest.mark.parametrize(
    "late",
    [PayoutState.CONFIRM, PayoutState.UNKNOWN, PayoutState.ARRIVED],
)
def test_what_arrived_is_never_returned_nor_moved_again(late: PayoutState) -> None:
    number = settled()
    sent(number)
    lin = town.party("lin")
    assert note_transfer(member=lin, withdrawal=number, state=PayoutState.ARRIVED)
    assert not note_transfer(member=lin, withdrawal=number, state=late)
    with pytest.raises(NotByHand):
        ended(number, PayoutState.FAILED)
    assert state(number) is PayoutState.ARRIVED


def everything() -> None:
    lin = town.party("lin")
    sell_points(key="s2", member=lin, points=POINT, shown_net=1)
    first, second, third = settled("w1", 5_000), settled("w2", 200), settled("w3", 300)
    decline(first, "小吴")
    decline(first, "小郑")
    sent(second)
    ended(second, PayoutState.FAILED)
    sent(third)
    sell_points(key="s3", member=lin, points=2 * POINT, shown_net=None)
    town.settle_now()


def test_an_export_replays_to_the_same_after_all_of_this(database: Database) -> None:
    everything()
    with town.books(database) as books:
        assert books.verdict() == ""
        lines = books.lines()
    terms = load_terms(preset="seed-1", settings=town.WINDOW)
    assert platforms.replayed(lines, terms=terms) == platforms.of_database()
    assert not any('"s2"' in line for line in lines)


def test_who_was_not_verified_cannot_withdraw() -> None:
    town.query("DELETE FROM members_verified")
    with pytest.raises(NotVerified):
        asked()
    assert town.query("SELECT count(*) FROM orders_fact WHERE kind = 11") == [(0,)]


def test_what_a_channel_carries_is_not_returned_by_hand() -> None:
    lin = town.party("lin")
    number = withdraw(key="w1", member=lin, amount_fen=10_000).number
    town.settle_now()
    sent(number)
    with pytest.raises(NotByHand):
        ended(number, PayoutState.FAILED)
    assert state(number) is PayoutState.SENDING
