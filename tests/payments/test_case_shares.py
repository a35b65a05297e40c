"""Money of a refund by case: the platform's part out of the share, the store's out of its own."""

import pytest

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.dispatch_shares import dispatch_shares
from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.review_refund_case import review_refund_case
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.share_profits import share_profits
from gongxiang.economy.accounts import STORE
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from gongxiang.treasury.models import CaseState, Verdict
from tests.acts.town import settle_now
from tests.payments.paying import World, ask
from tests.payments.test_at_once import at_once
from tests.payments.test_bills import exceptions, fetched
from tests.payments.test_shares import NOW, SEND, Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

FEN = 10_000


def granted(world: World, trade: Trade, *, amount_fen: int) -> None:
    """Let a case of a payment be asked for, approved by two officers, placed and settled."""
    asked(world, trade, amount_fen=amount_fen)
    settle_now()
    advance_refund_cases()


def asked(world: World, trade: Trade, *, amount_fen: int) -> None:
    """Let a case of a payment be asked for, approved by two officers and placed."""
    ((order,),) = ask("SELECT order_id FROM payments_attempt WHERE number = %s", trade.number)
    case = open_refund_case(
        key=f"{trade.number[-8:]}-{amount_fen}-{len(ask('SELECT FROM treasury_refundcase'))}",
        member=world.member,
        order=order,
        amount_fen=amount_fen,
        reason="少上一菜",
        is_by_store=False,
    ).number
    for officer in ("小吴", "小郑"):
        state = review_refund_case(
            member=world.member,
            case=case,
            officer=officer,
            verdict=Verdict.APPROVE,
            reason="看过小票",
        )
    assert state is CaseState.PLACED


def agree(world: World, sandbox: Sandbox, provider: Provider = Provider.WECHAT) -> None:
    """Check that books and channel agree: what the store is owed is what its next share gives."""
    fetched(provider)
    receive_arrivals()
    settle_now()
    assert exceptions() == []
    ((owed,),) = ask(
        "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)",
        world.store,
        STORE,
    )
    ((carried,),) = ask(
        "SELECT carried FROM payments_submerchant WHERE (store_id, provider) = (%s, %s)",
        world.store,
        provider.value,
    )
    assert owed == -carried
    trades = sandbox.trades.all()
    theirs = sum(one.amount_fen - one.refunded_fen - one.shared_fen for one in trades)
    moved = "SELECT coalesce(sum(coalesce(debit, 0) - coalesce(credit, 0)), 0)::bigint"
    ((ours,),) = ask(
        f"{moved} FROM ledger_posting WHERE home_id = %s AND leg / 1000 IN (18, 19)", world.store
    )
    assert ours == theirs * FEN


@pytest.mark.parametrize("provider", Provider)
def test_the_platform_and_the_store_each_pay_their_part_to_the_fen(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    one, _ = bought(world, sandbox, 12_800, 12_801, provider=provider)
    settle()
    granted(world, one, amount_fen=6_401)
    ask(SEND)
    assert dispatch_outbox() == 0, "its share has not been sent yet"
    share_profits()
    dispatched(4)
    ((paid, back),) = ask(
        "SELECT amount_fen, returned_fen FROM payments_channelrefund WHERE state = 'done'"
    )
    ((store,),) = ask("SELECT sum(debit)::bigint FROM ledger_posting WHERE leg = 11107")
    assert (paid, back) == (6_401, (6_401 * FEN - store) // FEN)
    assert 0 < back < 6_401 * 20 // 100
    # A part of a fen of what came back was the store's already: its next share was one fen less.
    assert (one.refunded_fen, one.shared_fen) == (6_401, 2_559 - back)
    assert ask("SELECT count(*) FROM payments_channelrefund WHERE paid_in_id IS NULL") == [(1,)]
    agree(world, sandbox, provider)
    assert ask("SELECT count(*) FROM payments_channelrefund WHERE paid_in_id IS NULL") == [(0,)]


def test_what_was_kept_of_sold_points_and_parts_of_a_fen_are_carried(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    one, two, _ = bought(world, sandbox, 12_800, 12_801, 30_000)
    settle()
    share_profits()
    dispatched()
    ((left,),) = ask(
        'SELECT sum("left")::bigint FROM points_lot WHERE member_id = %s', world.member
    )
    sell_points(key="s1", member=world.member, points=left, shown_net=None)
    settle_now()
    granted(world, one, amount_fen=12_800)
    granted(world, two, amount_fen=333)
    granted(world, two, amount_fen=777)
    dispatched(4)
    assert one.refunded_fen < 12_800
    agree(world, sandbox)


def test_what_the_share_lacks_is_carried_and_never_asked_of_the_channel(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    one, two = bought(world, sandbox, 12_800, 12_800)
    settle()
    ask("UPDATE payments_submerchant SET carried = -22000000 WHERE provider = 'wechat'")
    share_profits()
    dispatched()
    assert (one.shared_fen, two.shared_fen) == (360, 2_560)
    granted(world, one, amount_fen=2_000)
    granted(world, one, amount_fen=4_000)
    dispatched(4)
    assert ask("SELECT sum(returned_fen) FROM payments_channelrefund WHERE state = 'done'") == [
        (360,)
    ]
    assert (one.refunded_fen, one.shared_fen) == (6_000, 0)
    ((carried,),) = ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'")
    ((store,),) = ask("SELECT sum(debit)::bigint FROM ledger_posting WHERE leg = 11107")
    assert carried == 360 * FEN - (6_000 * FEN - store)


@pytest.mark.parametrize("provider", Provider)
def test_64_at_once_and_lost_answers_return_and_refund_each_case_once(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trades = bought(world, sandbox, *[10_000] * 8, provider=provider)
    settle()
    share_profits()
    dispatched()
    for trade in trades[:4]:
        asked(world, trade, amount_fen=5_000)
    settle_now()
    at_once(lambda _: advance_refund_cases())
    assert ask("SELECT count(*), sum(amount_fen) FROM payments_channelrefund") == [(4, 20_000)]
    sandbox.trades.tricks["lose_answers"] = 20
    ask(SEND)
    at_once(lambda _: dispatch_outbox())
    dispatched(10)
    sandbox.trades.tricks["lose_answers"] = 0
    dispatched(3)
    ask(NOW)
    assert dispatch_shares() == 0
    assert [one.refunded_fen for one in trades] == [5_000] * 4 + [0] * 4
    assert [len(one.share_returns) for one in trades] == [1] * 4 + [0] * 4
    agree(world, sandbox, provider)
