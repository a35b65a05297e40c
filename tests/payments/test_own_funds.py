"""The platform's own account: equal to the fen, or each difference by its number (P3)."""

import psycopg
import pytest

from gongxiang.acts.claim_difference import claim_difference
from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.acts.fetch_bill import BillChanged, fetch_bill
from gongxiang.acts.fetch_bills import fetch_bills
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.acts.sweep_transfers import sweep_transfers
from gongxiang.base.clock import DAY
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Declined
from gongxiang.sandbox.pay import Sandbox
from gongxiang.treasury import bills
from gongxiang.treasury.models import PayoutState
from tests.acts import town
from tests.conftest import Database
from tests.payments.own_account import (
    ACCOUNT,
    LINES,
    OPEN,
    Town,
    booked,
    compared,
    day_of,
    fetched,
    opened_town,
    over,
    shared,
    transferred,
)
from tests.payments.paying import ask
from tests.payments.sending import DUE, at_channel, known_to, sent, state, transfer_of
from tests.payments.test_at_once import at_once
from tests.payments.test_shares import dispatched, send_back


@pytest.fixture
def here(database: Database, sandbox: Sandbox, admin: psycopg.Connection) -> Town:
    """Open the town."""
    assert database.name
    return opened_town(sandbox, admin)


def a_day(here: Town, provider: Provider) -> None:
    """Two shares, a return of one, a transfer that arrived, one that its payee declined."""
    trade, _ = shared(here, provider, 12_800, 5_000)
    send_back(trade, provider, amount_fen=5_000, returned_fen=1_000)
    dispatched(4)
    if provider is Provider.ALIPAY:
        known_to(provider, "13800000012")
        number = sent(fen=10_000)
        drive_transfer(transfer=transfer_of(number))
        assert state(number) is PayoutState.ARRIVED
        return
    transferred(here)
    number = sent(key="w2", fen=2_000)
    drive_transfer(transfer=transfer_of(number))
    here.sandbox.trades.transfers.decline(at_channel(here.sandbox, number))
    town.query(DUE)
    sweep_transfers()
    assert state(number) is PayoutState.FAILED


@pytest.mark.parametrize("provider", Provider)
def test_a_day_of_the_own_account_is_equal_to_the_fen(here: Town, provider: Provider) -> None:
    a_day(here, provider)
    assert (fetched(provider), fetched(provider)) == (4, 0)
    assert ask(LINES) == [
        ("share_received", 3_560, 2),
        ("share_returned", 1_000, 1),
        ("transferred", 10_000, 1),
    ]
    assert reconcile_day(provider=provider, day=day_of()) == 0
    assert ask(OPEN) == []
    assert ask(
        "SELECT DISTINCT business FROM payments_billline WHERE payee = 'own' ORDER BY business"
    ) == [
        (word,)
        for word in (
            ["分账", "分账回退", "商家转账"]
            if provider is Provider.WECHAT
            else ["分账", "分账退回", "转账"]
        )
    ]


def test_the_accounts_of_the_stores_are_no_reason_to_compare_the_own_one(here: Town) -> None:
    transferred(here)
    ask(
        "INSERT INTO payments_bill (provider, payee, day, is_whole, tries, next_at)"
        " VALUES ('wechat', '', %s, true, 1, now())",
        day_of(),
    )
    assert reconcile_day(provider=Provider.WECHAT, day=day_of()) == 0
    assert ask(OPEN) == [], "its own bill is not there yet"


def test_another_amount_is_named_and_a_rewritten_bill_is_refused(here: Town) -> None:
    there = transferred(here)
    there.amount_fen = 10_001
    row = ("transferred", there.number, 10_000, 10_001, day_of(), day_of(), "open")
    assert compared() == [row]
    assert compared() == [row], "named once"
    there.amount_fen = 10_002
    with pytest.raises(BillChanged, match=f"{there.number}.*10001.* is now .*10002"):
        fetched()


def test_a_transfer_that_the_bill_lacks_is_named(here: Town) -> None:
    transferred(here)
    there = transferred(here, key="w2", fen=1_234)
    there.state = "failed"
    assert compared() == [("transferred", there.number, 1_234, 0, day_of(), None, "open")]


