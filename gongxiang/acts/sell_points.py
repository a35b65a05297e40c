"""Offering points for sale: the fact, with the payout that was shown as its condition (E11, E12).

The sale takes its place in the pool's sequence and is answered there. What can be known before is
refused here, under a lock on the member and on the person whose account it is, so that two sales at
once cannot pass a limit together: the limit of a day is the person's, whatever account he uses.

Units: `points` in atoms, `shown_net` in micro-yuan. Source: E11, E12; reliability C1, I-19.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import DAY, SECOND, format_at, next_shanghai_midnight
from gongxiang.base.money import floor_share
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import all_terms
from gongxiang.lab.lines import SoldLine
from gongxiang.ledger import raw
from gongxiang.members import clusters
from gongxiang.orders import facts
from gongxiang.orders.facts import Recorded
from gongxiang.orders.models import Kind

_MEMBER: Final = """
SELECT key FROM members_party WHERE id = %s AND kind = 1 FOR UPDATE
"""
_LOTS: Final = """
SELECT paid.version_id, (extract(epoch FROM paid.due_at) * 1000000)::bigint, lot."left"
  FROM points_lot lot JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
 WHERE lot.member_id = %s AND lot."left" > 0
"""
_OFFERED: Final = """
SELECT coalesce(sum(sale.points) FILTER (
           WHERE outcome.fact_id IS NULL AND fact.home_id = %(member)s), 0),
       coalesce(sum(sale.points) FILTER (
           WHERE fact.at >= %(today)s AND outcome.is_accepted IS NOT false), 0),
       (SELECT circulating FROM points_pool WHERE id = 1)
  FROM orders_fact fact JOIN points_sale sale ON (sale.member_id, sale.id) = (fact.home_id, fact.id)
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id)
 WHERE fact.home_id = ANY(%(person)s) AND fact.kind = 9 AND fact.id <> %(number)s
"""
_SALE: Final = "INSERT INTO points_sale (id, member_id, points, shown_net) VALUES (%s, %s, %s, %s)"


class UnknownSeller(Exception):
    """Nobody is known under this number: nothing was recorded."""


@dataclass(slots=True, eq=False)
class NothingToSell(Exception):
    """The member has no points: buy first."""


@dataclass(slots=True, eq=False)
class AllLocked(Exception):
    """Every lot is still locked; the first opens at `opens_at` (E12)."""

    opens_at: int


@dataclass(slots=True, eq=False)
class SellsTooMuch(Exception):
    """More points than can be sold now: `most` atoms can."""

    most: int


@dataclass(slots=True, eq=False)
class DayLimitReached(Exception):
    """More than a person may sell a day (E12): `most` atoms are left until `resets_at`."""

    most: int
    resets_at: int


def sell_points(*, key: str, member: int, points: int, shown_net: int | None) -> Recorded:
    """Record points offered for sale under a key; the same key and body give the first answer.

    Raises `NothingToSell`, `AllLocked`, `SellsTooMuch`, `DayLimitReached`, `UnknownSeller`,
    `facts.KeyTaken`; nothing has then changed.
    """
    with transaction.atomic(durable=True):
        terms = all_terms()
        with raw.cursor() as cursor:
            at = facts.moment(cursor)
            person = clusters.hold(cursor, member=member)
            cursor.execute(_MEMBER, (member,))
            row = cursor.fetchone()
            if row is None:
                raise UnknownSeller(f"member {member} is not known")
            recorded = facts.record(
                cursor,
                lambda moment: SoldLine(key, row[0], str(points), moment),
                kind=Kind.SOLD,
                home=member,
                amount=0,
                at=at,
                condition=shown_net,
            )
            if recorded.is_new:
                _refuse_too_much(cursor, recorded, person, points, terms)
                cursor.execute(_SALE, (recorded.number, member, points, shown_net))
    return recorded


def _refuse_too_much(
    cursor: Cursor[Any],
    recorded: Recorded,
    person: list[int],
    points: int,
    terms: dict[int, Terms],
) -> None:
    member, *_ = person
    cursor.execute(_LOTS, (member,))
    lots = [(due_at + terms[version].mint_lock * SECOND, left) for version, due_at, left in cursor]
    if not lots:
        raise NothingToSell
    unlocked = sum(left for opens_at, left in lots if opens_at <= recorded.at)
    if not unlocked:
        raise AllLocked(opens_at=min(opens_at for opens_at, _ in lots))
    resets_at = next_shanghai_midnight(recorded.at)
    today = format_at(resets_at - DAY)
    values = {"member": member, "person": person, "today": today, "number": recorded.number}
    cursor.execute(_OFFERED, values)
    row = cursor.fetchone()
    assert row is not None, "an aggregate has one row"
    waiting, today_sold, circulating = row
    most = max(0, unlocked - waiting)
    if not 0 < points <= most:
        raise SellsTooMuch(most=most)
    limit = terms[max(terms)].sale_limit
    rest = floor_share(circulating, limit) - today_sold
    if limit and points > rest:
        raise DayLimitReached(most=max(0, rest), resets_at=resets_at)
