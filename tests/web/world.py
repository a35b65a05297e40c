"""The one world of the visual target, and a busy one, as plain data.

Three orders of 1,000.00 settle on 2026-11-22 under `seed-1` with a window of a day: the pool is
480.10 over 257.1825, the price 1.8668.
"""

from dataclasses import replace
from typing import Final

from gongxiang.base import clock, money
from gongxiang.economy.mint import mint
from gongxiang.economy.pool import genesis_points
from gongxiang.economy.terms import Terms
from gongxiang.queries.pool_data import (
    History,
    Kind,
    OpenLot,
    Pace,
    Pair,
    PoolNow,
    PricePoint,
    Rule,
    Rules,
    Span,
    Standing,
    Step,
    Tenth,
    Totals,
    Version,
)
from gongxiang.rulebook.explain import explain_all
from gongxiang.rulebook.load import load_book, load_terms

NOW: Final = clock.parse_at("2026-11-22T20:36:00+08:00")
TODAY: Final = clock.shanghai_day(NOW)
START: Final = clock.parse_at("2026-11-21T00:00:00+08:00")
TERMS: Final[Terms] = replace(load_terms(preset="seed-1"), window=86_400)
SPEND: Final = 1_000 * money.YUAN
INFLOW: Final = 160 * money.YUAN
OPENING: Final = Pair(money=TERMS.genesis_money, circulating=genesis_points(TERMS))
VERSION: Final = Version(
    number=1, standing=Standing.IN_FORCE, published_at=START, effective_at=START
)


def minted_steps(*, count: int, today: int = TODAY, a_day: int = 1_000) -> tuple[Step, ...]:
    """Settle so many orders of 1,000.00, the last `a_day` of them today."""
    steps: list[Step] = []
    before = OPENING
    for number in range(1, count + 1):
        points = mint(INFLOW, money=before.money, circulating=before.circulating, terms=TERMS)
        after = Pair(money=before.money + INFLOW, circulating=before.circulating + points)
        steps.append(
            Step(
                number=number,
                kind=Kind.MINT,
                day=today - (count - number) // a_day,
                rules=1,
                before=before,
                after=after,
            )
        )
        before = after
    return tuple(steps)


THREE: Final = minted_steps(count=3)
PAIR: Final = THREE[-1].after


def pool_now(*, steps: tuple[Step, ...] = THREE, behind_since: int | None = None) -> PoolNow:
    """Give the pool after some steps."""
    return PoolNow(
        pair=steps[-1].after if steps else OPENING,
        steps=len(steps),
        now=NOW,
        lag=0 if behind_since is None else NOW - behind_since,
        behind_since=behind_since,
        last_day=steps[-1].day if steps else None,
    )


def totals(*, steps: tuple[Step, ...] = THREE) -> Totals:
    """Give the totals of a world where nobody sold."""
    count = len(steps)
    pace = Pace(days=1, orders=count, spend=count * SPEND, inflow=count * INFLOW)
    return Totals(
        lots=count,
        lots_capped=0,
        spend=count * SPEND,
        brought=count * INFLOW,
        paid=0,
        paces=(pace, replace(pace, days=7), replace(pace, days=0)),
        ahead=tuple(OpenLot(left=step.points_moved, cap_left=1_200 * money.YUAN) for step in steps),
        first_tenth=None,
        last_tenth=None,
        is_compared=True,
    )


def busy_totals(*, steps: tuple[Step, ...]) -> Totals:
    """Give totals where lots were capped and members can be compared."""
    quiet = totals(steps=steps[:900])
    return replace(
        quiet,
        lots=len(steps),
        lots_capped=37,
        paid=35_520 * money.YUAN,
        spend=len(steps) * SPEND,
        brought=len(steps) * INFLOW,
        first_tenth=Tenth(
            members=40, spend=40_000 * money.YUAN, paid=30_000 * money.YUAN, held=900 * money.POINT
        ),
        last_tenth=Tenth(members=40, spend=40_000 * money.YUAN, paid=0, held=1_100 * money.POINT),
    )


def history(*, span: Span = Span.TODAY, steps: tuple[Step, ...] = THREE) -> History:
    """Give the price of some steps: each of today's, or the last of each day."""
    kept = {step.day: step for step in steps}.values() if span is not Span.TODAY else steps
    return History(
        span=span,
        today=TODAY,
        first_day=steps[0].day if steps and span is not Span.TODAY else TODAY,
        last_day=TODAY,
        opening=steps[0].before if steps else OPENING,
        points=tuple(PricePoint(step=step.number, day=step.day, pair=step.after) for step in kept),
    )


def rules(*, version: Version = VERSION) -> Rules:
    """Give a version of the rules with everything in it."""
    told = explain_all(book=load_book(preset="seed-1"))
    return Rules(
        version=version,
        terms=TERMS,
        rules=tuple(
            Rule(
                name=each.rule.name,
                group=each.rule.group,
                title=each.rule.title,
                sentence=each.rule.sentence_zh,
                words=each.in_force.chinese,
                clause=each.rule.clause,
                source=each.in_force.source,
                since=each.in_force.since.isoformat(),
            )
            for each in told
        ),
        changes=(),
    )
