"""Asking for cash: the fact of a withdrawal, and its payout waiting for review (P4).

The withdrawal takes its place in the sequence and is answered there; what can be known before is
refused here, under a lock on the member.

Units: `amount_fen` in fen. Source: P4; reliability C1, I-7, I-23.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.money import FEN
from gongxiang.economy import accounts
from gongxiang.governance.models import RuleVersion
from gongxiang.lab.lines import WithdrawnLine
from gongxiang.ledger import raw
from gongxiang.orders import facts
from gongxiang.orders.facts import Recorded
from gongxiang.orders.models import Kind
from gongxiang.rulebook.load import load_book
from gongxiang.treasury.models import PayoutState

_MEMBER: Final = """
SELECT key FROM members_party WHERE id = %s AND kind = 1 FOR UPDATE
"""
_FREE: Final = """
SELECT coalesce((SELECT amount FROM ledger_balance WHERE party_id = %s AND account = %s), 0),
       coalesce(sum(fact.amount), 0)
  FROM orders_fact fact
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id)
 WHERE fact.home_id = %s AND fact.kind = 11 AND outcome.fact_id IS NULL AND fact.id <> %s
"""
_WITHDRAWAL: Final = "INSERT INTO treasury_withdrawal (id, member_id, amount) VALUES (%s, %s, %s)"
_PAYOUT: Final = """
INSERT INTO treasury_payout (withdrawal_id, member_id, state, maker, checker, reason)
VALUES (%s, %s, %s, '', '', '')
"""


class UnknownPayee(Exception):
    """Nobody is known under this number: nothing was recorded."""


@dataclass(slots=True, eq=False)
class WithdrawalTooLarge(Exception):
    """More than the settled balance (P4): `most` micro-yuan, whole fen, can be taken out."""

    most: int


@dataclass(slots=True, eq=False)
class WithdrawalTooSmall(Exception):
    """Less than the rules allow at once: at least `least` micro-yuan, of `balance`."""

    least: int
    balance: int


def withdraw(*, key: str, member: int, amount_fen: int) -> Recorded:
    """Record a withdrawal under a key; the same key and body give the first answer again.

    Raises `WithdrawalTooLarge`, `WithdrawalTooSmall`, `UnknownPayee`, `facts.KeyTaken`; nothing has
    then changed.
    """
    amount = amount_fen * FEN
    with transaction.atomic(durable=True):
        version = RuleVersion.objects.latest("id")
        least = _least(version.preset, tuple(version.settings))
        with raw.cursor() as cursor:
            at = facts.moment(cursor)
            cursor.execute(_MEMBER, (member,))
            row = cursor.fetchone()
            if row is None:
                raise UnknownPayee(f"member {member} is not known")
            recorded = facts.record(
                cursor,
                lambda moment: WithdrawnLine(key, row[0], amount_fen, moment),
                kind=Kind.WITHDRAWN,
                home=member,
                amount=amount,
                at=at,
            )
            if recorded.is_new:
                _refuse(cursor, recorded, member, amount, least)
                cursor.execute(_WITHDRAWAL, (recorded.number, member, amount))
                cursor.execute(_PAYOUT, (recorded.number, member, PayoutState.REVIEW.value))
    return recorded


def _refuse(cursor: Cursor[Any], recorded: Recorded, member: int, amount: int, least: int) -> None:
    cursor.execute(_FREE, (member, accounts.CASH, member, recorded.number))
    row = cursor.fetchone()
    assert row is not None, "an aggregate has one row"
    free = max(0, row[0] - row[1])
    if amount < least:
        raise WithdrawalTooSmall(least=least, balance=free - free % FEN)
    if amount > free:
        raise WithdrawalTooLarge(most=free - free % FEN)


@cache
def _least(preset: str, settings: tuple[str, ...]) -> int:
    """Give the smallest withdrawal of a version, in micro-yuan."""
    return load_book(preset=preset, settings=settings).number(name="withdrawal_min")
