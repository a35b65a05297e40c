"""Asking for cash: the fact of a withdrawal, and its payout waiting for review (P4).

The withdrawal takes its place in the sequence and is answered there; what can be known before is
refused here, alone at work on the person: the day's limit is one for all his accounts.

Units: `amount_fen` in fen. Source: P4; reliability C1, I-7, I-23.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.clock import next_shanghai_midnight
from gongxiang.base.money import FEN
from gongxiang.economy import accounts
from gongxiang.governance.withdrawing import (
    WithdrawalRules,
    withdrawal_rules,
    withdrawal_rules_at,
)
from gongxiang.lab.lines import WithdrawnLine
from gongxiang.ledger import raw
from gongxiang.members import clusters
from gongxiang.orders import facts
from gongxiang.orders.facts import Recorded
from gongxiang.orders.models import Kind
from gongxiang.treasury.daily import asked_that_day
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
INSERT INTO treasury_payout
    (withdrawal_id, member_id, state, maker, checker, reason, provider, payee, payee_shown, tax)
VALUES (%s, %s, %s, '', '', '', %s, %s, %s, %s)
"""
_PAYEE: Final = """
SELECT payee.provider, payee.account, payee.shown
  FROM members_payee payee
  JOIN members_verified verified ON verified.member_id = payee.member_id
 WHERE payee.member_id = %s
"""
_RECORDED: Final = """
SELECT payee_shown FROM treasury_payout WHERE (member_id, withdrawal_id) = (%s, %s)
"""


class NotVerified(Exception):
    """Nobody was verified, or no account was named to send it to: first do that (H5)."""


class UnknownPayee(Exception):
    """Nobody is known under this number: nothing was recorded."""


@dataclass(slots=True, eq=False)
class WithdrawalTooLarge(Exception):
    """More than the settled balance (P4): `most` micro-yuan, whole fen, can be taken out."""

    most: int


@dataclass(slots=True, eq=False)
class WithdrawsTooMuchToday(Exception):
    """More than the rules allow a person in a day: `most` is left until `resets_at`."""

    most: int
    resets_at: int


@dataclass(slots=True, eq=False)
class WithdrawalTooSmall(Exception):
    """Less than the rules allow at once: at least `least` micro-yuan, of `balance`."""

    least: int
    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person was shown before he asked: the tax, what arrives (µ¥), the account."""

    tax: int
    pays: int
    payee: str


@dataclass(slots=True, eq=False)
class WithdrawalMoved(Exception):
    """The tax, or the account, is by now another than the one that was shown: look again."""

    now: Shown


def withdraw(*, key: str, member: int, amount_fen: int, shown: Shown | None = None) -> Recorded:
    """Record a withdrawal under a key; the same key and body give the first answer again.

    Where something was shown for it, it is recorded only if that still holds.
    Raises `WithdrawalTooLarge`, `WithdrawalTooSmall`, `WithdrawsTooMuchToday`, `UnknownPayee`,
    `NotVerified`, `WithdrawalMoved`, `facts.KeyTaken`; nothing has then changed.
    """
    amount = amount_fen * FEN
    with transaction.atomic(durable=True):
        rules = withdrawal_rules()
        with raw.cursor() as cursor:
            at = facts.moment(cursor)
            person = clusters.hold(cursor, member=member)
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
                _refuse(cursor, recorded, person, amount, rules)
                cursor.execute(_WITHDRAWAL, (recorded.number, member, amount))
                values = (recorded.number, member, PayoutState.REVIEW.value)
                payee = _payee(cursor, member)
                now = _shows(rules, amount, payee[2])
                if shown not in {None, now}:
                    raise WithdrawalMoved(now)
                cursor.execute(_PAYOUT, (*values, *payee, rules.withheld(amount)))
            elif shown not in {None, _recorded(cursor, recorded, member, amount)}:
                raise facts.KeyTaken(f"{key} stands for what was shown otherwise")
    return recorded


def _recorded(cursor: Cursor[Any], recorded: Recorded, member: int, amount: int) -> Shown:
    """Give what was shown for a withdrawal that is recorded: what it was recorded with."""
    cursor.execute(_RECORDED, (member, recorded.number))
    row = cursor.fetchone()
    assert row is not None, "a withdrawal under a key has its payout"
    _, rules = withdrawal_rules_at(recorded.at)
    return _shows(rules, amount, row[0])


def _shows(rules: WithdrawalRules, amount: int, payee: str) -> Shown:
    return Shown(tax=rules.tax(amount), pays=amount - rules.withheld(amount), payee=payee)


def _payee(cursor: Cursor[Any], member: int) -> tuple[str, str, str]:
    """Give the account that the member's cash goes to, sealed, and what is shown of it."""
    cursor.execute(_PAYEE, (member,))
    row = cursor.fetchone()
    if row is None:
        raise NotVerified(f"member {member} has no verified payee")
    provider, account, shown = row
    return provider, account, shown


def _refuse(
    cursor: Cursor[Any], recorded: Recorded, person: list[int], amount: int, rules: WithdrawalRules
) -> None:
    member = person[0]
    cursor.execute(_FREE, (member, accounts.CASH, member, recorded.number))
    row = cursor.fetchone()
    assert row is not None, "an aggregate has one row"
    free = max(0, row[0] - row[1])
    if amount < rules.least:
        raise WithdrawalTooSmall(least=rules.least, balance=free - free % FEN)
    if amount > free:
        raise WithdrawalTooLarge(most=free - free % FEN)
    asked = asked_that_day(cursor, person=person, at=recorded.at, without=recorded.number)
    rest = max(0, rules.day_max - asked)
    if amount > rest:
        raise WithdrawsTooMuchToday(most=rest, resets_at=next_shanghai_midnight(recorded.at))
