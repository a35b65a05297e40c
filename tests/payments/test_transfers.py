"""Cash to persons on the wire: confirmed, declined, too late, never twice, never lost (P4)."""

import itertools
import time
from collections.abc import Callable

import pytest

from gongxiang.acts.conclude_transfer import Conclusion, conclude_transfer
from gongxiang.acts.drive_transfer import CALLBACK, drive_transfer
from gongxiang.acts.sweep_transfers import sweep_transfers
from gongxiang.payments import sending
from gongxiang.payments.provider import Provider
from gongxiang.payments.transfer_wire import TransferState, TransferTold
from gongxiang.sandbox import wechat, wechat_transfers
from gongxiang.sandbox.pay import Sandbox
from gongxiang.treasury import bills
from gongxiang.treasury.models import PayoutState
from tests.acts import town
from tests.conftest import Database
from tests.payments.paying import as_meta
from tests.payments.sending import (
    DUE,
    OPENID,
    at_channel,
    cash,
    known_to,
    rich,
    sent,
    state,
    transfer_of,
)
from tests.payments.test_callbacks import post, unsigned

BALANCE = 170_262_390
LATER = "2026-11-23T20:42:00+08:00"


@pytest.fixture(autouse=True)
def _town(database: Database, sandbox: Sandbox) -> None:
    assert database.name
    sandbox.trades.transfers.on_end = lambda _transfer: None
    rich()


def driven(withdrawal: int) -> PayoutState:
    drive_transfer(transfer=transfer_of(withdrawal))
    return state(withdrawal)


def swept(withdrawal: int) -> PayoutState:
    town.query(DUE)
    sweep_transfers()
    return state(withdrawal)


def test_what_two_officers_sent_waits_for_its_member_and_arrives(sandbox: Sandbox) -> None:
    number = sent()
    assert town.query("SELECT task_name, args->>'transfer' FROM procrastinate_jobs") == [
        ("send_transfer", str(transfer_of(number)))
    ]
    assert driven(number) is PayoutState.CONFIRM
    there = at_channel(sandbox, number)
    assert (there.amount_fen, there.account, there.name) == (10_000, OPENID, "林小满")
    assert town.query("SELECT package FROM treasury_transfer") == [(there.package,)]
    assert sandbox.trades.transfers.confirm(there)
    assert swept(number) is PayoutState.ARRIVED
    assert there.paid_count == 1
    assert cash() == BALANCE - 100_000_000
    assert sweep_transfers() == 0


def test_one_at_a_time_drives_a_transfer(sandbox: Sandbox) -> None:
    number = sent()
    transfer = transfer_of(number)
    assert sorted(town.at_once(8, lambda _: drive_transfer(transfer=transfer)), key=bool) == [
        *[False] * 7,
        True,
    ]
    assert not drive_transfer(transfer=transfer)
    assert swept(number) is PayoutState.CONFIRM
    assert at_channel(sandbox, number).paid_count == 0


def test_alipay_needs_no_confirmation(sandbox: Sandbox) -> None:
    known_to(Provider.ALIPAY, "13800000012")
    number = sent()
    assert driven(number) is PayoutState.ARRIVED
    there = at_channel(sandbox, number, "alipay")
    assert (there.amount_fen, there.account, there.paid_count) == (10_000, "13800000012", 1)


def test_who_declines_has_his_cash_again_once(sandbox: Sandbox) -> None:
    number = sent()
    driven(number)
    sandbox.trades.transfers.decline(at_channel(sandbox, number))
    assert swept(number) is PayoutState.FAILED
    assert not drive_transfer(transfer=transfer_of(number))
    assert cash() == BALANCE
    assert town.query("SELECT reason FROM treasury_payout") == [("你在手机上选了不收",)]


def test_after_a_day_it_is_taken_back_at_the_channel_before_the_cash_returns(
    sandbox: Sandbox,
) -> None:
    number = sent()
    driven(number)
    town.set_clock(LATER)
    sandbox.trades.tricks["lose_answers"] = 100
    assert swept(number) is PayoutState.UNKNOWN
    assert cash() == BALANCE - 100_000_000
    sandbox.trades.tricks["lose_answers"] = 0
    assert swept(number) is PayoutState.EXPIRED
    there = at_channel(sandbox, number)
    assert (there.state, there.paid_count) == ("cancelled", 0)
    assert not sandbox.trades.transfers.confirm(there)
    assert cash() == BALANCE


def test_who_confirmed_in_the_last_second_has_it_though_its_day_is_over(sandbox: Sandbox) -> None:
    number = sent()
    driven(number)
    sandbox.trades.transfers.confirm(at_channel(sandbox, number))
    town.set_clock(LATER)
    assert swept(number) is PayoutState.ARRIVED
    assert cash() == BALANCE - 100_000_000


def test_a_lost_answer_is_unknown_until_it_is_asked_for_and_its_package_comes_again(
    sandbox: Sandbox,
) -> None:
    number = sent()
    sandbox.trades.tricks["lose_answers"] = 100
    assert driven(number) is PayoutState.UNKNOWN
    sandbox.trades.tricks["lose_answers"] = 0
    assert swept(number) is PayoutState.CONFIRM
    there = at_channel(sandbox, number)
    assert town.query("SELECT package FROM treasury_transfer") == [(there.package,)]
    assert len(sandbox.trades.transfers.newest(9)) == 1


