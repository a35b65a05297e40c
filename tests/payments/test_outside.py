"""What stands beside the ledger is held against it, and each planted error is named by its row.

Source: P2, P4; I-6, I-23.
"""

from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from gongxiang.acts.close_account import close_account
from gongxiang.acts.conclude_transfer import Conclusion, conclude_transfer
from gongxiang.acts.confirm_payment import Confirmation, confirm_payment
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.reseal_texts import PLACES, reseal_texts
from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.share_profits import share_profits
from gongxiang.acts.withdraw import withdraw
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.payments.transfer_wire import TransferState, TransferTold
from gongxiang.sandbox.pay import Sandbox
from gongxiang.settlement.outside import Outside, compare_outside
from gongxiang.settlement.wrong import Wrong
from gongxiang.treasury.bills import number_of
from gongxiang.treasury.models import Verdict
from tests.acts import town
from tests.conftest import Database
from tests.payments.paying import World, ask, wechat_notice
from tests.payments.sending import known_to, rich, sent, transfer_of
from tests.payments.test_case_shares import granted
from tests.payments.test_refused_refunds import again, number, refused
from tests.payments.test_shares import Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

CHECKS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) FROM pg_constraint
 WHERE contype IN ('c', 'x', 'p', 'u') AND conrelid = ANY(ARRAY['treasury_payout',
       'treasury_transfer', 'payments_share', 'payments_channelrefund']::regclass[])
"""
Connection = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def beside(database: Database) -> Iterator[Connection]:
    """Give a connection of a superuser, whom no trigger and no constraint's name stops."""
    with psycopg.connect(database.admin_url) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        yield connection


def held(beside: Connection) -> Outside:
    """Give what agrees."""
    try:
        return compare_outside(beside)
    finally:
        beside.rollback()


def verdict(beside: Connection, *changes: str) -> str:
    """Give what is wrong after some changes that no constraint stops, which are undone again."""
    for (statement,) in beside.execute(CHECKS).fetchall():
        beside.execute(str(statement).encode())
    beside.execute("SET LOCAL session_replication_role = replica")
    for change in changes:
        assert beside.execute(change.encode()).rowcount > 0
    with pytest.raises(Wrong) as found:
        held(beside)
    return str(found.value)


def test_a_payout_and_its_transfer_that_do_not_agree_are_named(beside: Connection) -> None:
    rich()
    known_to(Provider.WECHAT)
    one = sent("w1")
    two = withdraw(key="w2", member=town.party("lin"), amount_fen=200).number
    town.settle_now()
    transfer = transfer_of(one)
    assert held(beside)[:2] == (2, 1)
    payout = f"UPDATE treasury_payout SET {{}} WHERE withdrawal_id = {one}"
    assert verdict(beside, payout.format("tax = 10000")) == (
        f"payout {one} keeps 10000 µ¥ of 100000000 µ¥ back as tax; the rules give 0 µ¥"
    )
    assert verdict(beside, "UPDATE treasury_transfer SET amount_fen = 9999") == (
        f"transfer {transfer} pays 99990000 µ¥; withdrawal {one} is 100000000 µ¥ and its tax 0 µ¥"
    )
    assert verdict(beside, "UPDATE treasury_transfer SET payee = 'x'") == (
        f"transfer {transfer} goes to another account than payout {one} names"
    )
    assert verdict(beside, payout.format("state = 5")) == (
        f"payout {one} is in state 5 while its transfer {transfer} is open"
    )
    assert verdict(
        beside, payout.format("state = 7"), "UPDATE treasury_transfer SET state = 'closed'"
    ) == (f"payout {one} is in state 7 and its cash came back 0 times")
    assert verdict(beside, "UPDATE treasury_transfer SET state = 'done'") == (
        f"payout {one} is in state 2 while its transfer {transfer} is done"
    )
    assert verdict(beside, "DELETE FROM treasury_transfer") == (
        f"payout {one} is carried by transfer {transfer}, which is missing"
    )
    assert verdict(
        beside,
        "INSERT INTO treasury_transfer SELECT 5, member_id, withdrawal_id, provider, payee,"
        " amount_fen, state, package, tries, created_at, next_at FROM treasury_transfer",
    ) == (f"transfer 5 of withdrawal {one} is the one that no payout names")
    assert verdict(beside, payout.format("checker = maker")) == (
        f"payout {one} left its review by '小吴' and '小吴' instead of two officers"
    )
    assert verdict(beside, payout.format("transfer_id = NULL")) == (
        f"payout {one} in state 2 has a transfer and should have none, or the other way round"
    )
    assert verdict(beside, f"DELETE FROM treasury_withdrawal WHERE id = {two}").startswith(
        f"payout {two} of member "
    )


