"""One batch of the pool's sequence: take the pool, load, fold, write.

The caller opens the transaction. The pool row is taken first, by an UPDATE (a barrier also where
an earlier batch is in doubt), and nobody but the settler ever takes it.

Units: micro-yuan, atoms, microseconds.
Source: design/layout.md (life of an order); design/scale.md rule 7; E8, E10, E14.
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import from_datetime
from gongxiang.economy import accounts
from gongxiang.economy.lot import Lot
from gongxiang.economy.state import State
from gongxiang.orders.models import Kind
from gongxiang.settlement import load
from gongxiang.settlement.fold import Folder, Handled
from gongxiang.settlement.place import Place
from gongxiang.settlement.write import write

EXITS_AT_ONCE: Final = 50
"""Lots near their cap that are loaded for a batch; more while a cascade lasts."""

_EXITS_AT_LEAST: Final = 5
_ORDERS_AN_EXIT: Final = 20

_TAKE_POOL: Final = """
UPDATE points_pool SET id = id WHERE id = 1
RETURNING money, circulating, step, batch, cursor_at, cursor_rank, cursor_id,
          set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
          set_config('enable_mergejoin', 'off', true),
          set_config('plan_cache_mode', 'force_generic_plan', true)
"""


class NoPool(Exception):
    """A platform without a rulebook has no pool yet: publish the rules first."""


def exits_for(orders: int) -> int:
    """Give how many lots near their cap a batch of so many orders loads.

    >>> exits_for(1), exits_for(1_000), exits_for(10_000)
    (6, 50, 500)
    """
    return max(min(EXITS_AT_ONCE, orders + _EXITS_AT_LEAST), orders // _ORDERS_AN_EXIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one batch did."""

    orders: int
    exits: int
    facts: int
    place: Place
    is_cut_short: bool
    """Lots were needed that had not been loaded; the next batch goes on with them."""


def run_batch(
    cursor: Cursor[Any],
    *,
    until: int | None,
    orders_max: int,
    exits_at_once: int | None = None,
) -> Report | None:
    """Handle the next stretch of the sequence; None when nothing is due.

    `until` is the moment up to which things are due (None = all of them). Raises `NoPool`.
    """
    cursor.execute(_TAKE_POOL)
    row = cursor.fetchone()
    if row is None:
        raise NoPool("no rulebook is in force")
    money, circulating, step, last_batch, cursor_at, rank, number = row[:7]
    before = (from_datetime(cursor_at), rank, number)
    state = State(money=money, circulating=circulating, step=step, clock=before[0])
    terms = load.terms(cursor)
    stretch = load.stretch(cursor, after=before, until=until, orders_max=orders_max)
    exits, state.exits.known_until = load.next_exits(
        cursor, count=exits_at_once or exits_for(orders_max), terms=terms
    )
    folder = Folder(
        state=state,
        handled=Handled(before),
        terms=terms,
        batch=last_batch + 1,
        cases=load.cases(cursor, stretch.facts),
        sales=load.sales(cursor, stretch.facts),
    )
    _fill(cursor, state, exits, stretch, folder)
    folder.run(stretch)
    handled = folder.handled
    if handled.place == before and not handled.steps:
        return None
    write(cursor, handled, state, number=last_batch + 1, before=before)
    return Report(
        orders=handled.orders,
        exits=len(handled.exited),
        facts=len(handled.digests),
        place=handled.place,
        is_cut_short=not folder.may_go_on(),
    )


def _fill(
    cursor: Cursor[Any], state: State, exits: list[Lot], stretch: load.Stretch, folder: Folder
) -> None:
    """Put into the state every lot and balance that the stretch can touch."""
    found = {lot.order: lot for lot in exits}
    sellers = {fact[3] for fact in stretch.facts if fact[2] == Kind.SOLD}
    if sellers:
        lots = load.open_lots(cursor, sellers, terms=folder.terms)
        found.update({lot.order: lot for lot in lots if lot.order not in found})
    if folder.cases:
        homes = {fact[1]: fact[3] for fact in stretch.facts if fact[2] == Kind.CASE}
        wanted = {(homes[refund], order) for refund, (order, *_) in folder.cases.items()}
        lots = load.lots_of_orders(cursor, wanted, terms=folder.terms)
        found.update({lot.order: lot for lot in lots if lot.order not in found})
        stores = {int(lot.store) for lot in lots}
        for store, amount in load.balances(cursor, stores, account=accounts.STORE).items():
            state.stores[store] = amount
    for lot in sorted(found.values(), key=lambda lot: lot.step):
        state.lots[lot.order] = lot
        holding = state.holdings.setdefault(lot.member, [])
        if lot.left:
            holding.append(lot)
            state.exits.put(lot)
    payees = {fact[3] for fact in stretch.facts if fact[2] == Kind.WITHDRAWN}
    if payees:
        for member, amount in load.balances(cursor, payees, account=accounts.CASH).items():
            state.cash[member] = amount
