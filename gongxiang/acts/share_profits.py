"""The platform's part of what has settled becomes due from the stores' payments: one share each.

    settled orders after the cursor -> one instruction a payment, under a number of ours: one commit

    share = commission + what was carried, in whole fen, at most the channel's ratio of the payment

What a channel cannot move, a part of a fen or what is over its ratio, is carried to the store's
next payment; below zero it is the store's, whose next shares are smaller. Settlement itself knows
nothing of this: the cursor follows its closed batches.

Units: micro-yuan, fen where the name says so. Source: P2, P5; E6; reliability 1.4.
"""

from collections import defaultdict
from functools import lru_cache
from typing import Any, Final

from django.db import transaction
from psycopg import Cursor

from gongxiang.base.money import FEN, MYRIAD
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import terms_of
from gongxiang.ledger import raw
from gongxiang.points.models import StepKind
from gongxiang.settlement.channel_limits import ShareLimits, share_limits

STEPS_AT_ONCE: Final = 10_000
CUT_SECONDS: Final = 1
"""A channel tells the moment of a payment in whole seconds: it was up to one second later."""
_TAKE: Final = """
UPDATE payments_sharecursor SET id = id WHERE id = 1
RETURNING step_id, (SELECT step FROM points_pool WHERE id = 1)
"""
_MOVE: Final = "UPDATE payments_sharecursor SET step_id = %s WHERE id = 1"
_SETTLED: Final = """
SELECT step.order_id, lot.settled_spend, paid.commission_rate, paid.version_id, attempt.store_id,
       money.provider, money.transaction_id, money.attempt_number, money.payee, money.amount_fen
  FROM points_step step
  JOIN points_lot lot ON (lot.member_id, lot.id) = (step.home_id, step.order_id)
  JOIN orders_order paid ON (paid.member_id, paid.id) = (step.home_id, step.order_id)
  JOIN payments_attempt attempt
    ON (attempt.member_id, attempt.order_id) = (step.home_id, step.order_id)
  JOIN payments_transaction money ON money.attempt_number = attempt.number AND NOT money.is_surplus
 WHERE step.id > %s AND step.id <= %s AND step.kind = %s
 ORDER BY step.id
"""
_CARRIED: Final = """
SELECT store_id, provider, carried FROM payments_submerchant WHERE store_id = ANY(%s)
"""
_CARRY: Final = """
UPDATE payments_submerchant account SET carried = carried + change.amount
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[]) AS change (store_id, provider, amount)
 WHERE (account.store_id, account.provider) = (change.store_id, change.provider)
"""
_SHARE: Final = """
INSERT INTO payments_share (number, provider, transaction_id, attempt_number, store_id, payee,
    spend_fen, commission, amount_fen, state, reason, last_at, tries, next_at, created_at)
SELECT %s, money.provider, money.transaction_id, money.attempt_number, %s, money.payee,
       %s, %s, %s, 'waiting', '', money.paid_at + make_interval(days => %s), 0,
       greatest(clock_timestamp(), money.paid_at + make_interval(secs => %s)), clock_timestamp()
  FROM payments_transaction money WHERE (money.provider, money.transaction_id) = (%s, %s)
"""


def share_profits() -> int:
    """Write the shares of what has settled since the last time; give how many."""
    limits = share_limits()
    if limits is None:
        return 0
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_TAKE)
        after, newest = cursor.fetchone() or (0, None)
        until = min(newest or 0, after + STEPS_AT_ONCE)
        if until <= after:
            return 0
        cursor.execute(_SETTLED, (after, until, StepKind.MINT.value))
        rows = cursor.fetchall()
        if rows:
            _write(cursor, rows, limits)
        cursor.execute(_MOVE, (until,))
    return len(rows)


def _write(cursor: Cursor[Any], rows: list[tuple[Any, ...]], limits: ShareLimits) -> None:
    """Write one share a payment, in the order of settlement, and what stays for the next ones."""
    carried = _carried(cursor, {row[4] for row in rows})
    before = dict(carried)
    written = []
    for order, spend, rate, version, store, provider, number, _, _, paid_fen in rows:
        parts = split(spend, commission_rate=rate, terms=_terms(version))
        commission = spend - parts.merchant
        due = commission + carried[store, provider]
        most_fen = min(paid_fen * limits.ratio_max // MYRIAD, spend // FEN)
        share_fen = max(0, min(due // FEN, most_fen))
        carried[store, provider] = due - share_fen * FEN
        money = (spend // FEN, commission, share_fen)
        waits = (limits.days_max, limits.wait_seconds + CUT_SECONDS)
        written.append((f"GXP{order}", store, *money, *waits, provider, number))
    cursor.executemany(_SHARE, written)
    changes = [
        (store, provider, amount - before.get((store, provider), 0))
        for (store, provider), amount in sorted(carried.items())
    ]
    cursor.execute(_CARRY, tuple(map(list, zip(*changes, strict=True))))


def _carried(cursor: Cursor[Any], stores: set[int]) -> defaultdict[tuple[int, str], int]:
    cursor.execute(_CARRIED, (sorted(stores),))
    rows = {(store, provider): amount for store, provider, amount in cursor.fetchall()}
    return defaultdict(int, rows)


@lru_cache(maxsize=64)
def _terms(version: int) -> Terms:
    """Give the terms of a version, which never change."""
    return terms_of(version)