def test_what_the_channel_refuses_comes_back_with_its_reason(sandbox: Sandbox) -> None:
    known_to(Provider.ALIPAY)
    number = sent()
    town.query("DELETE FROM members_verified")
    assert driven(number) is PayoutState.FAILED
    assert cash() == BALANCE
    assert town.query("SELECT reason FROM treasury_payout") == [
        ("渠道没有打成（INVALID_PARAMETER）",)
    ]
    assert sandbox.trades.transfers.newest(9) == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount_fen": 10_001}, "amount 10001 instead of 10000"),
        ({"account": "oSomebodyElse"}, "another payee"),
        ({"number": "GXT1"}, "no such transfer number"),
        ({"number": "GXP7"}, "no such transfer number"),
        ({"provider": Provider.ALIPAY}, "sent through another channel"),
    ],
)
def test_what_does_not_fit_changes_nothing_and_is_kept(change: dict[str, object], why: str) -> None:
    number = sent()
    driven(number)
    words: dict[str, object] = {
        "provider": Provider.WECHAT,
        "number": bills.number_of(transfer_of(number)),
        "state": TransferState.DONE,
        "amount_fen": 10_000,
        "account": OPENID,
    }
    told = TransferTold(**{**words, **change})  # type: ignore[arg-type]
    assert conclude_transfer(told=told) is Conclusion.QUARANTINED
    assert state(number) is PayoutState.CONFIRM
    assert town.query("SELECT reason FROM payments_quarantine") == [(why,)]


def test_an_end_that_contradicts_the_first_is_kept_for_a_person(sandbox: Sandbox) -> None:
    number = sent()
    driven(number)
    sandbox.trades.transfers.confirm(at_channel(sandbox, number))
    swept(number)
    told = TransferTold(
        provider=Provider.WECHAT,
        number=bills.number_of(transfer_of(number)),
        state=TransferState.FAILED,
    )
    assert conclude_transfer(told=told) is Conclusion.QUARANTINED
    assert cash() == BALANCE - 100_000_000


WAYS = {
    PayoutState.ARRIVED: ("accepted", "confirm", "moving", "done"),
    PayoutState.EXPIRED: ("accepted", "confirm", "cancelling", "cancelled"),
}


@pytest.mark.parametrize(("end", "events"), WAYS.items(), ids=lambda each: str(each)[:9])
def test_every_order_of_a_transfers_events_with_duplicates_ends_in_one_state(
    end: PayoutState, events: tuple[str, ...]
) -> None:
    returned = 0
    for place, order in enumerate(itertools.permutations(events)):
        number = sent(key=f"w{place}", fen=100)
        for event in (*order, *order[::-1], *order):
            told = TransferTold(
                provider=Provider.WECHAT,
                number=bills.number_of(transfer_of(number)),
                state=TransferState(event),
                amount_fen=100,
                account=OPENID,
            )
            assert conclude_transfer(told=told) is not Conclusion.QUARANTINED
        assert state(number) is end, order
        returned += end is PayoutState.EXPIRED
    assert cash() == BALANCE - (24 - returned) * 1_000_000


def test_what_nobody_signed_moves_no_transfer_and_a_good_notice_does(sandbox: Sandbox) -> None:
    number = sent()
    driven(number)
    sandbox.trades.transfers.confirm(at_channel(sandbox, number))
    body, _ = wechat_transfers.notice(at_channel(sandbox, number), sandbox.keys)
    headers = as_meta(wechat.signature(body.decode(), sandbox.keys))
    old = headers | {"HTTP_WECHATPAY_TIMESTAMP": str(int(time.time()) - 400)}
    statuses = [post(*each, CALLBACK) for each in (*unsigned(body, headers), (body, old))]
    assert all(400 <= status < 500 for status in statuses), statuses
    assert (state(number), cash()) == (PayoutState.CONFIRM, BALANCE - 100_000_000)
    assert town.query("SELECT count(*) FROM payments_notification") == [(0,)]
    assert [post(body, headers, CALLBACK) for _ in range(2)] == [200, 200]
    assert state(number) is PayoutState.ARRIVED


def test_a_notice_moves_it_and_one_that_says_closed_makes_us_ask(sandbox: Sandbox) -> None:
    def heard(number: int) -> list[Conclusion]:
        body, _ = wechat_transfers.notice(at_channel(sandbox, number), sandbox.keys)
        headers = as_meta(wechat.signature(body.decode(), sandbox.keys))
        notice = sending.read_notice(headers=headers, body=body)
        return [conclude_transfer(told=notice.told, notice=notice) for _ in range(2)]

    def moved(act: Callable[..., bool], key: str) -> int:
        number = sent(key=key, fen=100)
        driven(number)
        act(at_channel(sandbox, number))
        return number

    arrived = moved(sandbox.trades.transfers.confirm, "a")
    assert heard(arrived) == [Conclusion.MOVED, Conclusion.REPEATED]
    assert state(arrived) is PayoutState.ARRIVED
    declined = moved(sandbox.trades.transfers.decline, "b")
    assert heard(declined) == [Conclusion.NOTHING, Conclusion.REPEATED]
    assert state(declined) is PayoutState.CONFIRM
    assert sweep_transfers() == 1
    assert state(declined) is PayoutState.FAILED
