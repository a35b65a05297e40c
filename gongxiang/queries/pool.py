"""What the public pages ask the database about the pool: plain values out, no model instance.

However long the history, a page asks a fixed handful of questions, each answered from an index:
a chart looks at 200 places, an average at the newest thousand steps. Only the comparison of early
and late members reads every lot: the worker makes it, pages read it (`acts/compare_members.py`).

Units: µ¥, atoms, microseconds since 1970 UTC, Shanghai days.
Source: H2; design/ui/faces.md 5.1, 6.1; spec/reliability.md (what is watched).
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

import psycopg
from django.core.cache import cache
from django.db import connection

from gongxiang.base import clock, money
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import NEWEST, terms_until
from gongxiang.ledger import raw
from gongxiang.ledger.raw import one_moment as one_moment  # noqa: PLC0414  offered here as well
from gongxiang.points.models import StepKind
from gongxiang.queries.pool_data import (
    STEPS_MAX,
    History,
    Kind,
    NotOpen,
    OpenLot,
    Pace,
    Pair,
    PoolNow,
    PricePoint,
    Span,
    Step,
    Tenth,
    Totals,
)
from gongxiang.settlement import feed
from gongxiang.settlement.feed import feed_lines, lot_id

BEHIND: Final = 5 * 60 * clock.SECOND
"""What is due for longer than this is late, and the page says so."""
_MONTH_DAYS: Final = 30
_SAMPLE: Final = 1_000
_AHEAD: Final = 500
_LINES_AT_ONCE: Final = 500
_COMPARED_MIN: Final = 10
"""Fewer lots are of fewer members, and nothing is compared."""
_MINUTE: Final = 60 * clock.SECOND
_KINDS: Final = {
    StepKind.MINT: Kind.MINT,
    StepKind.SALE: Kind.SALE,
    StepKind.EXIT: Kind.EXIT,
    StepKind.REFUND: Kind.REFUND,
    StepKind.INJECTION: Kind.INJECTION,
}

Row = tuple[Any, ...]

_EPOCH: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_POOL: Final = f"""
WITH now AS (
    SELECT clock_timestamp() + make_interval(secs => offset_seconds) AS at FROM points_horizon
)
SELECT pool.money, pool.circulating, pool.step, {_EPOCH.format("now.at")},
       (SELECT {_EPOCH.format("at")} FROM points_step WHERE id = pool.step),
       (SELECT {_EPOCH.format("due_at")} FROM orders_order paid
         WHERE (paid.due_at, paid.due_rank, paid.id)
               > (pool.cursor_at, pool.cursor_rank, pool.cursor_id) AND paid.due_at <= now.at
         ORDER BY paid.due_at, paid.due_rank, paid.id LIMIT 1),
       (SELECT {_EPOCH.format("fact.at")} FROM orders_fact fact
         WHERE (fact.at, fact.id)
               > (pool.cursor_at, CASE pool.cursor_rank WHEN 0 THEN -1 ELSE pool.cursor_id END)
           AND fact.at <= now.at
         ORDER BY fact.at, fact.id LIMIT 1), {{more}}
  FROM points_pool pool, now WHERE pool.id = 1
"""  # noqa: S608  no value is spliced in
POOL: Final = _POOL.format(more=NEWEST)
"""The pool now and what tells the rules: to be asked together with other things."""
_TOTALS: Final = f"""
SELECT orders, lots_exited, spend, paid_to_members, feed_secret,
       money - (SELECT first.money FROM ledger_batch first WHERE first.id = 1) + paid_to_members,
       ARRAY(SELECT ARRAY["left", exit_price] FROM points_lot WHERE "left" > 0
              ORDER BY exit_price LIMIT {_AHEAD}),
       (SELECT tenths::text FROM points_comparison WHERE id = 1)
  FROM points_pool pool WHERE id = 1
