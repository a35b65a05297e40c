"""批次与封存: the transactions of the settler, chained by their hashes, and the sealed days.

The page of a batch computes its chain hash again from the row and the one before, and shows the
sums that the batch posted on the accounts that exist once.

Units: µ¥, atoms; hashes in hexadecimal.
Source: I-3, H7; design/scale.md rules 5 and 7.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import text
from gongxiang.economy import accounts
from gongxiang.ledger.chain import GENESIS, Link, chain
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.ops.figures import short_hash
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rows import Row, rows
from gongxiang.ops.standing import Pair, Standing, standing
from gongxiang.ops.subjects import postings
from gongxiang.ops.subjects.postings import Posting
from gongxiang.ops.table import (
    PAGE,
    Cell,
    Column,
    NotThere,
    Stretch,
    Table,
    address,
    way_on,
)

KINDS: Final = {"settlement": "结算", "genesis": "起盘"}
_COLUMNS: Final = (
    Column("批次", "mono"),
    Column("类别"),
    Column("记录时间"),
    Column("处理到"),
    Column("事实数", "n"),
    Column("最后一步", "n"),
    Column("池（元）", "n"),
    Column("流通", "n"),
    Column("链指纹", "mono"),
)
_SEAL_COLUMNS: Final = (
    Column("日期"),
    Column("最后批次", "mono"),
    Column("当日根", "mono"),
    Column("封存时间"),
)
_SUM_COLUMNS: Final = (Column("用途"), Column("科目"), Column("借", "n"), Column("贷", "n"))
_FIELDS: Final = """
SELECT id, kind, reference, recorded_at, until_at, until_rank, until_id, last_step, facts, money,
       circulating, content_hash, postings_hash, chain_hash FROM ledger_batch
"""
_BATCHES: Final = f"{_FIELDS} WHERE id < %s ORDER BY id DESC LIMIT %s"
_PAIR: Final = f"{_FIELDS} WHERE id IN (%s, %s) ORDER BY id DESC"
_SEALS: Final = """
SELECT day, last_batch_id, root, sealed_at FROM ledger_seal ORDER BY day DESC LIMIT %s
"""
_SUMS: Final = """
SELECT home_id, batch_id, event_id, leg, debit, credit FROM ledger_posting
 WHERE home_id = ANY(%s) AND batch_id = %s AND event_id = 0 ORDER BY leg
