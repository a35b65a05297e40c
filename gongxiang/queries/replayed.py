"""A member's lots played again up to one step of the pool, by the economy's own functions.

    lots as they were minted -> every sale, exit and refund of them in order -> what the step pays

Nothing is read of what was posted: only what came in, and the pair before each step.

Units: µ¥, atoms. Source: R10; E11, E13, E16.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gongxiang.base.money import FEN
from gongxiang.economy import accounts
from gongxiang.economy.exit import closing
from gongxiang.economy.lot import Lot, take
from gongxiang.economy.refund import quote, take_back
from gongxiang.economy.refusal import SaleExceedsHolding
from gongxiang.economy.sale import offer
from gongxiang.economy.terms import Terms
from gongxiang.ledger import raw
from gongxiang.ledger.chart import LEGS
from gongxiang.points.models import StepKind
from gongxiang.queries.cash_data import Entry
from gongxiang.queries.points import every_lot
from gongxiang.queries.points_data import Held

_STEPS: Final = f"""
WITH own AS (
    SELECT DISTINCT batch_id, event_id, leg / 1000 AS purpose FROM ledger_posting
     WHERE home_id = %(member)s AND batch_id <= %(batch)s
       AND leg / 1000 IN (9, 10) AND leg %% 1000 IN (108, 203)
    UNION ALL
    SELECT coalesce(outcome.batch_id, posting.batch_id), refund.id, 11 FROM orders_refund refund
      JOIN orders_order paid ON (paid.member_id, paid.id) = (refund.member_id, refund.order_id)
      LEFT JOIN orders_outcome outcome
             ON (outcome.home_id, outcome.fact_id) = (refund.member_id, refund.id)
      LEFT JOIN ledger_posting posting
             ON outcome.fact_id IS NULL AND (posting.home_id, posting.event_id, posting.leg)
                = (paid.store_id, refund.id, {LEGS["case", accounts.STORE]})
     WHERE refund.member_id = %(member)s AND refund.is_by_case
)
SELECT step.kind, (extract(epoch FROM step.at) * 1000000)::bigint, step.order_id,
       -step.points, step.money - step.amount, step.circulating - step.points, step.id,
       coalesce(refund.amount, 0), coalesce(refund.own_rate, 0)
  FROM own
  JOIN ledger_batch batch ON batch.id = own.batch_id
  LEFT JOIN ledger_batch before ON before.id = own.batch_id - 1
  JOIN LATERAL (
      SELECT * FROM points_step found
       WHERE found.id > before.last_step AND found.id <= batch.last_step
         AND found.event_id = own.event_id
         AND found.kind = CASE own.purpose WHEN 9 THEN 2 WHEN 10 THEN 3 ELSE 4 END
  ) AS step ON true
  LEFT JOIN orders_refund refund
       ON (refund.member_id, refund.id) = (%(member)s, own.event_id)
 WHERE step.id <= %(step)s ORDER BY step.id
"""  # noqa: S608  no value is spliced in
"""A refund by case may have moved nothing of the member: its answer or its store's account tells.

One of an imported history has no answer; its store pays in any case (E16).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A sale: what its lots were worth and pay, from how many of them."""

    version: int
    payout_rate: int
    gross: int
    lots: int
    pays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A lot closed at its cap: its spend, its cap, what was taken of it before."""

    version: int
    terms: Terms
    spend: int
    cap: int
    taken: int
    pays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A refund after settlement: its amount, what is kept of it, what of a fen is left."""

    version: int
    amount: int
    kept: int
    returned: int
    pays: int


Replayed = Sold | Closed | TakenBack


def replayed(*, member: int, entry: Entry, versions: Mapping[int, Terms]) -> Replayed | None:
    """Play a member's lots again up to an entry's step; None where it could not have been."""
    held = every_lot(member=member, versions=versions)
    with raw.cursor() as cursor:
        where = {"member": member, "batch": entry.place.batch, "step": entry.step}
        cursor.execute(_STEPS, where)
        return play(held, cursor.fetchall())


def play(held: Iterable[Held], steps: Iterable[tuple[Any, ...]]) -> Replayed | None:
    """Play lots as they were minted through steps; give what the last one pays."""
    lots = {each.lot.order: (_minted(each.lot), each.version) for each in held}
    last: Replayed | None = None
    for kind, at, order, points, money, circulating, number, amount, own_rate in steps:
        if kind == StepKind.SALE:
            begun = [each for each, _ in lots.values() if each.left and each.step < number]
            last = _sell(begun, lots, points, at=at, pair=(money, circulating))
        elif order not in lots:
            last = None
        elif kind == StepKind.EXIT:
            last = _close(*lots[order])
        else:
            last = _take_back(*lots[order], amount, own_rate, pair=(money, circulating))
    return last


def _minted(lot: Lot) -> Lot:
    return replace(
        lot, spend=lot.settled_spend, left=lot.minted, sold=0, gross=0, net=0, exit_key=0
    )


def _sell(
    begun: list[Lot],
    lots: Mapping[Any, tuple[Lot, int]],
    points: int,
    *,
    at: int,
    pair: tuple[int, int],
) -> Sold | None:
    try:
        pieces = offer(begun, points, clock=at, money=pair[0], circulating=pair[1])
    except SaleExceedsHolding:
        return None
    for piece in pieces:
        take(piece.lot, points=piece.points, gross=piece.gross, net=piece.net)
    first = pieces[0].lot
    return Sold(
        version=lots[first.order][1],
        payout_rate=first.terms.payout_rate,
        gross=sum(piece.gross for piece in pieces),
        lots=len(pieces),
        pays=sum(piece.net for piece in pieces),
    )


def _close(lot: Lot, version: int) -> Closed:
    piece, taken = closing(lot), lot.gross
    take(lot, points=piece.points, gross=piece.gross, net=piece.net)
    return Closed(
        version=version,
        terms=lot.terms,
        spend=lot.spend,
        cap=taken + piece.gross,
        taken=taken,
        pays=piece.net,
    )


def _take_back(
    lot: Lot, version: int, amount: int, own_rate: int, *, pair: tuple[int, int]
) -> TakenBack:
    quoted = quote(lot, amount, money=pair[0], circulating=pair[1])
    returned = quoted.returned(amount, own_rate=own_rate)
    take_back(lot, quoted, amount)
    return TakenBack(
        version=version,
        amount=amount,
        kept=quoted.kept,
        returned=returned,
        pays=(amount - quoted.kept - returned) % FEN,
    )
