"""Cases of refunds after settlement: placing one in the sequence, and reading them (E16).

An approved case whose store is owed what falls on it becomes a fact, on that very condition; one
whose store is not waits (等店家补款) and is looked at again. The fact's place decides: refused
there, the case waits again, and a later try is a fact of its own.

Works inside the caller's transaction, under its lock on the case.

Units: micro-yuan, moments in microseconds. Source: E16; I-4, I-18.
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import SECOND, format_at
from gongxiang.base.money import FEN
from gongxiang.economy.refusal import RefundExceedsOrder
from gongxiang.lab.lines import RefundedLine
from gongxiang.orders import facts
from gongxiang.orders.models import Kind
from gongxiang.orders.row_digest import MUST_BE_COVERED
from gongxiang.payments.clock import LATE
from gongxiang.settlement.trial import try_refund
from gongxiang.treasury.models import CaseState

AGAIN_SECONDS: Final = 60
"""How long after a look that found too little the store is looked at again."""
NEWEST: Final = 2**63 - 1
"""Older than this is every case."""

_CASE: Final = """
SELECT "case".order_id, "case".amount, "case".tries, fact.key
  FROM treasury_refundcase "case"
  JOIN orders_order bought ON (bought.member_id, bought.id) = ("case".member_id, "case".order_id)
  JOIN orders_fact fact ON (fact.at, fact.id) = (bought.paid_at, bought.id)
 WHERE "case".member_id = %s AND "case".id = %s
"""
_REFUND: Final = """
INSERT INTO orders_refund (id, member_id, order_id, amount, is_by_case, must_be_covered, own_rate)
VALUES (%s, %s, %s, %s, true, true, %s)
"""
_PLACED: Final = """
UPDATE treasury_refundcase SET state = %s, tries = tries + 1, refund_id = %s, next_at = NULL
 WHERE member_id = %s AND id = %s AND tries = %s
"""
_WAITS: Final = """
UPDATE treasury_refundcase SET state = %s, next_at = %s WHERE member_id = %s AND id = %s
"""
_AGAIN: Final = """
UPDATE treasury_refundcase SET state = %s, verdict = NULL, maker = '', maker_reason = '',
       checker = '', checker_reason = '', decided_at = NULL, next_at = NULL
 WHERE member_id = %s AND id = %s
"""
_ROWS: Final = f"""
SELECT "case".id, "case".member_id, "case".order_id, "case".store_id, fact.key, "case".amount,
       bought.amount, "case".reason, "case".is_by_store, "case".state, "case".verdict,
       "case".maker, "case".maker_reason, "case".checker, "case".checker_reason,
       (extract(epoch FROM "case".opened_at) * 1000000)::bigint,
       (extract(epoch FROM bought.paid_at) * 1000000)::bigint,
       CASE WHEN back.state IN ('waiting', 'unknown')
                 AND back.created_at < {LATE} THEN 'late'
            ELSE coalesce(back.state, '') END,
       coalesce(back.reason, ''), coalesce(outcome.amount, 0)
  FROM treasury_refundcase "case"
  JOIN orders_order bought ON (bought.member_id, bought.id) = ("case".member_id, "case".order_id)
  JOIN orders_fact fact ON (fact.at, fact.id) = (bought.paid_at, bought.id)
  LEFT JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = ("case".member_id, "case".refund_id)
  LEFT JOIN payments_channelrefund back
       ON back.refund_id = "case".refund_id AND NOT back.is_replaced
"""  # noqa: S608  no value is spliced in
_OPEN: Final = f"""{_ROWS} WHERE "case".state < 4 AND ("case".state, "case".id) > (%s, %s)
 ORDER BY "case".state, "case".id LIMIT %s
"""
_OF_ORDER: Final = f"""{_ROWS} WHERE "case".member_id = %s AND "case".order_id = %s
 ORDER BY "case".id DESC LIMIT %s
"""
_OF_STORE: Final = f"""{_ROWS} WHERE "case".store_id = %s AND "case".id < %s
 ORDER BY "case".id DESC LIMIT %s
"""
_ONE: Final = f"""{_ROWS} WHERE "case".member_id = %s AND "case".id = %s"""
_ONE_OF_STORE: Final = f"""{_ROWS} WHERE "case".store_id = %s AND "case".id = %s"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as its pages show it: what is asked, where it stands, who decided and why."""

    number: int
    member: int
    order: int
    store: int
    order_key: str
    amount: int
    paid: int
    reason: str
    is_by_store: bool
    state: CaseState
    verdict: int | None
    maker: str
    maker_reason: str
    checker: str
    checker_reason: str
    opened_at: int
    paid_at: int
    back: str
    """How the channel's refund stands: late after an hour without a result, empty before it."""
    back_reason: str
    """What the channel said where it refused."""
    sent: int
    """What went back through the channel, once it is settled."""

    @property
    def word(self) -> str:
        """Give the status as its owner reads it (faces.md 3.2)."""
        if self.is_refused:
            return "渠道没有退成"
        if self.state is CaseState.GRANTED and self.back not in {"", "done"}:
            return str(CaseState.PLACED.label)
        return "已退回" if self.state is CaseState.GRANTED else str(self.state.label)

    @property
    def is_refused(self) -> bool:
        """Tell whether it is granted, and the channel refused to send the money back."""
        return self.state is CaseState.GRANTED and self.back == "failed"

    @property
    def is_late(self) -> bool:
        """Tell whether it is granted, and the channel has given no result for an hour."""
        return self.state is CaseState.GRANTED and self.back == "late"

    @property
    def is_open(self) -> bool:
        """Tell whether it is not at its end."""
        return self.state < CaseState.GRANTED

    @property
    def tone(self) -> str:
        """Give the colour of its status."""
        if self.state is CaseState.DECLINED or self.is_refused:
            return "bad"
        return "ok" if self.word == "已退回" else "wait"


