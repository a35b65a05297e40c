"""Cash of the member: balance, every line of the ledger with why, vouchers, months.

Units: µ¥, fen. Source: P4, R10; design/ui/faces.md 7 (d).
"""

from typing import Annotated, Final

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from gongxiang.api import cursors
from gongxiang.api.cursors import CURSOR_MAX, PageAsked
from gongxiang.api.problems import Refused
from gongxiang.api.token import READ, member_of
from gongxiang.api.wire import (
    INT64_MAX,
    Count,
    Fen,
    Micro,
    Moment,
    Text,
    Told,
    moment,
)
from gongxiang.base.money import FEN
from gongxiang.queries import cash as queries
from gongxiang.queries import months
from gongxiang.queries.cash_data import Entry, Place
from gongxiang.queries.explain import TITLES
from gongxiang.queries.explained import explained
from gongxiang.queries.pool import one_moment, pool_now
from gongxiang.queries.present import present

router: Final = Router(tags=["cash"], auth=READ)
_ENTRIES: Final = "entries"
_ENTRY: Final = r"^[0-9]{1,18}-[0-9]{1,19}-[0-9]{1,9}$"


class WalletTold(Told):
    """The three pockets, and what is under way."""

    cash: Micro
    free_fen: Fen = Field(description="what can be withdrawn now")
    asked: Micro = Field(description="asked for and not answered yet")
    under_way: Micro = Field(description="withdrawn and neither arrived nor come back")
    points: Micro = Field(description="atoms, 10^12 to a point")
    vouchers: Micro


class EntryTold(Told):
    """A line of the member's cash."""

    entry: str = Field(pattern=_ENTRY)
    title: Text
    at: Moment
    amount: Micro


class BalancedTold(EntryTold):
    """A line, and the balance that it left."""

    balance: Micro


class EntriesTold(Told):
    """Lines, newest first."""

    items: list[BalancedTold]
    next: str | None = Field(max_length=CURSOR_MAX)


class WhyLineTold(Told):
    """One number of an explanation."""

    name: Text
    words: Text


class WhyTold(EntryTold):
    """A line with its rule, its numbers, its formula, and the sum computed again (R10)."""

    rule: Text
    lines: list[WhyLineTold]
    formula: Text
    rules_version: Count
    again: Micro | None


class VoucherTold(Told):
    """Vouchers of one store."""

    store: Text
    orders: Count
    amount: Micro


class VouchersTold(Told):
    """Vouchers by the store they came from."""

    items: list[VoucherTold]


class SumTold(Told):
    """What one purpose moved."""

    title: Text
    count: Count
    amount: Micro


class MonthStatementTold(Told):
    """A month of cash: it begins, moves by kind, ends; the parts add up."""

    month: str = Field(pattern=r"^20[0-9]{2}-[0-9]{2}$")
    is_running: bool
    opening: Micro
    sums: list[SumTold]
    closing: Micro


@router.get("/wallet", response=WalletTold, operation_id="wallet", summary="零钱")
def wallet(request: HttpRequest) -> WalletTold:
    """Tell the member's three pockets."""
    member = member_of(request)
    with one_moment():
        purse = queries.purse(member=member)
        under_way = queries.under_way(member=member)
    return WalletTold(
        cash=str(purse.cash),
        free_fen=purse.free // FEN,
        asked=str(purse.asked),
        under_way=str(under_way),
        points=str(purse.points),
        vouchers=str(purse.vouchers),
    )


@router.get("/wallet/entries", response=EntriesTold, operation_id="entries", summary="零钱明细")
def entries(request: HttpRequest, page: Query[PageAsked]) -> EntriesTold:
    """List the lines of the member's cash, newest first."""
    member = member_of(request)
    place = cursors.read(page.cursor, of=_ENTRIES)
    before = None if place is None else Place(batch=place[0], event=place[1], leg=place[2])
    with one_moment():
        purse = queries.purse(member=member)
        found = queries.entries(member=member, cash=purse.cash, size=page.limit + 1, before=before)
    shown = found[: page.limit]
    last = shown[-1].place if len(found) > len(shown) else None
    onward = cursors.written(last.batch, last.event, last.leg, of=_ENTRIES) if last else None
    items = [BalancedTold(**_shared(each), balance=str(each.balance)) for each in shown]
    return EntriesTold(items=items, next=onward)


@router.get(
    "/wallet/entries/{entry}", response=WhyTold, operation_id="entry", summary="这一笔怎么算的"
)
def entry(request: HttpRequest, entry: Annotated[str, Path(pattern=_ENTRY)]) -> WhyTold:
    """Explain one line: the rule, the numbers, the formula, the sum computed again."""
    batch, event, leg = (int(part) for part in entry.split("-"))
    found = None
    with one_moment():
        now = present()
        if event <= INT64_MAX and leg < 1 << 31:
            place = Place(batch=batch, event=event, leg=leg)
            found = queries.entry(member=member_of(request), place=place)
        if found is None:
            raise Refused("not_found", detail="没有这一笔")
        why = explained(member=member_of(request), entry=found, versions=now.versions)
    return WhyTold(
        **_shared(found),
        rule=why.rule,
        lines=[WhyLineTold(name=line.name, words=line.words) for line in why.lines],
        formula=why.formula,
        rules_version=why.version,
        again=None if why.again is None else str(why.again),
    )


@router.get("/vouchers", response=VouchersTold, operation_id="vouchers", summary="抵扣积分")
def vouchers(request: HttpRequest) -> VouchersTold:
    """List the member's vouchers by the store they came from."""
    found = queries.vouchers(member=member_of(request))
    items = [VoucherTold(store=o.store, orders=o.orders, amount=str(o.amount)) for o in found]
    return VouchersTold(items=items)


@router.get(
    "/statements/{month}", response=MonthStatementTold, operation_id="statement", summary="月账单"
)
def statement(
    request: HttpRequest, month: Annotated[str, Path(pattern=r"^20[0-9]{2}-[0-9]{2}$")]
) -> MonthStatementTold:
    """Add up a month of the member's cash by kind."""
    asked = months.read(month)
    with one_moment():
        now = pool_now().now
        if asked is None or asked.start > now:
            raise Refused("not_found", detail="没有这个月的账单")
        found = queries.statement(member=member_of(request), start=asked.start, end=asked.end)
    return MonthStatementTold(
        month=asked.name,
        is_running=asked.end > now,
        opening=str(found.opening),
        sums=[
            SumTold(title=TITLES[one.purpose], count=one.count, amount=str(one.amount))
            for one in found.sums
        ],
        closing=str(found.closing),
    )


def _shared(entry: Entry) -> dict[str, str]:
    return {
        "entry": entry.place.name,
        "title": TITLES[entry.purpose],
        "at": moment(entry.at),
        "amount": str(entry.amount),
    }
