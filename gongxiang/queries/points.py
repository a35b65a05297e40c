"""What the pages of points ask the database: a member's lots, orders that wait, one sale.

Each is answered from the member's own keys, however long the history is.

Units: µ¥, atoms, microseconds since 1970 UTC.
Source: design/scale.md rules 2, 3; E7, E11, E13.
"""

from collections.abc import Mapping
from typing import Any, Final

from gongxiang.base import text
from gongxiang.base.clock import DAY, SECOND, format_at, next_shanghai_midnight
from gongxiang.base.money import floor_share
from gongxiang.economy.lot import Lot
from gongxiang.economy.mint import mint
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.ledger import raw
from gongxiang.members import clusters
from gongxiang.queries.points_data import Held, Sale, Waiting
from gongxiang.queries.pool_data import Pair

CLOSED_SHOWN: Final = 10
WAITING_SHOWN: Final = 10
_LOT: Final = """
SELECT lot.id, lot.member_id, paid.store_id, lot.spend, lot.settled_spend, paid.commission_rate,
       lot.unspent_rate, paid.version_id, lot.minted, lot."left", lot.sold, lot.gross, lot.net,
       lot.step, (extract(epoch FROM paid.due_at) * 1000000)::bigint{more}
  FROM {lots} lot JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
"""
_NAMED: Final = """,
       (extract(epoch FROM paid.paid_at) * 1000000)::bigint, lot.vouchers, lot.exited_step,
       coalesce(store.name, '')"""
_STORE: Final = "LEFT JOIN merchants_store store ON store.store_id = paid.store_id"
_MINE: Final = "WHERE lot.member_id = %(member)s AND"
_OPEN: Final = f"""
{_LOT.format(lots="points_lot", more="")} {_MINE} lot."left" > 0 ORDER BY lot.step
"""
# Apart, so that each is found by its own index, however many lots were closed before.
_OPEN_AND_CLOSED: Final = f"""
    ((SELECT * FROM points_lot WHERE member_id = %(member)s AND "left" > 0)
     UNION ALL
     (SELECT * FROM points_lot WHERE member_id = %(member)s AND "left" = 0
       ORDER BY id DESC LIMIT {CLOSED_SHOWN}))
"""  # noqa: S608  no value is spliced in
_HOLDING: Final = f"""
{_LOT.format(lots=_OPEN_AND_CLOSED, more=_NAMED)} {_STORE} {_MINE} true ORDER BY lot.step
"""
_EVERY: Final = f"""
{_LOT.format(lots="points_lot", more=_NAMED)} {_STORE} {_MINE} true ORDER BY lot.step
"""
_ONE: Final = f"""
{_LOT.format(lots="points_lot", more=_NAMED)} {_STORE} {_MINE} lot.id = %(lot)s
"""
# His own orders first, by their key: in the order of the due ones everybody's would be walked.
WAITING: Final = f"""
WITH own AS MATERIALIZED (
    SELECT * FROM orders_order
     WHERE member_id = %(member)s AND returned < amount
       AND due_at >= (SELECT cursor_at FROM points_pool)
)
SELECT own.id, coalesce(store.name, ''), own.amount - own.returned, own.commission_rate,
       own.version_id, (extract(epoch FROM own.paid_at) * 1000000)::bigint,
       (extract(epoch FROM own.due_at) * 1000000)::bigint
  FROM own CROSS JOIN points_pool pool
  LEFT JOIN merchants_store store USING (store_id)
 WHERE (own.due_at, own.due_rank, own.id) > (pool.cursor_at, pool.cursor_rank, pool.cursor_id)
 ORDER BY own.due_at, own.id LIMIT {WAITING_SHOWN}
"""  # noqa: S608  no value is spliced in
_SALE: Final = """
SELECT sale.id, (extract(epoch FROM fact.at) * 1000000)::bigint, sale.points, sale.shown_net,
       outcome.is_accepted, coalesce(outcome.reason, ''), coalesce(outcome.amount, 0),
       step.money - step.amount, step.circulating - step.points
  FROM points_sale sale
  JOIN orders_fact fact ON (fact.home_id, fact.id) = (sale.member_id, sale.id)
       AND fact.kind IN (9, 11, 13)
  LEFT JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (sale.member_id, sale.id)
  LEFT JOIN ledger_batch batch ON batch.id = outcome.batch_id
  LEFT JOIN ledger_batch before ON before.id = outcome.batch_id - 1
  LEFT JOIN LATERAL (
      SELECT * FROM points_step found
       WHERE found.id > before.last_step AND found.id <= batch.last_step
         AND found.event_id = sale.id
  ) AS step ON true
 WHERE sale.member_id = %s AND sale.id = %s
"""
_SOLD_SINCE: Final = """
SELECT coalesce(sum(sale.points), 0)
  FROM orders_fact fact JOIN points_sale sale ON (sale.member_id, sale.id) = (fact.home_id, fact.id)
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id)
 WHERE fact.home_id = ANY(%s) AND fact.kind = 9 AND fact.at >= %s
   AND outcome.is_accepted IS NOT false
"""
_BY_KEY: Final = "SELECT id FROM orders_fact WHERE key = %s AND home_id = %s"


