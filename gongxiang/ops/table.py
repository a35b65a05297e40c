"""What a list of the console is made of: columns, cells, filters in the address, the way on.

A page of a list is read by keyset, from a place on, never by counting: `from` in the address is
the place. A filter that few rows pass looks through a stretch of so many rows at a time and says
so; the way on leads to the next stretch.

Units: none.
Source: design/ui/faces.md 6.5 (tables keep their filters in the URL).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest

from gongxiang.base import clock
from gongxiang.ops.standing import midnight

PAGE: Final = 50
"""Rows on a page."""
STRETCH: Final = 10_000
"""Rows that a filter looks through at a time."""
FROM: Final = "from"
_NUMBER_MAX: Final = 2**63 - 1
_YEARS: Final = range(1970, 3000)


class Unreadable(Exception):
    """What stands in the address cannot be read; says what is wanted."""


class NotThere(Exception):
    """Nothing has this number; says what was looked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a text, perhaps a link, a second line, a tone (ok, wait, bad, plain, quiet)."""

    text: str
    href: str = field(default="", kw_only=True)
    note: str = field(default="", kw_only=True)
    tone: str = field(default="", kw_only=True)
    title: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, and its kind: n figures, mono numbers of things, w sentences."""

    title: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    title: str
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with few values, each a link."""

    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filter that is typed in: a day, a store's key; `hint` shows its form."""

    name: str
    title: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A list as a page shows it."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    filters: tuple[Filter, ...] = ()
    boxes: tuple[Box, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()
    on: str = ""
    on_title: str = "更早"
    first: str = ""
    note: str = ""

    @property
    def lines(self) -> tuple[tuple[tuple[Column, Cell], ...], ...]:
        """Give each row with its columns."""
        return tuple(tuple(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Address:
    """What the address of a list asks for: filters by name, and the place to go on from."""

    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """Give the value of a filter, empty where there is none."""
        return self.values.get(name, "")

    def href(self, **changed: str) -> str:
        """Give the address with some filters changed, from the first page on."""
        values = {name: value for name, value in self.values.items() if name != FROM} | changed
        return "?" + urlencode({name: value for name, value in values.items() if value})

    def choice(self, name: str, title: str, choices: Mapping[str, str]) -> Filter:
        """Make a filter of links; the empty value stands for all."""
        chosen = self.get(name)
        if chosen not in choices:
            raise Unreadable(f"没有「{title}：{chosen}」这一项")
        return Filter(
            title,
            tuple(
                Choice(words, self.href(**{name: value}), value == chosen)
                for value, words in choices.items()
            ),
        )

    def number(self, name: str) -> int | None:
        """Read a whole number, None where there is none."""
        text = self.get(name)
        return None if not text else whole(text)

    def day(self, name: str = "day") -> tuple[datetime, datetime] | None:
        """Read a Shanghai day as its two midnights, None where there is none."""
        text = self.get(name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.year not in _YEARS:
            raise Unreadable(f"日期写成 2026-11-22 这样，「{text}」没有看懂")
        first = midnight(day=(day - date(1970, 1, 1)).days)
        return clock.to_datetime(first), clock.to_datetime(first + clock.DAY)

    def place(self, size: int) -> tuple[int, ...] | None:
        """Read the place to go on from: so many whole numbers."""
        text = self.get(FROM)
        if not text:
            return None
        numbers = tuple(whole(part) for part in text.split("_"))
        if len(numbers) != size:
            raise Unreadable("翻页的位置没有看懂")
        return numbers

    def words(self, size: int) -> tuple[str, ...] | None:
        """Read a place that ends with a name: so many parts, the last may hold anything."""
        text = self.get(FROM).replace("\0", "")
        if not text:
            return None
        parts = tuple(text.split("_", size - 1))
        if len(parts) != size:
            raise Unreadable("翻页的位置没有看懂")
        return parts

    def kept(self, *without: str) -> tuple[tuple[str, str], ...]:
        """Give the filters that a form on the page has to carry along."""
        left_out = {FROM, *without}
        return tuple((name, value) for name, value in self.values.items() if name not in left_out)


def address(request: HttpRequest, *names: str) -> Address:
    """Read the filters that a list knows; others are dropped."""
    query = request.GET
    return Address({name: query.get(name, "").strip() for name in (*names, FROM)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How a list goes on: the place where its next page begins, None at the end."""

    next: Iterable[int | str] | None
    is_cut: bool = False
    """Fewer rows than a page: the filter looked through a stretch and there is more."""


def way_on(table: Table, stretch: Stretch, where: Address) -> Table:
    """Add to a list how it goes on, and the way back to its first page."""
    href = ""
    if stretch.next is not None:
        href = where.href() + ("&" if where.href() != "?" else "")
        href += urlencode({FROM: "_".join(map(str, stretch.next))})
    return replace(
        table,
        on=href,
        on_title="再往前找" if stretch.is_cut else table.on_title,
        first=where.href() if where.get(FROM) else "",
        note=f"一次在 {STRETCH:,} 行里找，这里先到这" if stretch.is_cut else table.note,
    )


def whole(text: str) -> int:
    """Read a whole number of an address."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > _NUMBER_MAX:
        raise Unreadable(f"「{text}」不是一个编号")
    return int(text)
