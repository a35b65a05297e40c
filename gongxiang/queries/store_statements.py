"""A store's statements: what we recorded of a day beside what its channels' bills say.

Days are the channels' own (Shanghai), so that both sides mean the same one. An order's money is
freed when it was shared, or is expected to be when its refund window is over; a channel pays what
is free to the bank so many days later (rules/limits.toml).

Units: fen, micro-yuan in what is due. Source: P2, P3; I-6; design/ui/faces.md 6.3.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from gongxiang.base.money import FEN
from gongxiang.economy.split import split
from gongxiang.governance.terms import all_terms
from gongxiang.ledger import raw
from gongxiang.payments.ours import OURS, THEIRS
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.queries.store_statements_data import (
    ARRIVED,
    FREED,
    NOTHING_DUE,
    PAID_IN,
    REFUSED,
    RETURNED,
    SHARING,
    UNPAID,
    Commission,
    Day,
    Line,
    Moved,
    Statement,
)
from gongxiang.settlement import channel_limits

DAYS: Final = 31
_ACCOUNTS: Final = f"SELECT number FROM {ACCOUNTS} account WHERE store_id = %s"  # noqa: S608  no value is spliced in
_BEGIN: Final = "(%(day)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')"
_END: Final = "((%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"
_OURS: Final = f"""
SELECT moved.attempt_number, moved.provider, moved.kind, moved.payee,
       sum(moved.amount_fen)::bigint
  FROM ({OURS}) moved JOIN payments_attempt attempt ON attempt.number = moved.attempt_number
 WHERE moved.payee = ANY(%(accounts)s) AND moved.at >= {_BEGIN} AND moved.at < {_END}
   AND attempt.store_id = %(store)s
 GROUP BY 1, 2, 3, 4
"""  # noqa: S608  no value is spliced in
_THEIRS: Final = f"""
SELECT coalesce(money.attempt_number, line.number), line.provider, line.kind, line.payee,
       sum(line.amount_fen)::bigint, sum(line.fee_fen)::bigint
  FROM ({THEIRS}) line
  LEFT JOIN payments_transaction money USING (provider, transaction_id)
  LEFT JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE line.payee = ANY(%(accounts)s) AND line.day = %(day)s::date
   AND coalesce(attempt.store_id, %(store)s) = %(store)s
 GROUP BY 1, 2, 3, 4
"""  # noqa: S608  no value is spliced in
_STATES: Final = """
SELECT attempt.number, paid.amount <= paid.returned,
       CASE WHEN share.state = 'failed' AND share.freed_at IS NOT NULL THEN 'freed'
            ELSE share.state END, share.received_id IS NOT NULL,
       pay_in.number IS NOT NULL, paid.amount - paid.returned, paid.commission_rate,
       paid.version_id, share.commission, share.amount_fen,
       (CASE WHEN share.state = 'done' THEN share.done_at
             WHEN share.freed_at IS NOT NULL THEN share.freed_at
             WHEN pay_in.number IS NOT NULL THEN money.paid_at
             WHEN paid.amount > paid.returned AND share.state IS DISTINCT FROM 'failed'
             THEN greatest(clock_timestamp(), paid.due_at - make_interval(
                      secs => (SELECT offset_seconds FROM points_horizon)))
        END AT TIME ZONE 'Asia/Shanghai')::date
  FROM payments_attempt attempt
  LEFT JOIN payments_transaction money
    ON money.attempt_number = attempt.number AND NOT money.is_surplus
  LEFT JOIN orders_order paid ON (paid.member_id, paid.id) = (attempt.member_id, attempt.order_id)
  LEFT JOIN payments_share share ON share.attempt_number = attempt.number
  LEFT JOIN treasury_payin pay_in
    ON (pay_in.store_id, pay_in.number) = (attempt.store_id, attempt.number)
 WHERE attempt.number = ANY(%s)
"""
_BILLS: Final = """
SELECT payee FROM payments_bill
 WHERE day = %(day)s::date AND is_whole AND payee = ANY(%(bills)s)
 UNION