"""  # noqa: S608  no value is spliced in
# The newest steps by a limit that the planner knows: of a bound it thinks a third of all steps, and
# would read every lot to join them.
_PACES: Final = f"""
SELECT ARRAY(SELECT (SELECT id FROM points_step WHERE at > moment.at ORDER BY at, id LIMIT 1)
               FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS moment (at, place)
              ORDER BY moment.place),
       ARRAY(SELECT ARRAY[step.kind, step.amount, lot.settled_spend]
               FROM (SELECT * FROM points_step ORDER BY id DESC LIMIT {_SAMPLE}) step
               LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (step.home_id, step.order_id)
              ORDER BY step.id DESC)
"""  # noqa: S608  no value is spliced in
_AT_STEPS: Final = """
SELECT id, at, money, circulating FROM points_step WHERE id = ANY(%s) ORDER BY id
"""
_AT_MOMENTS: Final = """
SELECT DISTINCT step.id, step.at, step.money, step.circulating
  FROM unnest(%s::timestamptz[]) AS moment (at)
 CROSS JOIN LATERAL (
    SELECT * FROM points_step WHERE at < moment.at ORDER BY at DESC, id DESC LIMIT 1
 ) AS step ORDER BY step.id
"""
_FIRST: Final = """
SELECT (SELECT at FROM points_step ORDER BY id LIMIT 1),
       (SELECT id FROM points_step WHERE at > %s ORDER BY at, id LIMIT 1), money, circulating
  FROM ledger_batch WHERE id = 1
"""
_LOT: Final = """
SELECT step.order_id, pool.feed_secret FROM points_step step, points_pool pool WHERE step.id = %s
"""
_STEPS: Final = """
SELECT step.id, step.kind, step.at, step.amount, step.points, step.money, step.circulating,
       coalesce(paid.version_id, 0)
  FROM points_step step
  LEFT JOIN orders_order paid ON (paid.member_id, paid.id) = (step.home_id, step.order_id)
 WHERE step.id < %s ORDER BY step.id DESC LIMIT {size}
"""


def pool_now() -> PoolNow:
    """Give the pool at this moment of the database's clock; raises `NotOpen`."""
    return _now_and("NULL")[0]


def pool_and_newest() -> tuple[PoolNow, int]:
    """Give the pool and the number of the newest rules; raises `NotOpen`."""
    return _now_and("(SELECT max(id) FROM governance_ruleversion)", is_needed=True)


def pool_and_versions() -> tuple[PoolNow, dict[int, Terms]]:
    """Give the pool and the terms of every version of the rules; raises `NotOpen`."""
    return pool_and_versions_of(_rows(POOL))


def pool_and_versions_of(rows: Sequence[Row]) -> tuple[PoolNow, dict[int, Terms]]:
    """Read the answer to `POOL`, in the same moment; raises `NotOpen`."""
    now, newest = _read(rows, is_needed=True)
    return now, terms_until(newest)


def _now_and(more: str, *, is_needed: bool = False) -> tuple[PoolNow, Any]:
    return _read(_rows(_POOL.format(more=more)), is_needed=is_needed)


def _read(rows: Sequence[Row], *, is_needed: bool) -> tuple[PoolNow, Any]:
    if not rows or (is_needed and rows[0][-1] is None):
        raise NotOpen
    return _pool_now(rows[0][:-1]), rows[0][-1]


def _pool_now(row: Row) -> PoolNow:
    pool_money, circulating, steps, now, last_at, *waiting_at = row
    oldest = min((at for at in waiting_at if at is not None), default=now)
    return PoolNow(
        pair=Pair(money=int(pool_money), circulating=int(circulating)),
        steps=steps,
        now=now,
        lag=now - oldest,
        behind_since=oldest if now - oldest > BEHIND else None,
        last_day=None if last_at is None else clock.shanghai_day(last_at),
    )


