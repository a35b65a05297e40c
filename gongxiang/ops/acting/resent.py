"""What a channel refused for good and an officer sends again, refunds and shares alike.

    the list, the oldest first -> one of them, with the form -> its check -> sent, outside this page

Units: moments of the real clock, which channels live by. Source: P2, P4; design/ui/faces.md 6.5.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol, TypeVar

from django.http import HttpRequest

from gongxiang.base import clock
from gongxiang.ops.acting.sheet import Errors, Field, Form, checking
from gongxiang.ops.moments import real
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Page
from gongxiang.ops.rows import one, rows
from gongxiang.ops.table import (
    PAGE,
    Cell,
    Column,
    NotThere,
    Stretch,
    Table,
    address,
    way_on,
    whole,
)


class Refused(Protocol):
    """One instruction that was refused."""

    @property
    def number(self) -> str:
        """Give its number."""

    @property
    def created_at(self) -> datetime:
        """Give when it was written down."""

    @property
    def store(self) -> int:
        """Give whose it is."""

    @property
    def href(self) -> str:
        """Give the address of its page."""


Found = TypeVar("Found", bound=Refused)


def listed(
    request: HttpRequest,
    query: str,
    read: Callable[..., Found],
    *,
    title: str,
    columns: tuple[Column, ...],
    line: Callable[[Found, Cell], tuple[Cell, ...]],
    empty: str,
) -> Page:
    """List what a query gives after a place, by moment and number; a line is given its store."""
    where = address(request)
    place = where.words(2)
    at: datetime | str = "-infinity" if place is None else clock.to_datetime(whole(place[0]))
    found = [read(*row) for row in rows(query, [at, place[1] if place else "", PAGE + 1])]
    shown = found[:PAGE]
    names = names_of(each.store for each in shown)
    lines = tuple(
        (
            Cell(each.number, href=each.href),
            Cell(real(each.created_at)),
            *line(each, names.cell(each.store)),
        )
        for each in shown
    )
    table = Table(columns=columns, rows=lines, empty=empty, on_title="更晚")
    last = shown[-1] if len(found) > PAGE else None
    further = None if last is None else (clock.from_datetime(last.created_at), last.number)
    return Page(title=title, face=way_on(table, Stretch(next=further), where))


def found(query: str, number: str, read: Callable[..., Found], *, missing: str) -> Found:
    """Find one by its number; raises `NotThere`."""
    row: tuple[Any, ...] | None = one(query, [number]) if "\0" not in number else None
    if row is None:
        raise NotThere(f"{missing} {number}")
    return read(*row)


def form(
    *,
    asks: str,
    why: str,
    error: str,
    words: str,
    title: str = "重新发起",
    more: tuple[Field, ...] = (),
) -> Form:
    """Ask for the reason, after what else is asked."""
    field = Field(name="why", title=asks, kind="long", value=why, error=error)
    return Form(title=title, button="下一步：核对", fields=(*more, field), note=words)


def check(
    request: HttpRequest, of: Refused, *, done: str, sends: str, why: str, errors: Errors
) -> Form:
    """Show it once more before it is sent."""
    return checking(
        request,
        title=f"核对：{why}",
        button=f"重新发起，{sends}",
        kept={"why": why},
        back=("先不发起", of.href),
        errors=errors,
        note=f"先问渠道旧单号的结果，确定没{done}才发起。发起人是你，记在审计日志里。",
        is_money=True,
    )
