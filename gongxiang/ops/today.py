"""今天: what the platform did today, where its money went, and what must be seen (H2, H3).

However long the history, the page asks nine questions: each is answered from one row, from an
index, or from so many rows at most.

Units: µ¥, atoms.
Source: design/ui/faces.md 6.5 (operator-dashboard); H2, H3; E6.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import clock, money, text
from gongxiang.economy import accounts
from gongxiang.ops.door import here
from gongxiang.ops.figures import bar, exact_yuan, in_fen, short_hash
from gongxiang.ops.hours import Bars, Takings, bars, takings
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rows import one
from gongxiang.ops.rulebook import Version, in_force, versions
from gongxiang.ops.standing import Open, Standing, midnight, standing
from gongxiang.ops.subjects.balances import Trial, trial
from gongxiang.ops.subjects.lots import price_words
from gongxiang.ops.subjects.steps import OPENED, Step, event_cell, newest_steps, opening
from gongxiang.ops.subjects.versions import flag_words, flags
from gongxiang.ops.table import Cell, Column, Table
from gongxiang.ops.waiting import Todo, todos
from gongxiang.rulebook.flags import reward_depth

STEPS_SHOWN: Final = 5
COUNTED_MAX: Final = 100_000
"""Members and stores that are counted one by one; beyond it the database's estimate is shown."""
FRESH_MAX: Final = 10_000
_OFF: Final = ("rank_mode", "conversions", "injections")
_WEEKDAYS: Final = "一二三四五六日"
_COLUMNS: Final = (
    Column("步", "mono"),
    Column("时间"),
    Column("事件"),
    Column("进出池", "n"),
    Column("价格", "n"),
)
_COUNTS: Final = """
SELECT (SELECT count(*) FROM (SELECT 1 FROM members_member LIMIT %(counted)s + 1) few),
       (SELECT reltuples::bigint FROM pg_class WHERE oid = 'members_member'::regclass),
       (SELECT count(*) FROM (SELECT 1 FROM merchants_store LIMIT %(counted)s + 1) few),
       (SELECT reltuples::bigint FROM pg_class WHERE oid = 'merchants_store'::regclass),
       (SELECT count(*) FILTER (WHERE joined_at >= %(begin)s)
          FROM (SELECT joined_at FROM members_member ORDER BY member_id DESC
                 LIMIT %(fresh)s) newest),
       (SELECT count(*) FILTER (WHERE opened_at >= %(begin)s)
          FROM (SELECT opened_at FROM merchants_store ORDER BY store_id DESC
                 LIMIT %(fresh)s) newest),
       (SELECT exit_price FROM points_lot WHERE "left" > 0 ORDER BY exit_price LIMIT 1),
       seal.day, seal.root, batch.id, batch.chain_hash, batch.recorded_at
  FROM (SELECT 1) nothing
  LEFT JOIN (SELECT day, root FROM ledger_seal ORDER BY day DESC LIMIT 1) seal ON true
  LEFT JOIN (SELECT id, chain_hash, recorded_at FROM ledger_batch ORDER BY id DESC LIMIT 1) batch
         ON true
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, the nearest cap, and the newest seal and batch."""

    members: int
    members_about: int
    stores: int
    stores_about: int
    new_members: int
    new_stores: int
    next_exit_price: int | None
    sealed_day: date | None
    root: bytes | None
    batch: int | None
    chained: bytes | None
    recorded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One of the figures on top: numbers with their units, and a line under them."""

    title: str
    href: str
    values: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the settled money."""

    name: str
    colour: str
    amount: str
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Where the settled money went; the parts add up to the whole as they are shown."""

    whole: str
    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that must be seen."""

    value: str
    unit: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page prints."""

    figures: tuple[Figure, ...]
    todos: tuple[Todo, ...]
    takings: Takings
    bars: Bars | None
    gone: Gone | None
    steps: Table
    seal: str
    facts: tuple[Fact, ...]
    flags: tuple[tuple[str, str], ...]
    flags_href: str
    off: str


def page(request: HttpRequest) -> Page:
    """Show the day."""
    now = standing()
    note = _day(now)
    if now.pool is None:
        return Page(title="今天", face=None, template="ops/today.html", note=note)
    found = versions()
    version = in_force(found, at=clock.to_datetime(now.now)) or found[-1]
    counts = _counts(now)
    sums = trial(now.pool)
    paid = takings(now)
    face = Face(
        figures=_figures(now.pool, paid, counts, version),
        todos=todos(role=here(request).role, now=now.now),
        takings=paid,
        bars=bars(paid),
        gone=_gone(now.pool, sums),
        steps=_steps(now),
        seal=_seal(counts, now),
        facts=_facts(now.pool, counts, version),
        flags=tuple(flag_words(flag) for flag in flags(version)),
        flags_href=reverse("admin:version", args=[version.number]),
        off=_off(version),
    )
    return Page(
        title="今天",
        face=face,
        template="ops/today.html",
        note=note,
        tags=(sums.tag, Tag(f"规则第 {version.number} 版生效中")),
    )


def _day(now: Standing) -> str:
    weekday = _WEEKDAYS[(now.today + 3) % 7]
    return f"{text.date(day=now.today)} 星期{weekday} {text.hour(at=now.now)}"


def _counts(now: Standing) -> Counts:
    row = one(
        _COUNTS,
        {
            "counted": COUNTED_MAX,
            "fresh": FRESH_MAX,
            "begin": clock.to_datetime(midnight(day=now.today)),
        },
    )
    assert row is not None, "a question without a table has one row"
    return Counts(*row)


def _figures(pool: Open, paid: Takings, counts: Counts, version: Version) -> tuple[Figure, ...]:
    more = " 以上" if paid.is_cut else ""
    return (
        Figure(
            title="今天成交",
            href=reverse("admin:orders"),
            values=((text.yuan(amount=paid.amount), f"元{more}"),),
            note=_paid_words(paid),
        ),
        Figure(
            title="盈利池",
            href=reverse("admin:steps"),
            values=((text.yuan(amount=pool.pair.money), "元"),),
            note=f"流通 {text.points(atoms=pool.pair.circulating)} 积分",
        ),
        Figure(
            title="积分价格",
            href=reverse("admin:steps"),
            values=((pool.pair.price, "元"),),
            note=f"卖出到手 {pool.pair.payout(terms=version.terms)} 元",
        ),
        Figure(
            title="会员 / 门店",
            href=reverse("admin:members"),
            values=(
                (_count(counts.members, counts.members_about), "人"),
                (_count(counts.stores, counts.stores_about), "家"),
            ),
            note=f"今天新增 {_fresh(counts.new_members)} 人、{_fresh(counts.new_stores)} 家",
        ),
    )


def _paid_words(paid: Takings) -> str:
    if not paid.orders:
        return "今天还没有付款"
    if not paid.settled:
        settled = "全部在退款期内"
    else:
        settled = f"其中 {text.count(number=paid.settled)} 笔已到期"
    returned = f"，已退 {text.yuan(amount=paid.returned)} 元" if paid.returned else ""
    return f"{text.count(number=paid.orders)} 笔，{settled}{returned}"


def _count(counted: int, about: int) -> str:
    if counted <= COUNTED_MAX:
        return text.count(number=counted)
    return f"约 {text.about(number=max(counted, about))}"


def _fresh(number: int) -> str:
    return text.count(number=number) + (" 以上" if number == FRESH_MAX else "")


def _gone(pool: Open, sums: Trial) -> Gone | None:
    """Say where all that was settled went, from the sums of the accounts (E6, E16).

    What flowed in is what the pool has more than its capital, and what it paid to members.
    """
    if not pool.orders:
        return None
    amounts = sums.sums
    inflow = pool.pair.money + amounts.get(accounts.CAPITAL, 0) + pool.paid_to_members
    known = [
        ("盈利池", "c2", inflow),
        ("平台", "c3", amounts.get(accounts.PLATFORM, 0)),
        ("分销预算，未支出", "c4", amounts.get(accounts.UNSPENT, 0)),
    ]
    if sums.is_whole:
        known.insert(0, ("门店", "c1", amounts.get(accounts.STORE, 0)))
        rest = ("推荐与区域奖励，已付", "c0")
    else:
        rest = ("门店，与推荐和区域奖励", "c1")
    found = [*known[:-1], (*rest, pool.spend - sum(part[2] for part in known)), known[-1]]
    values = [amount for *_, amount in found]
    whole = text.yuan(amount=pool.spend)
    return Gone(
        whole=whole,
        parts=_parts(found, _shown(pool.spend, values)),
        note=f"{text.count(number=pool.orders)} 笔合计 {whole}，逐分相加相等。",
    )


def _shown(whole: int, amounts: list[int]) -> list[str]:
    """Write parts so that they add up by eye; a part below zero is written to its last digit."""
    if min(amounts) < 0:
        return [exact_yuan(amount=amount) for amount in amounts]
    return [text.yuan(amount=part) for part in in_fen(total=whole, parts=amounts)]


def _parts(found: list[tuple[str, str, int]], shown: list[str]) -> tuple[Part, ...]:
    places = bar(parts=[max(0, amount) for *_, amount in found])
    return tuple(
        Part(name=name, colour=colour, amount=words, x=x, width=width)
        for (name, colour, _), words, (x, width) in zip(found, shown, places, strict=True)
    )


def _steps(now: Standing) -> Table:
    steps = newest_steps(size=STEPS_SHOWN, kind=None)
    names = names_of(step.store for step in steps)
    lines = [
        (
            Cell(text.count(number=step.number)),
            Cell(_when(step, now)),
            Cell(event_cell(step, names).text, href=step.order_href),
            Cell(text.yuan_moved(amount=step.amount)),
            Cell(step.after.price),
        )
        for step in steps
    ]
    start = opening() if len(steps) < STEPS_SHOWN else None
    if start is not None:
        money_in = text.yuan_moved(amount=start.money)
        lines.append((Cell("0"), Cell("开盘"), Cell(OPENED), Cell(money_in), Cell(start.price)))
    return Table(columns=_COLUMNS, rows=tuple(lines), empty="还没有开盘。")


def _when(step: Step, now: Standing) -> str:
    at = clock.from_datetime(step.at)
    return text.hour(at=at) if clock.shanghai_day(at) == now.today else now.stamp(step.at)


def _seal(counts: Counts, now: Standing) -> str:
    if counts.sealed_day is not None and counts.root is not None:
        return f"{counts.sealed_day} 已封存 {short_hash(digest=bytes(counts.root))}"
    if counts.batch is None or counts.chained is None:
        return ""
    chained = short_hash(digest=bytes(counts.chained))
    recorded = now.stamp(counts.recorded_at)
    return f"批次 {counts.batch} 记于 {recorded}，链指纹 {chained}；还没有封存过"


def _facts(pool: Open, counts: Counts, version: Version) -> tuple[Fact, ...]:
    depth = reward_depth(book=version.book)
    paid = pool.paid_to_members * money.MYRIAD // pool.spend if pool.spend else 0
    return (
        Fact(
            value=text.count(number=pool.lots_exited),
            unit=f"/ {text.count(number=pool.orders)} 批",
            title="到过封顶线",
        ),
        Fact(value=text.percent(per_myriad=paid), unit="%", title="已付会员占消费"),
        Fact(value="不限" if depth is None else str(depth), unit="层", title="受奖励的关系最深"),
        Fact(
            value="没有" if counts.next_exit_price is None else price_words(counts.next_exit_price),
            unit="" if counts.next_exit_price is None else f"元，现在 {pool.pair.price}",
            title="最近一批的封顶价",
        ),
    )


def _off(version: Version) -> str:
    rules = {rule.name: rule for rule in version.tell_all()}
    return "；".join(f"{rules[name].title}：{rules[name].words}" for name in _OFF) + "。"