def test_a_share_and_a_return_that_the_bill_lacks_are_named(here: Town) -> None:
    trade, _ = shared(here, Provider.WECHAT, 12_800, 5_000)
    send_back(trade, Provider.WECHAT, amount_fen=5_000, returned_fen=1_000)
    dispatched(4)
    back, share = trade.share_returns.pop(), trade.shares.pop()
    assert compared() == [
        ("share_received", share.number, 2_560, 0, day_of(), None, "open"),
        ("share_returned", back.number, 1_000, 0, day_of(), None, "open"),
    ]


def test_a_transfer_that_our_books_lack_is_named_until_they_have_it(here: Town) -> None:
    number = sent()
    drive_transfer(transfer=transfer_of(number))
    there = at_channel(here.sandbox, number)
    here.sandbox.trades.transfers.confirm(there)
    assert compared() == [("transferred", there.number, 0, 10_000, None, day_of(), "open")]
    town.query(DUE)
    sweep_transfers()
    assert compared() == [
        ("transferred", there.number, 10_000, 10_000, day_of(), day_of(), "explained")
    ]


def test_a_transfer_that_somebody_else_sent_is_named(here: Town) -> None:
    transfers = here.sandbox.trades.transfers
    foreign = transfers.open(
        "wechat", "PROMO7", account="oX", name="", amount_fen=777, notify="http://127.0.0.1:9"
    )
    transfers.confirm(foreign)
    flow = f"19{foreign.bill[2:]}"
    assert compared() == [("other_out", flow, 0, 777, None, day_of(), "open")]


def test_another_day_is_named_though_the_amount_is_the_same(here: Town) -> None:
    there = transferred(here)
    there.ended_at -= DAY // 1_000_000
    assert fetched(days=1) == 1
    assert compared() == [
        ("transferred", there.number, 10_000, 10_000, day_of(), day_of(1), "open")
    ]


def test_a_transfer_that_was_given_back_is_named(here: Town) -> None:
    there = transferred(here)
    assert compared() == []
    here.sandbox.trades.booked.append(booked("商家转账", 10_000, is_in=True, number=there.number))
    assert compared() == [("transferred", there.number, 10_000, 0, day_of(), None, "open")]


def test_what_was_explained_or_claimed_is_open_again_when_a_later_bill_changes_it(
    here: Town,
) -> None:
    number = sent()
    drive_transfer(transfer=transfer_of(number))
    there = at_channel(here.sandbox, number)
    here.sandbox.trades.transfers.confirm(there)
    compared()
    town.query(DUE)
    sweep_transfers()
    assert compared()[0][-1] == "explained"
    back = booked("商家转账", 4_000, is_in=True, number=there.number)
    here.sandbox.trades.booked.append(back)
    row = ("transferred", there.number, 10_000, 6_000, day_of(), day_of())
    assert compared() == [(*row, "open")]
    claim_difference(
        provider=Provider.WECHAT, kind="transferred", number=there.number, officer="lan", note="查"
    )
    assert compared() == [(*row, "claimed")], "nothing new"
    rest = booked("商家转账", 6_000, is_in=True, number=there.number, order="9900000002")
    here.sandbox.trades.booked.append(rest)
    assert compared() == [("transferred", there.number, 10_000, 0, day_of(), None, "open")]
    assert ask("SELECT officer, note FROM payments_difference") == [("", "")]


def test_a_transfer_that_was_taken_and_given_back_is_none(here: Town) -> None:
    number = bills.number_of(7)
    here.sandbox.trades.booked += [
        booked("商家转账", 5_000, is_in=False, number=number),
        booked("商家转账", 5_000, is_in=True, number=number, order="9900000002"),
    ]
    assert compared() == []
    assert ask(LINES) == [("transfer_returned", 5_000, 1), ("transferred", 5_000, 1)]


def test_a_transfer_that_was_paid_twice_is_named(here: Town) -> None:
    there = transferred(here)
    here.sandbox.trades.booked.append(booked("商家转账", 10_000, is_in=False, number=there.number))
    assert compared() == [("transferred", there.number, 10_000, 20_000, day_of(), day_of(), "open")]