SELECT payee FROM payments_billline WHERE day = %(day)s::date AND payee = ANY(%(accounts)s)
"""
_OVER: Final = "SELECT %s::date < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"
_DAYS: Final = f"""
SELECT (moved.at AT TIME ZONE 'Asia/Shanghai')::date::text, moved.kind,
       sum(moved.amount_fen)::bigint
  FROM ({OURS}) moved JOIN payments_attempt attempt ON attempt.number = moved.attempt_number
 WHERE moved.payee = ANY(%(accounts)s) AND attempt.store_id = %(store)s
   AND moved.at >= ((clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - %(days)s)::timestamp
                   AT TIME ZONE 'Asia/Shanghai'
 GROUP BY 1, 2
"""  # noqa: S608  no value is spliced in


def days(*, store: int) -> tuple[Day, ...]:
    """Give the days of the last month on which anything moved, newest first."""
    accounts = [number for (number,) in _rows(_ACCOUNTS, (store,))]
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for day, kind, amount in _rows(_DAYS, {"accounts": accounts, "store": store, "days": DAYS}):
        found[day][kind] = amount
    return tuple(
        Day(
            day=day,
            paid=sums.get("paid", 0),
            refunded=sums.get("refunded", 0),
            given=sums.get("shared", 0) - sums.get("returned", 0),
        )
        for day, sums in sorted(found.items(), reverse=True)
    )


def statement(*, store: int, day: str) -> Statement:
    """Give a store's day, written YYYY-MM-DD."""
    accounts = [number for (number,) in _rows(_ACCOUNTS, (store,))]
    asked = {"accounts": accounts, "bills": ["", *accounts], "store": store, "day": day}
    sides = _Sides()
    for row in _rows(_OURS, asked):
        sides.take(row, sides.ours)
    for *told, fee in _rows(_THEIRS, asked):
        sides.fees[sides.take(told, sides.theirs)] += fee
    orders, days_after = _orders(sides.payees), channel_limits.bank_days()
    billed = {payee for (payee,) in _rows(_BILLS, asked)}
    ((is_over,),) = _rows(_OVER, (day,))
    return Statement(
        day=day,
        is_over=is_over,
        lines=tuple(
            _line(
                key,
                sides,
                orders.get(key[0], _Order()),
                bank_days=days_after.get(Provider(key[1])),
                has_bill=_is_billed(key, sides, billed),
            )
            for key in sorted(sides.payees)
        ),
    )


_Key = tuple[str, str]
"""An attempt's number and its channel."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """What moved of each order on a day, on both sides, and into which account."""

    ours: defaultdict[_Key, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    theirs: defaultdict[_Key, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    fees: defaultdict[_Key, int] = field(default_factory=lambda: defaultdict(int))
    payees: dict[_Key, str] = field(default_factory=dict)

    def take(self, row: Sequence[Any], side: dict[_Key, dict[str, int]]) -> _Key:
        """Take in what one side says; give whose it is."""
        number, provider, kind, payee, amount = row
        sums = side[number, provider]
        sums[kind] = sums.get(kind, 0) + amount
        self.payees.setdefault((number, provider), payee)
        return number, provider


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What is known of the order of a line, whatever day it is."""

    state: tuple[str, str] = UNPAID
    commission: Commission = NOTHING_DUE
    freed: date | None = None


def _line(
    key: _Key, sides: _Sides, order: _Order, *, bank_days: int | None, has_bill: bool
) -> Line:
    """Put a line together; the commission stands on the day on which the order was paid."""
    ours, expected = Moved(**sides.ours[key]), None
    if order.freed is not None and bank_days is not None:
        expected = (order.freed + timedelta(days=bank_days)).isoformat()
    return Line(
        number=key[0],
        channel=Provider(key[1]).title,
        ours=ours,
        theirs=Moved(**sides.theirs[key]),
        fee=sides.fees[key],
        state=order.state,
        has_bill=has_bill,
        commission=order.commission if ours.paid else NOTHING_DUE,
        bank_date=expected,
    )


def _is_billed(key: _Key, sides: _Sides, billed: set[str]) -> bool:
    """Tell whether the bill of a line's own account is there; WeChat has one for all stores."""
    return sides.payees[key] in billed or (key[1] == Provider.WECHAT.value and "" in billed)


def _orders(keys: Iterable[_Key]) -> dict[str, _Order]:
    """Give what is known of the orders of some attempts."""
    terms = all_terms()
    found = {}
    for number, *row in _rows(_STATES, ([number for number, _ in keys],)):
        is_returned, share, has_arrived, is_paid_in, spend, rate, version, *shared, freed = row
        commission, share_fen = shared
        due = 0
        if commission is not None:
            due = commission
        elif spend:
            due = spend - split(spend, commission_rate=rate, terms=terms[version]).merchant
        found[number] = _Order(
            state=_state(
                share, is_returned=is_returned, has_arrived=has_arrived, is_paid_in=is_paid_in
            ),
            commission=_commission(due, share, share_fen),
            freed=freed,
        )
    return found


def _commission(due: int, share: str | None, share_fen: int | None) -> Commission:
    """Say what became of what an order owes."""
    if share is None or share_fen is None:
        return Commission(due=due)
    amount = share_fen * FEN
    if share in {"failed", "freed"}:
        return Commission(due=due, carried=due)
    return Commission(due=due, shared=amount if share == "done" else 0, carried=due - amount)


def _state(
    share: str | None, *, is_returned: bool | None, has_arrived: bool, is_paid_in: bool
) -> tuple[str, str]:
    """Say where the money of an order is, or that it was paid in for a case."""
    if is_paid_in:
        return PAID_IN
    if is_returned:
        return RETURNED
    if has_arrived:
        return ARRIVED
    return {"done": FREED, "freed": FREED, "failed": REFUSED, None: UNPAID}.get(share, SHARING)


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  the driver's own
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