def totals(*, now: PoolNow) -> Totals:
    """Give what the honest facts are computed from (H2)."""
    orders, exited, spend, paid, secret, brought, ahead, compared = _rows(_TOTALS)[0]
    paces = _kept_paces(now, platform=hashlib.sha256(bytes(secret)).hexdigest()[:16])
    tenths = tuple(
        Tenth(members=members, spend=spent, paid=net, held=rest)
        for members, spent, net, rest in json.loads(compared or "[]")
    )
    return Totals(
        lots=orders,
        lots_capped=exited,
        spend=int(spend),
        brought=int(brought),
        paid=int(paid),
        paces=paces if orders else (),
        ahead=tuple(
            OpenLot(left=int(left), cap_left=int(price) * int(left) // money.POINT)
            for left, price in ahead
        ),
        first_tenth=tenths[0] if tenths else None,
        last_tenth=tenths[1] if tenths else None,
        is_compared=compared is not None or orders < _COMPARED_MIN,
    )


def history(*, span: Span, now: PoolNow) -> History:
    """Give the price over a span, in at most 200 points."""
    today = clock.shanghai_day(now.now)
    first_at, first_today, opening = _beginning(clock.to_datetime(_midnight(today) - 1))
    if span is Span.TODAY:
        points = _points_of_today(now, first_today)
        return _history(span, today, range(today, today + 1), opening, points)
    beginning = today if first_at is None else min(today, _day(first_at))
    first = beginning if span is Span.ALL else max(beginning, today - _MONTH_DAYS + 1)
    last = now.last_day if span is Span.ALL and now.last_day is not None else today
    stride = money.ceil_div(last - first + 1, STEPS_MAX)
    days = range(last, first - 1, -stride)
    points = _points_at([first - 1, *days])
    return _history(span, today, range(first, last + 1), opening, points)


def opening() -> Pair:
    """Give the pair that the pool began with: the genesis holding (E4)."""
    return _beginning(None)[2]


def steps(*, before: int | None, size: int) -> tuple[Step, ...]:
    """Give the newest steps below a number, newest first."""
    below = before if before is not None else money.POINT
    return tuple(_step(row) for row in _rows(_STEPS.format(size=int(size)), below))


def step(*, number: int) -> Step | None:
    """Give one step, or None where there is none."""
    found = steps(before=number + 1, size=1)
    return found[0] if found and found[0].number == number else None


def lot_name(*, step: int) -> str:
    """Give the public name of the lot that a step is about, empty where it names none."""
    ((order, secret),) = _rows(_LOT, step)
    return lot_id(order, bytes(secret)) if order else ""


def newest_feed_line(*, now: PoolNow) -> str:
    """Give the newest line of the public feed, empty before the first step."""
    lines = feed_lines(_driver(), after=now.steps - 1) if now.steps else iter(())
    return next(lines, b"").decode().strip()


def feed_chunks(*, after: int) -> Iterator[bytes]:
    """Stream the public feed in pieces of some hundred lines, all of one moment."""
    with one_moment():
        lines = feed_lines(_driver(), after=after)
        while piece := b"".join(islice(lines, _LINES_AT_ONCE)):
            yield piece


def feed_page(*, after: int, size: int) -> list[dict[str, object]]:
    """Give at most so many lines of the public feed after a step."""
    return feed.feed_page(_driver(), after=after, size=size)


def _driver() -> psycopg.Connection[Any]:
    """Give the driver's own connection, which streams by a cursor on the server."""
    connection.ensure_connection()
    driver: psycopg.Connection[Any] = connection.connection
    return driver


def _beginning(moment: datetime | None) -> tuple[datetime | None, int | None, Pair]:
    """Give when the first step was, which is the first after a moment, and the opening pair."""
    first_at, first_after, pool_money, circulating = _rows(_FIRST, moment)[0]
    return first_at, first_after, Pair(money=int(pool_money), circulating=int(circulating))


def _step(row: Row) -> Step:
    number, kind, at, amount, points, pool_money, circulating, version = row
    after = Pair(money=int(pool_money), circulating=int(circulating))
    return Step(
        number=number,
        kind=_KINDS[StepKind(kind)],
        day=_day(at),
        rules=version,
        before=Pair(money=after.money - int(amount), circulating=after.circulating - int(points)),
        after=after,
    )


def _kept_paces(now: PoolNow, *, platform: str) -> tuple[Pace, ...]:
    """Give the paces, read again after a step or a minute."""
    name = f"paces-{platform}-{now.steps}-{now.now // _MINUTE}"
    paces: tuple[Pace, ...] | None = cache.get(name)
    if paces is None:
        moments = [clock.to_datetime(now.now - days * clock.DAY) for days in (1, 7)]
        row = _rows(_PACES, moments)[0]
        paces = _paces(now, row[0], row[1])
        cache.set(name, paces, timeout=60)
    return paces


def _paces(
    now: PoolNow, firsts: Sequence[int | None], newest: Sequence[Sequence[Any]]
) -> tuple[Pace, ...]:
    """Give the orders of the last day, of the last week, and the newest ones whenever they were."""
    sample = [(int(kind), int(amount), int(spend or 0)) for kind, amount, spend in newest]
    windows = [0 if first is None else now.steps - first + 1 for first in firsts]
    return (
        _pace(sample, days=1, window=windows[0]),
        _pace(sample, days=7, window=windows[1]),
        _pace(sample, days=0, window=len(sample)),
    )


def _pace(sample: Sequence[tuple[int, int, int]], *, days: int, window: int) -> Pace:
    """Count the orders among the newest `window` steps, by the sample where it is smaller."""
    seen = sample[:window]
    mints = [row for row in seen if row[0] == StepKind.MINT]
    spend = sum(spend for _, _, spend in mints)
    inflow = sum(amount for _, amount, _ in mints)
    scale = (window, len(seen)) if window > len(seen) else (1, 1)
    return Pace(
        days=days,
        orders=len(mints) * scale[0] // scale[1],
        spend=spend * scale[0] // scale[1],
        inflow=inflow * scale[0] // scale[1],
    )


def _points_of_today(now: PoolNow, first: int | None) -> list[PricePoint]:
    """Give the pair before today's first step, then each of today's, or every n-th of many."""
    if first is None:
        return _points_of([now.steps])
    stride = money.ceil_div(now.steps - first + 1, STEPS_MAX)
    return _points_of([first - 1, *range(now.steps, first - 1, -stride)])


def _points_of(numbers: Sequence[int]) -> list[PricePoint]:
    return [_point(row) for row in _rows(_AT_STEPS, list(numbers))]


def _points_at(days: Sequence[int]) -> list[PricePoint]:
    """Give the last step of each day or before it."""
    ends = [clock.to_datetime(_midnight(day + 1)) for day in days]
    return [_point(row) for row in _rows(_AT_MOMENTS, ends)]


def _point(row: Row) -> PricePoint:
    number, at, pool_money, circulating = row
    pair = Pair(money=int(pool_money), circulating=int(circulating))
    return PricePoint(step=number, day=_day(at), pair=pair)


def _history(
    span: Span, today: int, days: range, opening: Pair, points: Sequence[PricePoint]
) -> History:
    """Split off what the line comes in with: the last point before the first day."""
    before = [point for point in points if point.day < days.start]
    return History(
        span=span,
        today=today,
        first_day=days.start,
        last_day=days.stop - 1,
        opening=before[-1].pair if before else opening,
        points=tuple(point for point in points if point.day >= days.start),
    )


def _midnight(day: int) -> int:
    return day * clock.DAY - clock.SHANGHAI_OFFSET


def _day(at: datetime) -> int:
    return clock.shanghai_day(clock.from_datetime(at))


def _rows(query: str, *values: Any) -> list[Row]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []
