"""分录: the journal, a batch or a party at a time.

The journal is keyed by the party a posting lives at, and found by batch through ranges of blocks;
so a list is always of one batch (the newest, if none is asked for) or of one party.

Units: as the account says; every figure to its last digit.
Source: I-1, I-3, I-4; design/scale.md rules 2 and 5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.economy import accounts
from gongxiang.ledger.chart import ACCOUNT_NAMES, PURPOSE_NAMES, PURPOSES, account_of, purpose_of
from gongxiang.ops.figures import exact
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page
from gongxiang.ops.rows import one, rows
from gongxiang.ops.table import (
    PAGE,
    STRETCH,
    Address,
    Box,
    Cell,
    Column,
    Stretch,
    Table,
    address,
    way_on,
)

UNITS: Final = {1: "元", 2: "积分", 3: "抵扣积分"}
_KINDS: Final = {"": "全部"} | {name: PURPOSE_NAMES[name] for name in PURPOSES}
_BEYOND: Final = 2**62
_COLUMNS: Final = (
    Column("批次", "mono"),
    Column("主体"),
    Column("用途"),
    Column("科目"),
    Column("订单", "mono"),
    Column("借", "n"),
    Column("贷", "n"),
    Column("单位"),
)
_FIELDS: Final = "SELECT home_id, batch_id, event_id, leg, debit, credit FROM ledger_posting"
_OF_BATCH: Final = f"""
{_FIELDS} WHERE batch_id = %(batch)s AND (%(purpose)s::int IS NULL OR leg / 1000 = %(purpose)s)
   AND (home_id, event_id, leg) > (%(home)s, %(event)s, %(leg)s)
 ORDER BY home_id, event_id, leg LIMIT %(size)s
"""
_PLACES: Final = """
 WHERE home_id = %(home)s AND (batch_id, event_id, leg) < (%(batch)s, %(event)s, %(leg)s)
"""
_OF_HOME: Final = f"""
{_FIELDS} {_PLACES} AND (batch_id, event_id, leg) >= (%(edge_batch)s, %(edge_event)s, %(edge_leg)s)
   AND (%(purpose)s::int IS NULL OR leg / 1000 = %(purpose)s)
 ORDER BY batch_id DESC, event_id DESC, leg DESC LIMIT %(size)s
"""
_EDGE: Final = f"""
SELECT batch_id, event_id, leg FROM ledger_posting {_PLACES}
 ORDER BY batch_id DESC, event_id DESC, leg DESC OFFSET %(stretch)s - 1 LIMIT 1
"""  # noqa: S608  constant
_EVENTS: Final = """
SELECT step.event_id, paid.member_id, paid.id, fact.key
  FROM ledger_batch batch JOIN ledger_batch before ON before.id = batch.id - 1
  JOIN points_step step ON step.id > before.last_step AND step.id <= batch.last_step
  JOIN orders_order paid ON (paid.member_id, paid.id) = (step.home_id, step.order_id)
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
 WHERE batch.id = ANY(%s) AND step.event_id = ANY(%s)
"""
_NEWEST: Final = "SELECT max(id) FROM ledger_batch"

Orders = dict[int, Cell]


@dataclass(frozen=True, slots=True)
class Posting:
    """One leg of a batch at one party."""

    home: int
    batch: int
    event: int
    leg: int
    debit: int | None
    credit: int | None

    @property
    def account(self) -> int:
        """Give the account."""
        return account_of(self.leg)

    @property
    def purpose(self) -> str:
        """Give what it is for."""
        return purpose_of(self.leg)

    @property
    def amount(self) -> int:
        """Give the amount, credits positive."""
        return (self.credit or 0) - (self.debit or 0)


def page(request: HttpRequest) -> Page:
    """List postings of a batch, or of a party newest first."""
    where = address(request, "batch", "home", "kind")
    kinds = where.choice("kind", "用途", _KINDS)
    home = where.number("home")
    if home is None:
        title, (stretch, found) = _batch(where)
    else:
        title, (stretch, found) = "", _home(where, home)
    names = names_of([posting.home for posting in found] + ([] if home is None else [home]))
    table = Table(
        columns=_COLUMNS,
        rows=lines(found, names),
        empty="没有分录。",
        filters=(kinds,),
        boxes=(Box(name="batch", title="批次", value=where.get("batch"), hint="批次号"),),
        kept=where.kept("batch", "home"),
        on_title="下一页" if home is None else "更早",
    )
    note = title or f"主体 {names.text(home)}，新的在前"
    return Page(title="分录", face=way_on(table, stretch, where), note=note)


def newest_of_home(*, home: int, size: int) -> list[Posting]:
    """Give the newest postings of a party."""
    values = {"home": home, "batch": _BEYOND, "event": 0, "leg": 0, "purpose": None, "size": size}
    values |= {"edge_batch": 0, "edge_event": 0, "edge_leg": 0}
    return [Posting(*row) for row in rows(_OF_HOME, values)]


def lines(postings: Sequence[Posting], names: Names) -> tuple[tuple[Cell, ...], ...]:
    """Give postings as rows, each with the order its event belongs to."""
    orders = _orders(postings)
    return tuple(line(posting, names, orders.get(posting.event)) for posting in postings)


def line(posting: Posting, names: Names, order: Cell | None = None) -> tuple[Cell, ...]:
    """Give a posting as a row."""
    return (
        Cell(str(posting.batch), href=reverse("admin:batch", args=[posting.batch])),
        names.cell(posting.home),
        Cell(PURPOSE_NAMES[posting.purpose]),
        Cell(ACCOUNT_NAMES[posting.account]),
        order or Cell(""),
        _amount(posting.debit, posting.account),
        _amount(posting.credit, posting.account),
        Cell(UNITS[accounts.unit_of(posting.account)]),
    )


def line_of_sum(posting: Posting) -> tuple[Cell, ...]:
    """Give a sum over a batch as a row of four: what for, which account, debit, credit."""
    return (
        Cell(PURPOSE_NAMES[posting.purpose]),
        Cell(ACCOUNT_NAMES[posting.account]),
        _amount(posting.debit, posting.account),
        _amount(posting.credit, posting.account),
    )


def columns(*, event: str = "订单") -> tuple[Column, ...]:
    """Give the columns that `line` fills; `event` names the one that says what it belongs to."""
    return tuple(Column(event, "mono") if column.title == "订单" else column for column in _COLUMNS)


def _amount(amount: int | None, account: int) -> Cell:
    return Cell("" if amount is None else exact(amount=amount, account=account))


def _orders(postings: Iterable[Posting]) -> Orders:
    """Find the order of each event through the steps of its batch."""
    events = {posting.event for posting in postings if posting.event}
    batches = {posting.batch for posting in postings if posting.event}
    if not events:
        return {}
    found = rows(_EVENTS, [sorted(batches), sorted(events)])
    return {
        event: Cell(key, href=reverse("admin:order", args=[member, number]))
        for event, member, number, key in found
    }


def _batch(where: Address) -> tuple[str, tuple[Stretch, list[Posting]]]:
    batch = where.number("batch")
    if batch is None:
        (batch,) = rows(_NEWEST)[0]
    home, event, leg = where.place(3) or (0, 0, 0)
    values = _filters(where) | {"batch": batch, "home": home, "event": event, "leg": leg}
    found = [Posting(*row) for row in rows(_OF_BATCH, values)]
    title = "" if batch is None else f"批次 {batch}，按主体"
    if len(found) <= PAGE:
        return title, (Stretch(next=None), found)
    last = found[PAGE - 1]
    return title, (Stretch(next=(last.home, last.event, last.leg)), found[:PAGE])


def _home(where: Address, home: int) -> tuple[Stretch, list[Posting]]:
    batch, event, leg = where.place(3) or (_BEYOND, 0, 0)
    values = _filters(where) | {"home": home, "batch": batch, "event": event, "leg": leg}
    edge = one(_EDGE, values | {"stretch": STRETCH}) if values["purpose"] else None
    edge_batch, edge_event, edge_leg = edge or (0, 0, 0)
    values |= {"edge_batch": edge_batch, "edge_event": edge_event, "edge_leg": edge_leg}
    found = [Posting(*row) for row in rows(_OF_HOME, values)]
    if len(found) > PAGE:
        last = found[PAGE - 1]
        return Stretch(next=(last.batch, last.event, last.leg)), found[:PAGE]
    return Stretch(next=edge, is_cut=edge is not None), found


def _filters(where: Address) -> dict[str, Any]:
    kind = where.get("kind")
    return {"purpose": PURPOSES[kind] if kind else None, "size": PAGE + 1}
