"""A store's statements: what we recorded of a day beside what its channels' bills say.

Days are the channels' own (Shanghai), so that both sides mean the same one.

Units: fen. Source: P2, P3; I-6; design/ui/faces.md 6.3.
"""

from collections import defaultdict
from typing import Any, Final

from gongxiang.ledger import raw
from gongxiang.payments.ours import OURS, THEIRS
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.queries.store_statements_data import (
    ARRIVED,
    FREED,
    PAID_IN,
    REFUSED,
    RETURNED,
    SHARING,
    UNPAID,
    Day,
    Line,
    Moved,
    Statement,
)

DAYS: Final = 31
_ACCOUNTS: Final = f"SELECT number FROM {ACCOUNTS} account WHERE store_id = %s"  # noqa: S608  no value is spliced in
_BEGIN: Final = "(%(day)s::date::timestamp AT TIME ZONE 'Asia/Shanghai')"
_END: Final = "((%(day)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')"
_OURS: Final = f"""
SELECT moved.attempt_number, moved.provider, moved.kind, sum(moved.amount_fen)::bigint
  FROM ({OURS}) moved JOIN payments_attempt attempt ON attempt.number = moved.attempt_number
 WHERE moved.payee = ANY(%(accounts)s) AND moved.at >= {_BEGIN} AND moved.at < {_END}
   AND attempt.store_id = %(store)s
 GROUP BY 1, 2, 3
"""  # noqa: S608  no value is spliced in
_THEIRS: Final = f"""
SELECT coalesce(money.attempt_number, line.number), line.provider, line.kind,
       sum(line.amount_fen)::bigint, sum(line.fee_fen)::bigint
  FROM ({THEIRS}) line
  LEFT JOIN payments_transaction money USING (provider, transaction_id)
  LEFT JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE line.payee = ANY(%(accounts)s) AND line.day = %(day)s::date
   AND coalesce(attempt.store_id, %(store)s) = %(store)s
 GROUP BY 1, 2, 3
"""  # noqa: S608  no value is spliced in
_STATES: Final = """
SELECT attempt.number, paid.amount <= paid.returned, share.state, share.received_id IS NOT NULL,
       pay_in.number IS NOT NULL
  FROM payments_attempt attempt
  LEFT JOIN orders_order paid ON (paid.member_id, paid.id) = (attempt.member_id, attempt.order_id)
  LEFT JOIN payments_share share ON share.attempt_number = attempt.number
  LEFT JOIN treasury_payin pay_in
    ON (pay_in.store_id, pay_in.number) = (attempt.store_id, attempt.number)
 WHERE attempt.number = ANY(%s)
"""
_BILLS: Final = """
SELECT %(day)s::date < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date,
       ARRAY(SELECT DISTINCT provider::text FROM payments_bill
              WHERE day = %(day)s::date AND is_whole AND payee = ANY(%(bills)s)
             UNION
             SELECT DISTINCT provider::text FROM payments_billline
              WHERE day = %(day)s::date AND payee = ANY(%(accounts)s))
"""
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
    ours: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    theirs: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    fees: dict[tuple[str, str], int] = defaultdict(int)
    for number, provider, kind, amount in _rows(_OURS, asked):
        ours[number, provider][kind] = amount
    for number, provider, kind, amount, fee in _rows(_THEIRS, asked):
        theirs[number, provider][kind] = amount
        fees[number, provider] += fee
    named = sorted({*ours, *theirs})
    states = {row[0]: row[1:] for row in _rows(_STATES, ([number for number, _ in named],))}
    is_over, billed = _rows(_BILLS, asked)[0]
    return Statement(
        day=day,
        is_over=is_over,
        lines=tuple(
            Line(
                number=key[0],
                channel=Provider(key[1]).title,
                ours=Moved(**ours[key]),
                theirs=Moved(**theirs[key]),
                fee=fees[key],
                state=_state(states.get(key[0])),
                has_bill=key[1] in billed,
            )
            for key in named
        ),
    )


def _state(row: tuple[Any, ...] | None) -> tuple[str, str]:
    """Say where the money of an order is, or that it was paid in for a case."""
    if row is None:
        return UNPAID
    is_returned, share, has_arrived, is_paid_in = row
    if is_paid_in:
        return PAID_IN
    if is_returned:
        return RETURNED
    if has_arrived:
        return ARRIVED
    return {"done": FREED, "failed": REFUSED, None: UNPAID}.get(share, SHARING)


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  the driver's own
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
