"""The feed tells enough to compute every price again, and nothing about anybody.

Source: spec/events.md (export --public); H5, H7.
"""

import json
import re
from itertools import pairwise
from typing import Any

import pytest

from gongxiang.base.money import MYRIAD
from gongxiang.economy.mint import mint
from gongxiang.economy.pool import genesis_points
from gongxiang.settlement.feed import feed_lines
from tests.settlement.platforms import Books
from tests.settlement.story import TERMS, open_story

pytestmark = pytest.mark.db

Line = dict[str, Any]


def feed(books: Books, *, after: int = 0) -> list[Line]:
    lines = [json.loads(line) for line in feed_lines(books.connection, after=after)]
    books.connection.rollback()
    return lines


def test_every_price_follows_from_the_one_before_and_the_rules(books: Books) -> None:
    open_story(books)
    money, circulating = TERMS.genesis_money, genesis_points(TERMS)
    for line in feed(books):
        amount, points = int(line["amount"]), int(line["points"])
        if line["kind"] == "mint":
            assert points == mint(amount, money=money, circulating=circulating, terms=TERMS)
        if line["kind"] == "sale":
            assert -amount <= -points * money * TERMS.payout_rate // MYRIAD // circulating
        assert (money + amount) * circulating >= money * (circulating + points)
        money, circulating = money + amount, circulating + points
        assert (money, circulating) == (int(line["money"]), int(line["circulating"]))
    ((last, of_pool),) = books.ask("SELECT money, circulating FROM points_pool")
    assert (money, circulating) == (last, of_pool)


def test_a_lot_is_followed_by_one_name_from_its_mint_to_its_end(books: Books) -> None:
    open_story(books)
    lines = feed(books)
    minted = {line["lot"]: line for line in lines if line["kind"] == "mint"}
    assert len(minted) == 18
    gone = [line for line in lines if line["kind"] in {"exit", "refund"}]
    assert {line["lot"] for line in gone} <= set(minted)
    for line in gone:
        if line["kind"] == "exit":
            cap = int(minted[line["lot"]]["cap"])
            assert 0 < -int(line["amount"]) <= cap * TERMS.payout_rate // MYRIAD
            assert -int(line["points"]) <= int(minted[line["lot"]]["points"])
    assert feed(books) == lines
    assert feed(books, after=20) == lines[20:]


def test_it_tells_nothing_that_says_who_where_or_when(books: Books) -> None:
    open_story(books)
    lines = feed(books)
    text = "\n".join(map(json.dumps, lines))
    assert {key for line in lines for key in line} == {
        *("step", "kind", "day", "lot", "amount", "points", "cap", "money", "circulating")
    }
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", line["day"]) for line in lines)
    numbers = {str(number) for (number,) in books.ask("SELECT id FROM orders_fact")}
    numbers |= {str(number) for (number,) in books.ask("SELECT id FROM members_party")}
    keys = {key for (key,) in books.ask("SELECT key FROM members_party")}
    keys |= {key for (key,) in books.ask("SELECT key FROM orders_fact")}
    assert not [number for number in numbers if number in text]
    assert not [key for key in keys if f'"{key}"' in text]
    assert all("lot" not in line for line in lines if line["kind"] in {"sale", "injection"})


def test_the_names_of_lots_are_the_platforms_secret(books: Books) -> None:
    open_story(books)
    first = [line["lot"] for line in feed(books) if line["kind"] == "mint"]
    assert all(re.fullmatch(r"[0-9a-f]{16}", lot) for lot in first)
    assert len(set(first)) == len(first)
    assert all(early != late for early, late in pairwise(sorted(first)))
    books.empty()
    open_story(books)
    second = [line["lot"] for line in feed(books) if line["kind"] == "mint"]
    assert not set(first) & set(second)