def holding(*, member: int, versions: Mapping[int, Terms]) -> tuple[Held, ...]:
    """Give every open lot of a member and the newest closed ones, oldest first."""
    rows = _rows(_HOLDING, {"member": member})
    return tuple(_held(row, versions) for row in rows)


def open_lots(*, member: int, versions: Mapping[int, Terms]) -> list[Lot]:
    """Give every open lot of a member, oldest first, as the economy knows it."""
    return [_lot(row, versions) for row in _rows(_OPEN, {"member": member})]


def every_lot(*, member: int, versions: Mapping[int, Terms]) -> tuple[Held, ...]:
    """Give every lot of a member, open or closed, oldest first."""
    return tuple(_held(row, versions) for row in _rows(_EVERY, {"member": member}))


def held(*, member: int, lot: int, versions: Mapping[int, Terms]) -> Held | None:
    """Give one lot of the member."""
    rows = _rows(_ONE, {"member": member, "lot": lot})
    return _held(rows[0], versions) if rows else None


def waiting_of(row: tuple[Any, ...], *, pair: Pair, versions: Mapping[int, Terms]) -> Waiting:
    """Read a row of `WAITING`, and say what it would mint at the pair."""
    order, store, spend, rate, version, paid_at, due_at = row
    terms = versions[version]
    inflow = split(spend, commission_rate=rate, terms=terms).inflow
    return Waiting(
        order=order,
        store=store,
        spend=spend,
        paid_at=paid_at,
        due_at=due_at,
        points=mint(inflow, money=pair.money, circulating=pair.circulating, terms=terms),
    )


def sale(*, member: int, number: int) -> Sale | None:
    """Give one sale of the member, and the pair before it where it was done."""
    rows = _rows(_SALE, (member, number))
    if not rows:
        return None
    number, at, points, shown, is_done, reason, net, money, circulating = rows[0]
    return Sale(
        number=number,
        at=at,
        points=points,
        shown=shown,
        is_done=is_done,
        reason=reason,
        net=net,
        value=points * money // circulating if is_done else 0,
        price=text.price_units(pool=money, circulating=circulating) if is_done else 0,
    )


def left_today(*, member: int, now: int, circulating: int, terms: Terms) -> int | None:
    """Give what a person may still sell today by all his accounts (E12), None without a limit."""
    if not terms.sale_limit:
        return None
    midnight = format_at(next_shanghai_midnight(now) - DAY)
    with raw.cursor() as cursor:
        person = clusters.accounts_of(cursor, member=member)
    sold = int(_rows(_SOLD_SINCE, (person, midnight))[0][0])
    return max(0, floor_share(circulating, terms.sale_limit) - sold)


def recorded(*, member: int, key: str) -> int | None:
    """Give the number of what was recorded under a key of this member."""
    rows = _rows(_BY_KEY, (key, member))
    return rows[0][0] if rows else None


def _lot(row: tuple[Any, ...], versions: Mapping[int, Terms]) -> Lot:
    """Read a lot from columns that stand in its own order: a member may have hundreds."""
    terms = versions[row[7]]
    return Lot(*(*row[:7], terms, *row[8:14], row[14] + terms.mint_lock * SECOND))


def _held(row: tuple[Any, ...], versions: Mapping[int, Terms]) -> Held:
    return Held(_lot(row, versions), row[7], *row[15:])


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
