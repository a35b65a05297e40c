"""A channel's bill of a day is fetched and every line of it kept, once.

    bill of (channel, account, day) asked for, outside a transaction -> lines: one commit

Fetched again, a bill gives the same lines again, and perhaps more of a day that is not over. A
line that says something else than before stops it: a bill is not rewritten.

Units: fen. Source: P3, P5; I-6.
"""

from typing import Final

from django.db import transaction

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.payments import gateway, ours
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import BillLine, Payee

_INSERT: Final = """
INSERT INTO payments_billline (provider, kind, reference, number, transaction_id, payee, day,
                               amount_fen, fee_fen, at, business)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_KNOWN: Final = """
SELECT kind, reference, number, transaction_id, payee, amount_fen, fee_fen
  FROM payments_billline WHERE provider = %s AND reference = ANY(%s)
"""


class BillChanged(Exception):
    """A line of a bill that says something else than it did: nothing was kept."""


def fetch_bill(*, provider: Provider, payee: Payee, day: str) -> int:
    """Fetch a bill; give how many of its lines are new.

    WeChat's is that of all stores, whatever `payee` is, unless it is `OWN`. Raises `BillChanged`,
    and the gateway's `Unknown` and `Declined`.
    """
    lines = gateway.fetch_bill(provider=provider, payee=payee, day=day)
    rows = [
        (
            *(provider.value, *_told(line)[:5], day),
            *(line.amount_fen, line.fee_fen, format_at(line.at), line.business),
        )
        for line in sorted(lines, key=lambda line: (line.kind.value, line.reference))
    ]
    if not rows:
        return 0
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.executemany(_INSERT, rows)
        added = cursor.rowcount
        cursor.execute(_KNOWN, (provider.value, [line.reference for line in lines]))
        known = {row[:2]: row for row in cursor.fetchall()}
        for line in lines:
            told = _told(line)
            if known[told[:2]] != told:
                raise BillChanged(f"{provider.value} {day}: {known[told[:2]]} is now {told}")
        numbers = [line.number for line in lines]
        ours.stand_on_bills(cursor, provider=provider, numbers=numbers)
    return added


def _told(line: BillLine) -> tuple[str | int, ...]:
    return (
        line.kind.value,
        line.reference,
        line.number,
        line.transaction_id,
        line.payee,
        line.amount_fen,
        line.fee_fen,
    )
