"""Driving the platform's own account in tests: a town, what moves, and the bill of a day."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import psycopg

from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.acts.fetch_bill import fetch_bill
from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.acts.share_profits import share_profits
from gongxiang.acts.sweep_transfers import sweep_transfers
from gongxiang.base.clock import DAY, shanghai_date
from gongxiang.cli.settling import settle_all
from gongxiang.payments.clock import database_now
from gongxiang.payments.own import OWN
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Booked, Trade
from gongxiang.sandbox.transfers import Transfer
from gongxiang.treasury.models import PayoutState
from tests.acts import town
from tests.payments.paying import World, ask
from tests.payments.sending import DUE, at_channel, rich, sent, state, transfer_of
from tests.payments.test_shares import bought, dispatched

ACCOUNT = Payee(number=OWN)
LINES = (
    "SELECT kind, sum(amount_fen)::bigint, count(*) FROM payments_billline WHERE payee = 'own'"
    " GROUP BY kind ORDER BY kind"
)
OPEN = (
    "SELECT kind, number, ours_fen, theirs_fen, our_day::text, their_day::text, state"
    " FROM payments_difference WHERE payee = 'own' ORDER BY kind, number"
)


def day_of(days: int = 0) -> str:
    """Give the channel's day, so many days ago."""
    return (shanghai_date(database_now()) - timedelta(days=days)).isoformat()


def fetched(provider: Provider = Provider.WECHAT, *, days: int = 0) -> int:
    """Fetch the bill of a day, and let it be whole as that of one that is over."""
    added = fetch_bill(provider=provider, payee=ACCOUNT, day=day_of(days))
    ask(
        "INSERT INTO payments_bill (provider, payee, day, is_whole, tries, next_at)"
        " VALUES (%s, 'own', %s, true, 1, now())"
        " ON CONFLICT (provider, payee, day) DO UPDATE SET is_whole = true",
        *(provider.value, day_of(days)),
    )
    return added


def compared(provider: Provider = Provider.WECHAT, *, days: int = 0) -> list[tuple[object, ...]]:
    """Fetch and compare a day; give the differences that there are."""
    fetched(provider, days=days)
    reconcile_day(provider=provider, day=day_of(days))
    return ask(OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A store that takes payments, and a member with cash, at one sandbox."""

    world: World
    sandbox: Sandbox
    settle: Callable[[], None]


def opened_town(sandbox: Sandbox, admin: psycopg.Connection) -> Town:
    """Open the town beside a sandbox that says nothing of its own accord."""
    sandbox.trades.transfers.on_end = lambda _transfer: None
    sandbox.trades.share_wait = 0
    rich()
    open_sandbox_accounts()

    def settle() -> None:
        admin.execute("UPDATE points_horizon SET offset_seconds = offset_seconds + 90000")
        settle_all(until=move_horizon())

    world = World(store=town.party("fang", kind=2), member=town.party("lin"))
    return Town(world=world, sandbox=sandbox, settle=settle)


def transferred(here: Town, *, key: str = "w1", fen: int = 10_000) -> Transfer:
    """Let cash arrive at 林小满's WeChat."""
    number = sent(key=key, fen=fen)
    drive_transfer(transfer=transfer_of(number))
    there = at_channel(here.sandbox, number)
    assert here.sandbox.trades.transfers.confirm(there)
    town.query(DUE)
    sweep_transfers()
    assert state(number) is PayoutState.ARRIVED
    return there


def shared(here: Town, provider: Provider, *amounts: int) -> list[Trade]:
    """Let orders be paid, settled and shared."""
    trades = bought(here.world, here.sandbox, *amounts, provider=provider)
    here.settle()
    share_profits()
    dispatched()
    return trades


def booked(
    business: str, amount_fen: int, *, is_in: bool, number: str = "", order: str = "9900000001"
) -> Booked:
    """Give a line of WeChat's account for transfers that no call of ours made."""
    return Booked(
        channel="wechat",
        account="OPERATION",
        at=time.time_ns() // 1_000,
        business=business,
        is_in=is_in,
        amount_fen=amount_fen,
        order=order,
        number=number,
    )


def over(there: Transfer) -> None:
    """Let a transfer have arrived the day before yesterday."""
    there.ended_at -= 2 * DAY // 1_000_000
    ask(
        "UPDATE treasury_transfer SET done_at = done_at - interval '2 days',"
        " sent_at = sent_at - interval '2 days'"
    )
