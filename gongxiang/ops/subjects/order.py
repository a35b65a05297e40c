"""One order = its whole life on one page: paid, settled, refunded, capped, and every posting.

Units: µ¥, atoms; every figure to its last digit where books are compared.
Source: E6-E9, E13, E16, R1, R10; design/ui/faces.md 6.5.
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import money, text
from gongxiang.economy import voucher
from gongxiang.economy.mint import mint
from gongxiang.ledger.chart import PURPOSE_NAMES
from gongxiang.ops.figures import bar, exact_points, exact_yuan, short_hash
from gongxiang.ops.life import Life, life_of
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rulebook import Told
from gongxiang.ops.standing import Pair, Standing, standing
from gongxiang.ops.subjects import lots, postings
from gongxiang.ops.subjects.batches import Batch, batch_and_before, sums_table
from gongxiang.ops.subjects.orders import STATES
from gongxiang.ops.subjects.story import Chapter, chapters
from gongxiang.ops.table import Cell, Column, Table
from gongxiang.ops.worth import Worth, worth_of

FROZEN: Final = (
    *("window", "platform_rate", "distribution_rate", "backing_rate", "payout_rate"),
    *("exit_cap", "mint_step", "mint_lock", "voucher_multiple", "agent_mode"),
)
"""The rules beside the rewards' that an order is settled with."""
_PARTS: Final = (
    ("门店", "c1"),
    ("盈利池", "c2"),
    ("平台", "c3"),
    ("奖励", "c0"),
    ("分销预算，未发", "c4"),
)
_REWARDS: Final = (
    Column("名目"),
    Column("得到的人"),
    Column("比例", "n"),
    Column("算式", "n"),
    Column("金额（元）", "n"),
    Column("依据", "w"),
)
_PAIR: Final = (
    Column("时刻"),
    Column("池（元）", "n"),
    Column("流通", "n"),
    Column("价格（元）", "n"),
)
_RULES: Final = (Column("规则"), Column("值", "n"), Column("来源", "w"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the split: its place in the bar, its share and amount."""

    name: str
    colour: str
    rate: str
    amount: str
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page prints."""

    heads: tuple[tuple[str, Cell], ...]
    chapters: tuple[Chapter, ...]
    is_settled: bool
    spend: str
    parts: tuple[Part, ...]
    rewards: Table
    rewarded: str
    unspent: str
    check: Tag
    pair: Table | None
    minting: str
    lot: tuple[tuple[str, Cell], ...]
    lot_tag: Tag | None
    frozen: Table
    version: Cell
    postings: Table
    batch: Batch | None
    chain: str
    sums: Table | None


def page(request: HttpRequest, *, member: int, number: int) -> Page:  # noqa: ARG001  every page's form
    """Show one order; raises `NotThere`."""
    now = standing()
    life = life_of(member=member, number=number)
    worth = worth_of(life)
    names = names_of(life.parties)
    rules = {rule.name: rule for rule in life.version.tell_all()}
    batch = None if life.settled is None else batch_and_before(life.settled.batch)[0]
    events = {number: Cell("本单")} | {one.number: Cell(one.key) for one in life.refunds}
    face = Face(
        heads=_heads(life, names, now),
        chapters=chapters(life, names, now),
        is_settled=life.settled is not None,
        spend=exact_yuan(amount=worth.spend),
        parts=_parts(worth),
        rewards=_rewards(worth, names, rules),
        rewarded=exact_yuan(amount=worth.rewarded),
        unspent=exact_yuan(amount=worth.unspent),
        check=_check(life, worth),
        pair=_pair(life),
        minting=_minting(life, worth, now),
        lot=_lot(life),
        lot_tag=_lot_tag(life, now),
        frozen=_frozen(rules),
        version=Cell(
            f"规则第 {life.version.number} 版",
            href=reverse("admin:version", args=[life.version.number]),
        ),
        postings=Table(
            columns=postings.columns(event="事件"),
            rows=tuple(
                postings.line(posting, names, events[posting.event]) for posting in life.postings
            ),
            empty="还没有分到任何人名下：结算时才分。付款时钱记在「待结算」，在批次的合计里。",
        ),
        batch=batch,
        chain="" if batch is None else short_hash(digest=batch.chained),
        sums=None if batch is None else sums_table(list(life.sums)),
    )
    return Page(
        title=f"订单 {life.key}",
        face=face,
        template="ops/order.html",
        tags=(STATES[_state(life)],),
        up=("订单与退款", reverse("admin:orders")),
    )


def _state(life: Life) -> str:
    if not life.left:
        return "returned"
    if life.lot is None:
        return "waiting"
    return "settled" if life.left == life.amount else "part"


def _heads(life: Life, names: Names, now: Standing) -> tuple[tuple[str, Cell], ...]:
    return (
        ("付款", Cell(f"{exact_yuan(amount=life.amount)} 元", note=now.stamp(life.paid_at))),
        ("会员", names.cell(life.member)),
        ("门店", names.cell(life.store)),
        ("平台抽成", Cell(text.rate(per_myriad=life.commission_rate))),
        ("已退", Cell(f"{exact_yuan(amount=life.amount - life.left)} 元")),
        ("指纹", Cell(short_hash(digest=life.digest), title=life.digest.hex())),
    )


def _parts(worth: Worth) -> tuple[Part, ...]:
    amounts = (worth.merchant, worth.inflow, worth.platform, worth.rewarded, worth.unspent)
    return tuple(
        Part(
            name=name,
            colour=colour,
            rate=text.rate(per_myriad=rate),
            amount=exact_yuan(amount=amount),
            x=x,
            width=width,
        )
        for (name, colour), rate, amount, (x, width) in zip(
            _PARTS, worth.rates, amounts, bar(parts=amounts), strict=True
        )
    )


def _rewards(worth: Worth, names: Names, rules: dict[str, Told]) -> Table:
    spend = exact_yuan(amount=worth.spend)
    return Table(
        columns=_REWARDS,
        rows=tuple(
            (
                Cell(PURPOSE_NAMES[reward.role]),
                names.cell(reward.person),
                Cell(text.rate(per_myriad=reward.rate)),
                Cell(f"{spend} × {text.rate(per_myriad=reward.rate)}" if reward.rate else ""),
                Cell(exact_yuan(amount=reward.amount)),
                _reason(rules[reward.role]),
            )
            for reward in worth.rewards
        ),
        empty="这一版规则没有任何奖励。",
    )


def _reason(rule: Told) -> Cell:
    return Cell(f"{rule.clause} {rule.sentence}", note=f"{rule.words} · {rule.source}")


def _check(life: Life, worth: Worth) -> Tag:
    if life.settled is None:
        return Tag("结算前，按冻结的规则预计", "wait")
    return Tag("与分录一致", "ok") if worth.is_as_posted else Tag("与分录不一致", "bad")


def _pair(life: Life) -> Table | None:
    if life.settled is None:
        return None
    before, after = life.settled.before, life.settled.after
    moved = (
        Cell("这一步"),
        Cell(text.yuan_moved(amount=life.settled.amount)),
        Cell(text.points_moved(atoms=life.settled.points)),
        Cell(""),
    )
    return Table(
        columns=_PAIR,
        rows=(_pair_line("之前", before), moved, _pair_line("之后", after)),
        empty="",
    )


def _pair_line(name: str, pair: Pair) -> tuple[Cell, ...]:
    return (
        Cell(name),
        Cell(exact_yuan(amount=pair.money)),
        Cell(exact_points(atoms=pair.circulating)),
        Cell(pair.price),
    )


def _minting(life: Life, worth: Worth, now: Standing) -> str:
    """Say how the inflow became points, or would at the present pair."""
    terms = life.version.terms
    backing = money.floor_share(worth.inflow, terms.backing_rate)
    rate = text.rate(per_myriad=terms.backing_rate)
    words = (
        f"进池 {exact_yuan(amount=worth.inflow)} 元，"
        f"其中 {rate}（{exact_yuan(amount=backing)} 元）按之前的价格铸成积分"
    )
    if life.lot is not None:
        return f"{words}：{exact_points(atoms=life.lot.minted)}。"
    if now.pool is None or not worth.inflow:
        return ""
    pair = now.pool.pair
    minted = mint(worth.inflow, money=pair.money, circulating=pair.circulating, terms=terms)
    granted = voucher.vouchers(worth.spend, commission_rate=life.commission_rate, terms=terms)
    return (
        f"{words}：按现在的价格约 {text.points(atoms=minted)}，"
        f"抵扣积分 {text.yuan(amount=granted)}；结算时才作准。"
    )


def _lot(life: Life) -> tuple[tuple[str, Cell], ...]:
    lot = life.lot
    if lot is None:
        return ()
    cap = money.floor_share(lot.spend, life.version.terms.exit_cap)
    price = "" if lot.exit_price is None else lots.price_words(lot.exit_price)
    exited = "" if lot.exited_step is None else f"第 {lot.exited_step:,} 步"
    facts = (
        ("铸出", exact_points(atoms=lot.minted)),
        ("剩余", exact_points(atoms=lot.left)),
        ("卖出", exact_points(atoms=lot.sold)),
        ("封顶线（元）", exact_yuan(amount=cap)),
        ("离封顶还能取（元）", exact_yuan(amount=cap - lot.gross) if lot.left else ""),
        ("封顶价（元）", price),
        ("已取市值（元）", exact_yuan(amount=lot.gross)),
        ("已到手（元）", exact_yuan(amount=lot.net)),
        ("到线结清", exited),
        ("抵扣积分", exact_yuan(amount=lot.vouchers)),
    )
    return tuple((name, Cell(words)) for name, words in facts if words)


def _lot_tag(life: Life, now: Standing) -> Tag | None:
    if life.lot is None:
        return None
    return lots.tag_of(
        life.lot.state,
        left=life.lot.left,
        due_at=life.due_at,
        terms=life.version.terms,
        now=now,
    )


def _frozen(rules: dict[str, Told]) -> Table:
    return Table(
        columns=_RULES,
        rows=tuple(
            (Cell(rules[name].title), Cell(rules[name].words), Cell(rules[name].source))
            for name in FROZEN
        ),
        empty="",
    )
