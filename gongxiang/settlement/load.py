"""Loading: the next stretch of the sequence, and the lots that it can touch.

Facts come from their order, orders from their due time; each is one index range from the cursor
on, so nothing here grows with history. Lots are the ones that leave next, those of members who
sell and those of orders that are refunded.

Units: micro-yuan, atoms, microseconds.
Source: design/scale.md rule 3, design/speed.md (the nearest exits are enough for a batch); E14.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import to_datetime
from gongxiang.economy.lot import Lot
from gongxiang.economy.terms import Terms
from gongxiang.orders.models import Kind
from gongxiang.rulebook.values import from_values
from gongxiang.settlement.place import Place

_MICROSECONDS: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_FACTS: Final = f"""
SELECT {_MICROSECONDS.format("at")}, id, kind, home_id, amount, digest,
       row_digest
  FROM orders_fact WHERE (at, id) > (%s, %s) AND at <= %s ORDER BY at, id LIMIT %s
"""  # noqa: S608  no value is spliced in
_DUE: Final = f"""
SELECT {_MICROSECONDS.format("due_at")}, due_rank, id, member_id, store_id, amount - returned,
       commission_rate, version_id, direct_id, indirect_id, recruiter_id, district_id, city_id,
       province_id, grand_region_id
  FROM orders_order WHERE (due_at, due_rank, id) > (%s, %s, %s) AND due_at <= %s
 ORDER BY due_at, due_rank, id LIMIT %s
"""  # noqa: S608  no value is spliced in
_LOTS: Final = f"""
SELECT lot.id, lot.member_id, paid.store_id, lot.spend, lot.settled_spend, paid.commission_rate,
       lot.unspent_rate, paid.version_id, lot.minted, lot.left, lot.sold, lot.gross, lot.net,
       lot.step, {_MICROSECONDS.format("paid.due_at")}, lot.exit_price
  FROM {{source}} JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