def test_what_was_paid_out_holds_when_it_is_sealed_anew_and_when_its_owner_leaves(
    beside: Connection,
) -> None:
    rich()
    known_to(Provider.WECHAT)
    one = sent("w1")
    with override_settings(
        IDENTITY_KEY="i" * 50, IDENTITY_KEY_FALLBACKS=[django_settings.IDENTITY_KEY]
    ):
        assert sum(reseal_texts(place=place, after=0).changed for place in PLACES[2:5]) == 3
        held(beside)
        assert verdict(
            beside, "UPDATE treasury_payout SET payee = (SELECT name FROM members_verified)"
        ).startswith(f"transfer {transfer_of(one)} goes to another account than payout {one} ")
    told = TransferTold(
        provider=Provider.WECHAT,
        number=number_of(transfer_of(one)),
        state=TransferState.DONE,
    )
    assert conclude_transfer(told=told) is Conclusion.MOVED
    beside.execute("SET session_replication_role = replica")
    for table in ("points_lot", "orders_order"):
        beside.execute(f"DELETE FROM {table}".encode())
    beside.execute("UPDATE ledger_balance SET amount = 0")
    beside.commit()
    close_account(member=town.party("lin"), is_given_up=True)
    assert town.query("SELECT payee FROM treasury_payout") == [("",)]
    held(beside)
    assert verdict(beside, "UPDATE treasury_payout SET state = 2") == (
        f"payout {one} in state 2 has a transfer and should have none, or the other way round"
    )


def test_a_withdrawal_that_came_back_holds(beside: Connection) -> None:
    rich()
    number = withdraw(key="w1", member=town.party("lin"), amount_fen=200).number
    town.settle_now()
    for officer in ("小吴", "小郑"):
        review_withdrawal(
            member=town.party("lin"),
            withdrawal=number,
            officer=officer,
            verdict=Verdict.DECLINE,
            reason="账号不对",
        )
    assert held(beside)[:2] == (1, 0)
    assert verdict(beside, "DELETE FROM treasury_withdrawalreturn") == (
        f"payout {number} is in state 6 and its cash came back 0 times"
    )


def test_a_share_that_is_not_what_its_order_gave_is_named(
    world: World, sandbox: Sandbox, settle: Settle, beside: Connection
) -> None:
    bought(world, sandbox, 12_800, 10_001)
    settle()
    assert held(beside)[2:] == (0, 0, 0, 0)
    share_profits()
    assert held(beside)[2:] == (45_602_000, 0, 45_600_000, 2_000)
    dispatched()
    assert held(beside)[2:] == (45_602_000, 45_600_000, 0, 2_000)
    ((share, order),) = ask(
        "SELECT share.number, order_id FROM payments_share share"
        "  JOIN payments_attempt attempt ON attempt.number = attempt_number"
        " WHERE spend_fen = 12800"
    )
    of = f"WHERE number = '{share}'"
    assert verdict(beside, f"UPDATE payments_share SET commission = 25600001 {of}") == (
        f"share {share} says a commission of 25600001 µ¥ on 12800 fen; of 128000000 µ¥ settled"
        " the ledger gives 25600000 µ¥"
    )
    assert verdict(beside, f"UPDATE payments_share SET amount_fen = 2561 {of}") == (
        f"share {share} moves 25610000 µ¥ of a commission of 25600000 µ¥: store {world.store} left"
        " less over elsewhere"
    )
    assert verdict(beside, f"UPDATE payments_share SET amount_fen = 2559 {of}") == (
        f"store {world.store} at wechat carries 2000 µ¥; commissions 45602000 - shares"
        " 45590000 - refunds 0 + returned 0 = 12000"
    )
    assert verdict(beside, "UPDATE payments_submerchant SET carried = 2001 WHERE carried > 0") == (
        f"store {world.store} at wechat carries 2001 µ¥; commissions 45602000 - shares"
        " 45600000 - refunds 0 + returned 0 = 2000"
    )
    ((step,),) = ask("SELECT id FROM points_step WHERE order_id = %s AND kind = 1", order)
    assert verdict(beside, f"DELETE FROM payments_share {of}") == (
        f"order {order} settled in step {step} and has no share"
    )
    assert verdict(beside, f"UPDATE payments_share SET payee = 'x' {of}").startswith(
        f"share {share} is not of payment "
    )


