"""One driver a transfer, whatever makes it due meanwhile; a refusal ends none that may arrive (P4).

Source: P4; I-23; reliability C7, C8.
"""

from typing import Any

import pytest

from gongxiang.acts.conclude_transfer import Conclusion, conclude_transfer
from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.acts.sweep_transfers import sweep_transfers
from gongxiang.payments import sending
from gongxiang.payments.provider import Provider
from gongxiang.payments.transfer_wire import TransferNotice, TransferState, TransferTold
from gongxiang.payments.wire import Declined, Unknown
from gongxiang.sandbox.pay import Sandbox
from gongxiang.treasury import bills
from gongxiang.treasury.models import PayoutState
from tests.acts import town
from tests.conftest import Database
from tests.payments.sending import DUE, at_channel, cash, rich, sent, state, transfer_of

BALANCE = 170_262_390
LEFT = BALANCE - 100_000_000
OVER = "UPDATE treasury_transfer SET driven_until = now() - interval '1 second', next_at = now()"
OLD = "UPDATE treasury_transfer SET sent_at = sent_at - interval '10 minutes'"
ANCIENT = "UPDATE treasury_transfer SET created_at = created_at - interval '20 hours'"


@pytest.fixture(autouse=True)
def _town(database: Database, sandbox: Sandbox) -> None:
    assert database.name
    sandbox.trades.transfers.on_end = lambda _transfer: None
    rich()


def closed(withdrawal: int) -> Conclusion:
    """Hear in a notice that a transfer is closed."""
    told = TransferTold(
        provider=Provider.WECHAT,
        number=bills.number_of(transfer_of(withdrawal)),
        state=TransferState.FAILED,
    )
    notice = TransferNotice(notification_id="n", body_hash=b"n", body="n", told=told)
    return conclude_transfer(told=told, notice=notice)


def test_a_notice_that_it_is_closed_lets_no_second_driver_in_beside_one_that_is_sending(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sent()
    whole = sending.send
    beside: list[object] = []

    def slow(**named: Any) -> TransferTold:  # noqa: ANN401  as the gateway
        town.query(DUE)
        beside.extend((closed(number), sweep_transfers()))
        beside.extend(town.at_once(8, lambda _: drive_transfer(transfer=transfer_of(number))))
        return whole(**named)

    monkeypatch.setattr(sending, "send", slow)
    assert drive_transfer(transfer=transfer_of(number))
    assert beside == [Conclusion.NOTHING, 0, *[False] * 8]
    assert state(number) is PayoutState.CONFIRM
    sandbox.trades.transfers.confirm(at_channel(sandbox, number))
    assert sweep_transfers() == 1, "what was asked for meanwhile is asked once he is done"
    assert (state(number), cash()) == (PayoutState.ARRIVED, LEFT)


def test_who_was_overtaken_sends_nothing_and_closes_nothing(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His refusal, and that a question found nothing, are older than what the second sent."""
    number = sent()
    whole, query = sending.send, sending.query
    calls: list[str] = []

    def absent(**_: object) -> TransferTold:
        calls.append("asked")
        return TransferTold(
            provider=Provider.WECHAT,
            number=bills.number_of(transfer_of(number)),
            state=TransferState.ABSENT,
        )

    def refused(**_: object) -> TransferTold:
        monkeypatch.setattr(sending, "query", query)
        monkeypatch.setattr(sending, "send", whole)
        town.query(OVER)
        assert drive_transfer(transfer=transfer_of(number))
        assert state(number) is PayoutState.CONFIRM
        monkeypatch.setattr(sending, "query", absent)
        raise Declined("NO_MONEY")

    monkeypatch.setattr(sending, "send", refused)
    assert drive_transfer(transfer=transfer_of(number))
    assert (calls, state(number), cash()) == (["asked"], PayoutState.CONFIRM, LEFT)
    monkeypatch.setattr(sending, "query", query)
    sandbox.trades.transfers.confirm(at_channel(sandbox, number))
    town.query(DUE)
    sweep_transfers()
    assert (state(number), cash()) == (PayoutState.ARRIVED, LEFT)


def test_who_was_overtaken_before_he_sends_does_not(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = sent()
    query = sending.query
    sandbox.trades.tricks["too_many"] = 100
    drive_transfer(transfer=transfer_of(number))
    sandbox.trades.tricks["too_many"] = 0

    def slow(**named: Any) -> TransferTold:  # noqa: ANN401  as the gateway
        told = query(**named)
        monkeypatch.setattr(sending, "query", query)
        town.query(OVER)
        assert drive_transfer(transfer=transfer_of(number))
        monkeypatch.setattr(sending, "send", forbidden)
        return told

    def forbidden(**_: object) -> TransferTold:
        raise AssertionError("sent beside the second")

    monkeypatch.setattr(sending, "query", slow)
    town.query(DUE)
    assert drive_transfer(transfer=transfer_of(number))
    assert len(sandbox.trades.transfers.newest(9)) == 1
    assert town.query("SELECT driven_until, tries FROM treasury_transfer") == [(None, 3)]


def test_a_refusal_right_after_one_without_an_answer_ends_nothing_before_ten_minutes(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However old the transfer is: what counts is when it was sent last."""
    number = sent()

    def says(error: Exception) -> None:
        def answer(**_: object) -> TransferTold:
            raise error

        town.query(DUE)
        monkeypatch.setattr(sending, "send", answer)
        drive_transfer(transfer=transfer_of(number))

    says(Unknown("no answer"))
    town.query(ANCIENT)
    says(Declined("ACCOUNT_NOT_EXIST"))
    assert (state(number), cash()) == (PayoutState.UNKNOWN, LEFT)
    town.query(OLD)
    says(Declined("ACCOUNT_NOT_EXIST"))
    assert (state(number), cash()) == (PayoutState.FAILED, BALANCE)
    assert sandbox.trades.transfers.newest(9) == []