"""
SYSTEM: Final = sorted(set(ACCOUNT_NAMES) - accounts.OF_A_PARTY)
_BEYOND: Final = 2**62
_SEALS_SHOWN: Final = 10
_FIRST: Final = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, as its row says."""

    number: int
    kind: str
    reference: str
    recorded_at: datetime
    until_at: datetime
    until_rank: int
    until_id: int
    last_step: int
    facts: int
    money: int
    circulating: int
    content: bytes
    postings: bytes
    chained: bytes

    @property
    def pair(self) -> Pair:
        """Give the pair after the batch."""
        return Pair(money=self.money, circulating=self.circulating)

    @property
    def title(self) -> str:
        """Give what the batch is."""
        return KINDS.get(self.kind, self.kind)

    @property
    def href(self) -> str:
        """Give the address of the batch's own page."""
        return reverse("admin:batch", args=[self.number])

    def follows(self, before: bytes) -> bool:
        """Tell whether the chain hash is the one that this row and the one before give."""
        link = Link(
            number=self.number,
            last_step=self.last_step,
            facts=self.facts,
            money=self.money,
            circulating=self.circulating,
            content=self.content,
            postings=self.postings,
        )
        return chain(link, before=before) == self.chained


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The root of a day."""

    day: date
    last_batch: int
    root: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFace:
    """What the page of a batch prints."""

    batch: Batch
    recorded: str
    until: str
    hashes: tuple[tuple[str, str], ...]
    sums: Table
    links: tuple[tuple[str, str], ...]
    pool: str
    circulating: str
    facts: str
    last_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFace:
    """What the list prints: the sealed days, and the batches."""

    seals: Table
    table: Table


def page(request: HttpRequest) -> Page:
    """List the batches, newest first, under the sealed days."""
    where = address(request)
    now = standing()
    below = where.place(1) or (_BEYOND,)
    found = [_batch(row) for row in rows(_BATCHES, [*below, PAGE + 1])]
    stretch = Stretch(next=(found[PAGE - 1].number,) if len(found) > PAGE else None)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(batch, now) for batch in found[:PAGE]),
        empty="还没有批次。公布第一版规则时起盘，就是第 1 批。",
    )
    face = ListFace(seals=_seals(now), table=way_on(table, stretch, where))
    return Page(title="批次与封存", face=face, template="ops/batches.html")


def one_page(request: HttpRequest, *, number: int) -> Page:  # noqa: ARG001  every page's form
    """Show one batch."""
    now = standing()
    batch, before = batch_and_before(number)
    is_chained = batch.follows(before)
    tag = Tag("链指纹对得上", "ok") if is_chained else Tag("链指纹对不上", "bad")
    face = BatchFace(
        batch=batch,
        recorded=now.stamp(batch.recorded_at),
        until=now.stamp(batch.until_at),
        hashes=(
            ("上一批的链指纹", before.hex()),
            ("内容指纹", batch.content.hex()),
            ("分录指纹", batch.postings.hex()),
            ("链指纹", batch.chained.hex()),
        ),
        sums=sums_table(sums_of(number)),
        links=(("这一批的全部分录", reverse("admin:postings") + f"?batch={number}"),),
        pool=text.yuan(amount=batch.money),
        circulating=text.points(atoms=batch.circulating),
        facts=text.count(number=batch.facts),
        last_step=text.count(number=batch.last_step),
    )
    return Page(
        title=f"批次 {number}",
        face=face,
        template="ops/batch.html",
        tags=(tag,),
        up=("批次与封存", reverse("admin:batches")),
    )


def batch_and_before(number: int) -> tuple[Batch, bytes]:
    """Give a batch and the chain hash before it; raises `NotThere`."""
    found = {row[0]: _batch(row) for row in rows(_PAIR, [number, number - 1])}
    if number not in found:
        raise NotThere(f"没有批次 {number}")
    before = GENESIS if number == _FIRST else found[number - 1].chained
    return found[number], before


def sums_of(number: int) -> list[Posting]:
    """Give what a batch posted on the accounts that exist once."""
    return [Posting(*row) for row in rows(_SUMS, [SYSTEM, number])]


def sums_table(sums: list[Posting]) -> Table:
    """Give these sums as a table."""
    lines = (postings.line_of_sum(posting) for posting in sums)
    return Table(columns=_SUM_COLUMNS, rows=tuple(lines), empty="这一批没有动过合计科目。")


def newest_seal() -> Seal | None:
    """Give the newest sealed day."""
    found = _seal_rows(1)
    return found[0] if found else None


def _batch(row: Row) -> Batch:
    values: list[Any] = [bytes(part) if isinstance(part, memoryview) else part for part in row]
    return Batch(*values)


def _seal_rows(size: int) -> list[Seal]:
    return [
        Seal(day=day, last_batch=batch, root=bytes(root), sealed_at=at)
        for day, batch, root, at in rows(_SEALS, [size])
    ]


def _seals(now: Standing) -> Table:
    return Table(
        columns=_SEAL_COLUMNS,
        rows=tuple(
            (
                Cell(seal.day.isoformat()),
                Cell(str(seal.last_batch), href=reverse("admin:batch", args=[seal.last_batch])),
                Cell(short_hash(digest=seal.root), title=seal.root.hex()),
                Cell(now.stamp(seal.sealed_at)),
            )
            for seal in _seal_rows(_SEALS_SHOWN)
        ),
        empty="还没有封存过。每天 24:00 之后，前一天的批次封成一个根。",
    )


def _line(batch: Batch, now: Standing) -> tuple[Cell, ...]:
    return (
        Cell(str(batch.number), href=batch.href),
        Cell(batch.title),
        Cell(now.stamp(batch.recorded_at)),
        Cell(now.stamp(batch.until_at)),
        Cell(text.count(number=batch.facts)),
        Cell(text.count(number=batch.last_step)),
        Cell(text.yuan(amount=batch.money)),
        Cell(text.points(atoms=batch.circulating)),
        Cell(short_hash(digest=batch.chained), title=batch.chained.hex()),
    )