def place(cursor: Cursor[Any], *, member: int, case: int, at: int) -> CaseState:
    """Record the refund of an approved case, or let it wait for its store; give where it stands.

    Where less is left of the order by now than it asks for, it goes back to its review.
    """
    cursor.execute(_CASE, (member, case))
    row = cursor.fetchone()
    assert row is not None, f"case {case} is locked by its caller"
    order, amount, tries, order_key = row
    try:
        trial = try_refund(cursor, member=member, order=order, amount=amount)
    except RefundExceedsOrder:
        return review_again(cursor, member=member, case=case)
    if not trial.is_covered:
        return wait(cursor, member=member, case=case, at=at)
    own, key = trial.own_rate, f"case/{case}/{tries + 1}"
    recorded = facts.record(
        cursor,
        lambda moment: RefundedLine(key, order_key, amount // FEN, moment, own),
        kind=Kind.CASE,
        home=member,
        amount=amount,
        at=at,
        condition=MUST_BE_COVERED,
    )
    assert recorded.is_new, "each try has a key of its own"
    cursor.execute(_REFUND, (recorded.number, member, order, amount, own))
    cursor.execute(_PLACED, (CaseState.PLACED.value, recorded.number, member, case, tries))
    assert cursor.rowcount == 1, f"case {case} is locked by its caller"
    return CaseState.PLACED


def wait(cursor: Cursor[Any], *, member: int, case: int, at: int) -> CaseState:
    """Let a case wait until its store is owed more."""
    next_at = format_at(at + AGAIN_SECONDS * SECOND)
    cursor.execute(_WAITS, (CaseState.FUNDS.value, next_at, member, case))
    return CaseState.FUNDS


def review_again(cursor: Cursor[Any], *, member: int, case: int) -> CaseState:
    """Give a case back to its officers: what it asks for cannot be done any more."""
    cursor.execute(_AGAIN, (CaseState.REVIEW.value, member, case))
    return CaseState.REVIEW


def open_cases(
    cursor: Cursor[Any], *, count: int, after: tuple[int, ...] = (0, 0)
) -> tuple[Case, ...]:
    """Give the cases that are not at their end behind a state and number: reviews, oldest first."""
    return _cases(cursor, _OPEN, *after, count)


def cases_of_order(
    cursor: Cursor[Any], *, member: int, order: int, count: int = 5
) -> tuple[Case, ...]:
    """Give the newest cases of an order, newest first."""
    return _cases(cursor, _OF_ORDER, member, order, count)


def cases_of_store(
    cursor: Cursor[Any], *, store: int, count: int, before: int = NEWEST
) -> tuple[Case, ...]:
    """Give the newest cases of a store that are older than a number, newest first."""
    return _cases(cursor, _OF_STORE, store, before, count)


def one_case(cursor: Cursor[Any], *, member: int, case: int) -> Case | None:
    """Give one case."""
    return next(iter(_cases(cursor, _ONE, member, case)), None)


def case_of_store(cursor: Cursor[Any], *, store: int, case: int) -> Case | None:
    """Give one case of a store."""
    return next(iter(_cases(cursor, _ONE_OF_STORE, store, case)), None)


def _cases(cursor: Cursor[Any], query: str, *values: int) -> tuple[Case, ...]:
    cursor.execute(query, values)
    return tuple(map(_case, cursor.fetchall()))


def _case(row: tuple[Any, ...]) -> Case:
    number, member, order, store, order_key, amount, paid, reason, is_by_store, state, *more = row
    verdict, maker, maker_reason, checker, checker_reason, opened_at, paid_at, *rest = more
    back, back_reason, sent = rest
    return Case(
        number=number,
        member=member,
        order=order,
        store=store,
        order_key=order_key,
        amount=amount,
        paid=paid,
        reason=reason,
        is_by_store=is_by_store,
        state=CaseState(state),
        verdict=verdict,
        maker=maker,
        maker_reason=maker_reason,
        checker=checker,
        checker_reason=checker_reason,
        opened_at=opened_at,
        paid_at=paid_at,
        back=back,
        back_reason=back_reason,
        sent=sent,
    )
