"""What two pages say of a member, each in one question: the first one, but for his lots; his cash.

    purse        his three pockets
    unread       messages later than his mark
    unfinished   what he began to pay and nobody knows the end of yet
    under_way    withdrawals that neither arrived nor came back
    orders       the newest
    waiting      what has not settled yet
    on_the_way   the sum of what was asked for and neither arrived nor came back

Units: as in the modules that each part comes from.
Source: design/ui/faces.md 6.2 (`/home`, `/wallet`); design/speed.md (Web).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gongxiang.ledger.together import Rows, Together
from gongxiang.queries import cash, messages, orders, points
from gongxiang.queries.cash_data import Purse, Withdrawal
from gongxiang.queries.orders_data import Row, Unfinished
from gongxiang.queries.points_data import Waiting
from gongxiang.queries.pool import POOL
from gongxiang.queries.present import Present, present_of

SHOWN: Final = 3
"""Orders, withdrawals and payments that are not finished: of each so many."""
_ASKED: Final = Together(
    pool=POOL,
    purse=cash.PURSE,
    unread=messages.COUNT,
    unfinished=orders.OPEN.format(home="%(home)s", size=SHOWN),
    withdrawals=cash.WITHDRAWALS,
    orders=orders.LIST.format(where=""),
    waiting=points.WAITING,
)
_CASH: Final = Together(
    purse=cash.PURSE,
    unread=messages.COUNT,
    withdrawals=cash.WITHDRAWALS,
    on_the_way=cash.UNDER_WAY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPage:
    """What a member has, what is new, and what is not finished; and the present."""

    now: Present
    purse: Purse
    unread: int
    unfinished: tuple[Unfinished, ...]
    under_way: tuple[Withdrawal, ...]
    orders: tuple[Row, ...]
    waiting: tuple[Waiting, ...]

    @property
    def is_to_confirm(self) -> bool:
        """Tell whether cash waits for the member to say yes in WeChat."""
        return any(each.is_to_confirm for each in self.under_way)


def first_page(*, member: int, home: int) -> FirstPage:
    """Ask for all: of the account looked at, and payments of the one that is signed in.

    Inside one moment of the database; raises `NotOpen`.
    """
    told = _ASKED.ask(member=member, home=home, size=SHOWN, upto=2**62, before=orders.NEWEST)
    now = present_of(told["pool"])
    return FirstPage(
        now=now,
        purse=cash.purse_of(told["purse"][0]),
        unread=_unread(told),
        unfinished=tuple(map(orders.unfinished_of, told["unfinished"])),
        under_way=_under_way(told),
        orders=tuple(map(orders.row_of, told["orders"])),
        waiting=tuple(
            points.waiting_of(row, pair=now.pool.pair, versions=now.versions)
            for row in told["waiting"]
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wallet:
    """A member's cash: his pockets, what is new, what is on its way to him."""

    purse: Purse
    unread: int
    under_way: tuple[Withdrawal, ...]
    on_the_way: int


def wallet(*, member: int) -> Wallet:
    """Ask for all of a member's cash but its lines."""
    told = _CASH.ask(member=member, size=SHOWN, upto=2**62)
    return Wallet(
        purse=cash.purse_of(told["purse"][0]),
        unread=_unread(told),
        under_way=_under_way(told),
        on_the_way=cash.under_way_of(told["on_the_way"][0]),
    )


def _unread(told: Mapping[str, Rows]) -> int:
    ((unread,),) = told["unread"]
    return min(int(unread), messages.COUNTED_MAX)


def _under_way(told: Mapping[str, Rows]) -> tuple[Withdrawal, ...]:
    withdrawals = map(cash.withdrawal_of, told["withdrawals"])
    return tuple(each for each in withdrawals if each.is_under_way)