def test_a_refused_share_is_carried_and_holds(
    world: World, sandbox: Sandbox, settle: Settle, beside: Connection
) -> None:
    bought(world, sandbox, 12_800)
    settle()
    share_profits()
    sandbox.trades.tricks["refuse_shares"] = 1
    dispatched()
    assert held(beside)[2:] == (25_600_000, 0, 0, 25_600_000)
    sandbox.trades.tricks["refuse_shares"] = 0
    bought(world, sandbox, 50_000)
    settle()
    share_profits()
    dispatched()
    assert held(beside)[2:] == (125_600_000, 125_600_000, 0, 0)


def test_what_came_back_of_a_share_agrees_with_the_refund_and_is_named_where_not(
    world: World, sandbox: Sandbox, settle: Settle, beside: Connection
) -> None:
    one, two = bought(world, sandbox, 12_800, 12_801)
    settle()
    share_profits()
    dispatched()
    granted(world, one, amount_fen=6_401)
    held(beside)
    dispatched(4)
    held(beside)
    granted(world, two, amount_fen=333)
    dispatched(4)
    found = held(beside)
    assert found.commission == 51_202_000
    ((back, refund),) = ask(
        "SELECT number, refund_id FROM payments_channelrefund WHERE amount_fen = 6401"
    )
    of = f"WHERE number = '{back}'"
    assert verdict(beside, f"UPDATE payments_channelrefund SET amount_fen = 6400 {of}") == (
        f"channel refund {back} pays 64000000 µ¥; refund {refund} is 64010000 µ¥"
    )
    assert verdict(
        beside, f"UPDATE payments_channelrefund SET returned_fen = returned_fen + 1 {of}"
    ).startswith(f"store {world.store} at wechat carries {found.carried} µ¥; ")
    assert verdict(
        beside,
        "INSERT INTO payments_channelrefund (number, provider, transaction_id, amount_fen,"
        " total_fen, state, refund_id, returned_fen, payee, reason, is_replaced, created_at)"
        " SELECT 'GXCX', provider, transaction_id, amount_fen, total_fen, state, refund_id, 0,"
        f" payee, reason, is_replaced, created_at FROM payments_channelrefund {of}",
    ) == (f"refund {refund} is paid by 2 channel refunds of one payment")


@pytest.mark.parametrize("provider", Provider)
def test_a_refund_that_was_refused_and_sent_again_holds_at_every_stop(
    world: World, sandbox: Sandbox, settle: Settle, beside: Connection, provider: Provider
) -> None:
    refused(world, sandbox, settle, provider)
    held(beside)
    again(number())
    held(beside)
    dispatched(4)
    held(beside)
    share_profits()
    dispatched()
    assert held(beside).on_way == 0


def test_money_that_came_in_and_money_that_goes_back_are_named_where_they_are_not(
    world: World, sandbox: Sandbox, settle: Settle, beside: Connection
) -> None:
    one, two = bought(world, sandbox, 12_800, 10_000)
    orders = dict(ask("SELECT number, order_id FROM payments_attempt"))
    refunded = refund_order(key="r", member=world.member, order=orders[two.number], amount_fen=333)
    body, headers = wechat_notice(sandbox, one, transaction="second")
    notice = gateway.read_notice(provider=Provider.WECHAT, headers=headers, body=body)
    assert confirm_payment(trade=notice.trade, notice=notice) is Confirmation.SURPLUS
    held(beside)
    ((first,),) = ask(
        "SELECT transaction_id FROM payments_transaction WHERE attempt_number = %s"
        " AND NOT is_surplus",
        one.number,
    )
    of = f"WHERE transaction_id = '{first}'"
    assert verdict(beside, f"UPDATE payments_transaction SET amount_fen = 1 {of}") == (
        f"payment {first} brought 10000 µ¥; order {orders[one.number]} is 128000000 µ¥"
    )
    assert verdict(beside, "DELETE FROM payments_channelrefund WHERE refund_id IS NULL") == (
        "payment second was one too many and does not go back"
    )
    assert verdict(beside, "DELETE FROM payments_channelrefund WHERE amount_fen = 333").startswith(
        f"refund {refunded.number} goes back by no channel; its order was paid by payment "
    )