"""  # noqa: S608  no value is spliced in
_NEXT_EXITS: Final = _LOTS.format(
    source='(SELECT * FROM points_lot WHERE "left" > 0 ORDER BY exit_price '
    "FETCH FIRST %s ROWS WITH TIES) lot"
)
_OPEN_LOTS: Final = _LOTS.format(source="points_lot lot") + (
    ' WHERE lot.member_id = ANY(%s) AND lot."left" > 0'
)
_LOTS_OF_ORDERS: Final = _LOTS.format(
    source="unnest(%s::bigint[], %s::bigint[]) AS wanted (member_id, id) "
    "JOIN points_lot lot USING (member_id, id)"
)

_CASES: Final = "SELECT id, order_id, must_be_covered, own_rate FROM orders_refund"
_TERMS: Final = "SELECT id, terms::text FROM governance_ruleversion"

FactRow = tuple[int, int, int, int, int, bytes, bytes]
DueRow = tuple[Any, ...]


@dataclass(slots=True, eq=False)
class Stretch:
    """The facts and the due orders of a stretch, each in its order, and whether more follow."""

    facts: list[FactRow]
    due: list[DueRow]
    end: Place | None
    """Where the stretch ends because a limit was reached; None = at the horizon."""


def terms(cursor: Cursor[Any]) -> dict[int, Terms]:
    """Load the terms of every rule version by its number."""
    cursor.execute(_TERMS)
    return {number: _read_terms(text) for number, text in cursor.fetchall()}


@lru_cache(maxsize=64)
def _read_terms(text: str) -> Terms:
    """Read terms; the same text is read once, because every batch asks for it."""
    return from_values(json.loads(text))


def stretch(cursor: Cursor[Any], *, after: Place, until: int | None, orders_max: int) -> Stretch:
    """Load what comes after a place, up to a moment (None = everything)."""
    at, rank, number = to_datetime(after[0]), after[1], after[2]
    horizon = "infinity" if until is None else to_datetime(until)
    # A fact stands at rank 1: after a cursor of rank 0 all facts of its moment are still to come.
    cursor.execute(_FACTS, (at, number if rank else -1, horizon, orders_max))
    facts = cursor.fetchall()
    cursor.execute(_DUE, (at, rank, number, horizon, orders_max))
    due = cursor.fetchall()
    ends: list[Place] = []
    if len(facts) == orders_max:
        ends.append((facts[-1][0], 1, facts[-1][1]))
    if len(due) == orders_max:
        ends.append((due[-1][0], due[-1][1], due[-1][2]))
    return Stretch(facts, due, min(ends) if ends else None)


def next_exits(
    cursor: Cursor[Any], *, count: int, terms: dict[int, Terms]
) -> tuple[list[Lot], int | None]:
    """Load the lots that leave next, and the last exit price among them.

    The price is None when every open lot was loaded: then no other can reach its cap.
    """
    cursor.execute(_NEXT_EXITS, (count,))
    rows = cursor.fetchall()
    last = max(row[-1] for row in rows) if len(rows) >= count else None
    return [_lot(row, terms) for row in rows], last


def open_lots(cursor: Cursor[Any], members: Iterable[int], *, terms: dict[int, Terms]) -> list[Lot]:
    """Load every lot with points left of these members."""
    cursor.execute(_OPEN_LOTS, (sorted(members),))
    return [_lot(row, terms) for row in cursor.fetchall()]


def lots_of_orders(
    cursor: Cursor[Any], orders: Iterable[tuple[int, int]], *, terms: dict[int, Terms]
) -> list[Lot]:
    """Load the lots of orders, given as (member, order)."""
    wanted = sorted(orders)
    cursor.execute(
        _LOTS_OF_ORDERS, ([member for member, _ in wanted], [order for _, order in wanted])
    )
    return [_lot(row, terms) for row in cursor.fetchall()]


def cases(cursor: Cursor[Any], facts: Sequence[FactRow]) -> dict[int, tuple[int, bool, int]]:
    """Load which order each refund by case is about, whether the store must cover it, own_rate."""
    rows = _details(cursor, facts, Kind.CASE, _CASES)
    return {row[0]: row[1:] for row in rows}


def sales(cursor: Cursor[Any], facts: Sequence[FactRow]) -> dict[int, tuple[int, int | None]]:
    """Load how many points each sale is about, and what it was shown to pay."""
    rows = _details(cursor, facts, Kind.SOLD, "SELECT id, points, shown_net FROM points_sale")
    return {number: (points, shown_net) for number, points, shown_net in rows}


def balances(cursor: Cursor[Any], parties: Iterable[int], *, account: int) -> dict[int, int]:
    """Load balances of an account."""
    cursor.execute(
        "SELECT party_id, amount FROM ledger_balance WHERE party_id = ANY(%s) AND account = %s",
        (sorted(parties), account),
    )
    return dict(cursor.fetchall())


def _details(
    cursor: Cursor[Any], facts: Sequence[FactRow], kind: Kind, select: str
) -> list[tuple[Any, ...]]:
    wanted = sorted((fact[3], fact[1]) for fact in facts if fact[2] == kind)
    if not wanted:
        return []
    cursor.execute(
        f"{select} JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (member_id, id)"
        " USING (member_id, id)",
        ([member for member, _ in wanted], [number for _, number in wanted]),
    )
    return cursor.fetchall()


def _lot(row: tuple[Any, ...], terms: dict[int, Terms]) -> Lot:
    in_force = terms[row[7]]
    return Lot(
        order=row[0],
        member=row[1],
        store=row[2],
        spend=row[3],
        settled_spend=row[4],
        commission_rate=row[5],
        unspent_rate=row[6],
        terms=in_force,
        minted=row[8],
        left=row[9],
        sold=row[10],
        gross=row[11],
        net=row[12],
        step=row[13],
        unlock_at=row[14] + in_force.mint_lock * 1_000_000,
    )
