"""Articles of law that a plan may touch, each with its citation, never with a verdict (H3).

rules/law.toml holds the articles; here is which rule of a book makes the checker point at which.

Units: rates per myriad, days.
Source: H3, H4, R11.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gongxiang.base import text
from gongxiang.base.money import MYRIAD
from gongxiang.rulebook.book import Book
from gongxiang.rulebook.load import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article: where it stands and what it is about; `days` where it sets a term."""

    citation: str
    sentence_zh: str
    sentence_en: str
    days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """An article and the reason why the checker points at it."""

    name: str
    article: Article
    reason: str


@cache
def read_articles(*, path: Path = RULES / "law.toml") -> dict[str, Article]:
    """Read the articles."""
    with path.open("rb") as file:
        return {name: Article(**table) for name, table in tomllib.load(file).items()}


def flags_of(*, book: Book) -> tuple[Flag, ...]:
    """Point at every article the book may touch.

    >>> from gongxiang.rulebook.load import load_book
    >>> [flag.name for flag in flags_of(book=load_book(preset="town"))]
    ['team_pay', 'territory_fee']
    """
    articles = read_articles()
    return tuple(
        Flag(name=name, article=articles[name], reason=reason)
        for name, reason in _reasons(book=book, notice_min=articles["notice"].days)
    )


def reward_depth(*, book: Book) -> int | None:
    """Give how many steps above a buyer are rewarded for his spending; None is without limit."""
    if book.terms.rank_mode != "off":
        return None
    return (book.terms.direct > 0) + (book.terms.indirect > 0)


def _reasons(*, book: Book, notice_min: int) -> Iterator[tuple[str, str]]:
    """Give the name of each article touched, and why."""
    terms = book.terms
    if book.number(name="headcount_reward") > 0:
        yield "head_count", "headcount_reward pays for bringing a person"
    if book.number(name="entry_fee") > 0:
        yield "entry_fee", "entry_fee asks money for joining"
    depth = reward_depth(book=book)
    if depth is None:
        yield "team_pay", f"rank_mode {terms.rank_mode}: team turnover is rewarded at any depth"
    elif depth > 0:
        rates = ", ".join(
            f"{name} {text.rate(per_myriad=getattr(terms, name))}"
            for name in ("direct", "indirect")
            if getattr(terms, name) > 0
        )
        yield "team_pay", f"{rates} of other people's spending, {depth} step(s) deep"
    if terms.payout_rate * terms.exit_cap > MYRIAD * MYRIAD:
        yield "promise", "payout_rate · exit_cap pays more than was spent"
    if book.value(name="conversions") == "on":
        yield "promise", "conversions turns spending into shares"
    if book.value(name="payee") == "platform":
        yield "holding_money", "payee platform: the platform holds the stores' money"
    if terms.notice_days < notice_min:
        yield "notice", f"notice_days is {terms.notice_days}, at least {notice_min} needed"
    fees = book.value(name="agent_fee_max")
    if isinstance(fees, tuple) and any(fees):
        yield "territory_fee", "agent_fee_max: agents pay for a region; keep it apart from joining"
