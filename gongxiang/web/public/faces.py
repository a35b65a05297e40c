"""What each public page prints: plain data and totals in, one frozen face out.

Nothing here asks the database or the clock; a template gets a face and nothing else.

Units: as in `data`; `today` is a Shanghai day.
Source: design/ui/faces.md 6.1; H2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from gongxiang.base import clock, text
from gongxiang.economy.terms import Terms
from gongxiang.queries.facts import Facts, facts
from gongxiang.queries.finder_data import Found
from gongxiang.queries.pool_data import (
    Change,
    History,
    Pair,
    PoolNow,
    Rule,
    Rules,
    Span,
    Standing,
    Step,
    Totals,
    Version,
)
from gongxiang.queries.why import Line, why
from gongxiang.web.public.curve import Curve, curve
from gongxiang.web.public.money_split import MoneySplit, money_split

SPAN_TITLES: Final = {Span.TODAY: "今天", Span.MONTH: "30 天", Span.ALL: "全部"}
GROUP_TITLES: Final = {
    "shares": "一笔消费怎么分",
    "points": "积分和盈利池",
    "rewards": "推荐和招商",
    "agents": "区域代理",
    "mall": "商城",
    "limits": "上限和期限",
    "ranks": "级差",
}
FEED_FIELDS: Final = {
    "step": "第几步",
    "kind": "mint 结算，sale 卖出，exit 到线结清，refund 退款，injection 注资",
    "day": "哪一天（北京时间）",
    "lot": "这一批的随机编号；卖出不写，免得看出哪几批同属一人",
    "amount": "池进出的钱，微元",
    "points": "流通进出的积分，原子",
    "cap": "结算才有：这一批的封顶线，微元",
    "money": "之后池里的钱，微元",
    "circulating": "之后的流通积分，原子",
}
MONTH_DAYS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One link of the chart's time ranges."""

    name: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontFace:
    """`/`: what this is, in twenty seconds."""

    pair: Pair
    terms: Terms
    facts: Facts
    split: MoneySplit
    stores: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFace:
    """`/pool`: the public account."""

    now: PoolNow
    pair: Pair
    as_of: int
    today: int
    terms: Terms
    version: Version
    facts: Facts
    curve: Curve
    spans: tuple[Choice, ...]
    split: MoneySplit
    latest: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where another page of the steps begins; None is the newest."""

    before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsFace:
    """`/pool/events`: a page of steps, newest first."""

    today: int
    terms: Terms
    facts: Facts
    steps: tuple[Step, ...]
    newest: int
    oldest: int
    newer: Page | None
    older: Page | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFace:
    """`/pool/events/<step>`: one step and why it moved the pool as it did."""

    step: Step
    lot: str
    facts: Facts
    lines: tuple[Line, ...]
    formula: str
    version: int
    previous: int | None
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyFace:
    """`/pool/verify`: how to verify, in plain steps."""

    now: PoolNow
    opening: Pair
    terms: Terms
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a line of the public feed."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFace:
    """`/pool/feed`: what the public feed is; the file itself has its own address."""

    now: PoolNow
    facts: Facts
    fields: tuple[Field, ...]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rules that belong together."""

    name: str
    title: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A version that is published and not yet in force."""

    number: int
    effective_at: int
    left: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFace:
    """`/rules` and `/rules/<version>`."""

    is_current: bool
    version: Version
    terms: Terms
    notice: Notice | None
    changes: tuple[Change, ...]
    groups: tuple[Group, ...]
    versions: tuple[Version, ...]
    facts: Facts


def front_face(*, pair: Pair, honest: Facts, terms: Terms, stores: Sequence[Found]) -> FrontFace:
    """Make the front page."""
    return FrontFace(
        pair=pair,
        terms=terms,
        facts=honest,
        split=money_split(terms=terms),
        stores=tuple(stores),
    )


def pool_face(
    *, now: PoolNow, totals: Totals, history: History, latest: Sequence[Step], rules: Rules
) -> PoolFace:
    """Make the public account."""
    return PoolFace(
        now=now,
        pair=now.pair,
        as_of=now.now if now.behind_since is None else now.behind_since,
        today=clock.shanghai_day(now.now),
        terms=rules.terms,
        version=rules.version,
        facts=facts(totals=totals, pair=now.pair, terms=rules.terms),
        curve=curve(history=history, terms=rules.terms),
        spans=tuple(
            Choice(name=span.value, title=title, chosen=span is history.span)
            for span, title in SPAN_TITLES.items()
        ),
        split=money_split(terms=rules.terms),
        latest=tuple(latest),
    )


def span_of(*, asked: str, now: PoolNow) -> Span:
    """Give the span that was asked for, or else the shortest one with a step in it."""
    if asked in {span.value for span in Span}:
        return Span(asked)
    today = clock.shanghai_day(now.now)
    if now.last_day is None or now.last_day >= today:
        return Span.TODAY
    return Span.MONTH if now.last_day > today - MONTH_DAYS else Span.ALL


def events_face(
    *, now: PoolNow, totals: Totals, steps: Sequence[Step], size: int, rules: Rules
) -> EventsFace:
    """Make a page of steps; `steps` are at most `size`, newest first."""
    newest = steps[0].number if steps else 0
    oldest = steps[-1].number if steps else 0
    return EventsFace(
        today=clock.shanghai_day(now.now),
        terms=rules.terms,
        facts=facts(totals=totals, pair=now.pair, terms=rules.terms),
        steps=tuple(steps),
        newest=newest,
        oldest=oldest,
        newer=_newer(newest, now.steps, size),
        older=Page(before=oldest) if oldest > 1 else None,
    )


def _newer(newest: int, last: int, size: int) -> Page | None:
    if not newest or newest >= last:
        return None
    before = newest + size + 1
    return Page(before=before if before <= last else None)


def event_face(
    *, now: PoolNow, totals: Totals, step: Step, lot: str, handled: Rules, rules: Rules
) -> EventFace:
    """Make the page of one step.

    `handled` are the rules it was handled with; `lot` is its public name, empty for none.
    """
    reason = why(step=step, terms=handled.terms)
    return EventFace(
        step=step,
        lot=lot,
        facts=facts(totals=totals, pair=now.pair, terms=rules.terms),
        lines=reason.lines,
        formula=reason.formula,
        version=handled.version.number,
        previous=step.number - 1 if step.number > 1 else None,
        next=step.number + 1 if step.number < now.steps else None,
    )


def verify_face(*, now: PoolNow, totals: Totals, opening: Pair, rules: Rules) -> VerifyFace:
    """Make the page that says how to verify."""
    return VerifyFace(
        now=now,
        opening=opening,
        terms=rules.terms,
        facts=facts(totals=totals, pair=now.pair, terms=rules.terms),
    )


def feed_face(*, now: PoolNow, totals: Totals, example: str, rules: Rules) -> FeedFace:
    """Make the page of the public feed."""
    return FeedFace(
        now=now,
        facts=facts(totals=totals, pair=now.pair, terms=rules.terms),
        fields=tuple(Field(name=name, words=words) for name, words in FEED_FIELDS.items()),
        example=example,
    )


def rules_face(
    *, now: PoolNow, totals: Totals, rules: Rules, in_force: Rules, versions: Sequence[Version]
) -> RulesFace:
    """Make the page of a version; what is shown beside it is as of the rules in force."""
    is_current = rules.version.number == in_force.version.number
    return RulesFace(
        is_current=is_current,
        version=rules.version,
        terms=rules.terms,
        notice=_notice(versions, now.now),
        changes=rules.changes,
        groups=_groups(rules.rules),
        versions=tuple(versions),
        facts=facts(totals=totals, pair=now.pair, terms=in_force.terms),
    )


def _notice(versions: Sequence[Version], now: int) -> Notice | None:
    """Give the next version to come into force, if one is public."""
    coming = [version for version in versions if version.standing is Standing.NOTICE]
    if not coming:
        return None
    first = min(coming, key=lambda version: version.effective_at)
    return Notice(
        number=first.number,
        effective_at=first.effective_at,
        left=text.left(microseconds=max(0, first.effective_at - now)),
    )


def _groups(rules: Sequence[Rule]) -> tuple[Group, ...]:
    return tuple(
        Group(name=name, title=GROUP_TITLES.get(name, name), rules=tuple(members))
        for name, members in groupby(rules, key=lambda rule: rule.group)
    )
