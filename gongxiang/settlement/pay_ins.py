"""What a store pays in for a case that it is owed too little for: how much, and what became of it.

    lacks = store pays - store owed - paid in and not in the books yet, in whole fen, rounded up
    money came -> one fact, under the attempt's number -> the books owe the store so much more

Any case that is looked at may take what the store is owed by then: nothing is set aside. What is
paid in and not needed stays owed to the store until its arrivals are netted (`receive_arrivals`).

Works inside the caller's transaction.

Units: fen; micro-yuan, moments in microseconds. Source: E16; P2; I-4.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final

from django.conf import settings
from psycopg import Cursor

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN, ceil_div
from gongxiang.lab.lines import StorePaidInLine
from gongxiang.orders import facts
from gongxiang.orders.models import Kind
from gongxiang.payments import attempts
from gongxiang.payments.attempts import Asked
from gongxiang.payments.models import Attempt
from gongxiang.settlement.cases import Case
from gongxiang.settlement.trial import Trial, try_refund

_ON_WAY: Final = """
SELECT coalesce(sum(pay_in.amount_fen), 0)::bigint
  FROM treasury_payin pay_in
  JOIN orders_fact fact ON fact.key = pay_in.number
  CROSS JOIN points_pool pool
 WHERE pay_in.store_id = %s AND pay_in.fact_id IS NOT NULL AND pay_in.received_id IS NULL
   AND (fact.at, 1, fact.id) > (pool.cursor_at, pool.cursor_rank, pool.cursor_id)
"""
_OF_CASE: Final = """
SELECT pay_in.number, pay_in.amount_fen, attempt.state, attempt.provider,
       attempt.expires_at > clock_timestamp(), pay_in.received_id IS NOT NULL,
       (extract(epoch FROM pay_in.opened_at) * 1000000)::bigint,
       (SELECT (extract(epoch FROM fact.at) * 1000000)::bigint FROM orders_fact fact
         WHERE fact.key = pay_in.number AND pay_in.fact_id IS NOT NULL),
       attempt.hand_off
  FROM treasury_payin pay_in JOIN payments_attempt attempt USING (number)
 WHERE pay_in.store_id = %s AND pay_in.case_id = %s ORDER BY pay_in.opened_at DESC
"""
_INSERT: Final = """
INSERT INTO treasury_payin (number, store_id, member_id, case_id, person_id, amount_fen, opened_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_IS_ONE: Final = """
SELECT party.key FROM treasury_payin pay_in JOIN members_party party ON party.id = pay_in.store_id
 WHERE pay_in.store_id = %s AND pay_in.number = %s
"""
_CAME: Final = """
UPDATE treasury_payin SET fact_id = %s WHERE store_id = %s AND number = %s AND fact_id IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Who would pay what of a case at this moment, and what its store has to pay in for it."""

    trial: Trial
    on_way_fen: int
    """What the store has paid in and the settler has not reached: it counts already."""

    @property
    def on_way(self) -> int:
        """Give the same in micro-yuan."""
        return self.on_way_fen * FEN

    @property
    def fen(self) -> int:
        """Give what is lacking in whole fen, rounded up: the rest of a fen stays the store's."""
        return ceil_div(max(0, self.trial.lacks - self.on_way), FEN)

    @property
    def asks_fen(self) -> int:
        """Give what one payment is of it."""
        return min(self.fen, settings.PAYMENT_FEN_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayIn:
    """One payment of a store for a case, as its pages show it."""

    number: str
    amount_fen: int
    state: str
    channel: str
    can_be_paid: bool
    is_netted: bool
    opened_at: int
    came_at: int | None
    """When its money was recorded, none before."""
    hand_off: str
    """Where whoever pays goes on, empty while nobody knows."""

    @property
    def amount(self) -> int:
        """Give it in micro-yuan."""
        return self.amount_fen * FEN

    @property
    def is_paid(self) -> bool:
        """Tell whether its money has come."""
        return self.state == Attempt.State.PAID

    @property
    def is_open(self) -> bool:
        """Tell whether it is the one that may be paid now."""
        return self.can_be_paid and self.state not in {Attempt.State.PAID, Attempt.State.CLOSED}

    @property
    def word(self) -> str:
        """Give the status as store and officers read it."""
        if self.is_paid:
            return "已结清" if self.is_netted else "已收到"
        if self.is_open:
            return "付款中"
        return "没有付" if self.state == Attempt.State.CLOSED else "等结果"

    @property
    def tone(self) -> str:
        """Give the colour of its status."""
        if self.is_paid:
            return "ok"
        return "" if self.state == Attempt.State.CLOSED else "wait"


def lack(cursor: Cursor[Any], case: Case) -> Lack:
    """Compute what a case lacks at this moment.

    Raises `economy.refusal.RefundExceedsOrder` where less is left of the order than it asks for.
    """
    trial = try_refund(cursor, member=case.member, order=case.order, amount=case.amount)
    cursor.execute(_ON_WAY, (case.store,))
    (on_way_fen,) = cursor.fetchone() or (0,)
    return Lack(trial=trial, on_way_fen=on_way_fen)


def of_case(cursor: Cursor[Any], case: Case) -> tuple[PayIn, ...]:
    """Give what was paid in for a case, or was going to be, newest first."""
    cursor.execute(_OF_CASE, (case.store, case.number))
    names = [each.name for each in fields(PayIn)]
    return tuple(PayIn(**dict(zip(names, row, strict=True))) for row in cursor.fetchall())


def the_open_one(found: Iterable[PayIn]) -> PayIn | None:
    """Give the one that may be paid now, if there is one."""
    return next((each for each in found if each.is_open), None)


def add(cursor: Cursor[Any], case: Case, asked: Asked, *, person: int, key: str, now: int) -> None:
    """Write an attempt down that is for a case."""
    attempts.add(cursor, asked, home=person, key=key, now=now)
    own = (case.store, case.member, case.number, person)
    cursor.execute(_INSERT, (asked.number, *own, asked.amount_fen, format_at(now)))


def record(cursor: Cursor[Any], *, store: int, number: str, amount_fen: int) -> int | None:
    """Record what came in by an attempt for a case; give the fact, none for any other attempt.

    The caller holds the attempt's row: the fact's key is the attempt's number, so it is one.
    """
    cursor.execute(_IS_ONE, (store, number))
    row = cursor.fetchone()
    if row is None:
        return None
    recorded = facts.record(
        cursor,
        lambda moment: StorePaidInLine(number, row[0], amount_fen, moment),
        kind=Kind.STORE_PAID_IN,
        home=store,
        amount=amount_fen * FEN,
        at=facts.moment(cursor),
    )
    cursor.execute(_CAME, (recorded.number, store, number))
    assert cursor.rowcount == 1, f"{number} comes in once"
    return recorded.number