def test_top_ups_and_fees_are_unexplained_until_an_officer_says_what_they_are(here: Town) -> None:
    there = transferred(here)
    here.sandbox.trades.booked += [
        booked("充值/提现", 500_000, is_in=True),
        booked("扣除手续费", 10, is_in=False, number=f"{there.number}-F", order="9900000002"),
    ]
    assert compared() == [
        ("other_in", "1900000001", 0, 500_000, None, day_of(), "open"),
        ("other_out", "1900000002", 0, 10, None, day_of(), "open"),
    ]
    claim_difference(
        provider=Provider.WECHAT, kind="other_in", number="1900000001", officer="lan", note="充值"
    )
    assert [row[-1] for row in compared()] == ["claimed", "open"]
    assert ask(
        "SELECT business FROM payments_billline WHERE kind IN ('other_in', 'other_out')"
        " ORDER BY kind"
    ) == [("充值/提现",), ("扣除手续费",)]


def test_what_we_hear_of_after_its_day_was_compared_is_named_with_the_next(here: Town) -> None:
    there = transferred(here)
    ask("UPDATE treasury_transfer SET done_at = done_at - interval '2 days'")
    there.state = "failed"
    fetched(days=2)
    ask("UPDATE payments_bill SET is_compared = true")
    assert compared(days=1) == [("transferred", there.number, 10_000, 0, day_of(2), None, "open")]


BILLS = (
    "SELECT day::text, is_whole, is_compared FROM payments_bill WHERE payee = 'own' ORDER BY day"
)


def test_the_days_that_are_over_are_fetched_by_themselves_and_a_late_bill_is_waited_for(
    here: Town,
) -> None:
    over(transferred(here))
    here.sandbox.trades.tricks["late_bills"] = 1
    fetch_bills()
    days = (day_of(2), day_of(1))
    assert ask(BILLS) == [(day, False, False) for day in days]
    assert ask(OPEN) == [], "it waits"
    with pytest.raises(Declined, match="STATEMENT_CREATING"):
        fetch_bill(provider=Provider.WECHAT, payee=ACCOUNT, day=days[0])
    here.sandbox.trades.tricks["late_bills"] = 0
    ask("UPDATE payments_bill SET next_at = now()")
    fetch_bills()
    assert ask(BILLS) == [(day, True, True) for day in days]
    assert (ask(LINES), ask(OPEN)) == ([("transferred", 10_000, 1)], [])


def test_a_bill_without_a_line_of_a_day_on_which_money_moved_is_not_there_for_a_day(
    here: Town,
) -> None:
    there = transferred(here)
    over(there)
    there.state = "failed"
    again = "UPDATE payments_bill SET next_at = now(), tries = %s WHERE NOT is_whole"
    for tries in (0, 23):
        fetch_bills()
        assert (ask(BILLS)[0], ask(OPEN)) == ((day_of(2), False, False), [])
        ask(again, tries)
    ask(again, 24)
    fetch_bills()
    assert ask(BILLS) == [(day, True, True) for day in (day_of(2), day_of(1))]
    assert ask(OPEN) == [("transferred", there.number, 10_000, 0, day_of(2), None, "open")]


def test_what_was_fetched_and_not_compared_is_compared_by_the_next_round(here: Town) -> None:
    there = transferred(here)
    over(there)
    there.state = "failed"
    fetched(days=2)
    fetch_bills()
    assert ask(OPEN) == [("transferred", there.number, 10_000, 0, day_of(2), None, "open")]


def test_64_fetches_at_once_keep_every_line_once(here: Town) -> None:
    there = transferred(here)
    over(there)
    shared(here, Provider.WECHAT, 12_800)
    there.amount_fen = 10_001
    assert sum(at_once(lambda number: fetched(days=number % 2 * 2))) == 2
    at_once(lambda _: fetch_bills())
    assert ask(LINES) == [("share_received", 2_560, 1), ("transferred", 10_001, 1)]
    at_once(lambda number: reconcile_day(provider=Provider.WECHAT, day=day_of(number % 2 * 2)))
    assert ask(OPEN) == [
        ("transferred", there.number, 10_000, 10_001, day_of(2), day_of(2), "open")
    ]
