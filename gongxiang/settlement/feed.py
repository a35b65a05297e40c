"""The pool feed for everybody: every step with what moved the pair, and nothing about anybody.

A line has the step's number, its kind, its day, the amount that entered or left, the points that
were made or burned, and the pair after it; a mint also its lot's cap. A lot appears under a random
id (a keyed hash with a secret of the platform), so that its mint, its exit and its refunds can be
followed but not whose it is. A sale names no lot: a sale out of several would tell that they
belong to one person. Hours, stores, members and orders do not appear.

Units: micro-yuan, atoms, Shanghai days.
Source: spec/events.md (export --public), H5, H7.
"""

import hmac
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from psycopg import Connection

from gongxiang.base.money import MYRIAD
from gongxiang.points.models import StepKind

ROWS_AT_ONCE: Final = 5_000
_ID_BYTES: Final = 8
_NAMES: Final = {
    StepKind.MINT: "mint",
    StepKind.SALE: "sale",
    StepKind.EXIT: "exit",
    StepKind.REFUND: "refund",
    StepKind.INJECTION: "injection",
}
_SALT: Final = "SELECT feed_secret FROM points_pool"
_STEPS: Final = """
SELECT step.id, step.kind, (step.at AT TIME ZONE 'Asia/Shanghai')::date, step.order_id,
       step.amount, step.points, step.money, step.circulating, lot.settled_spend,
       (version.terms->>'exit_cap')::bigint
  FROM points_step step
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (step.home_id, step.order_id)
  LEFT JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
  LEFT JOIN governance_ruleversion version ON version.id = paid.version_id
 WHERE step.id > %s ORDER BY step.id
"""


def feed_lines(connection: Connection[Any], *, after: int = 0) -> Iterator[bytes]:
    """Stream the feed from the step after a number on, one JSON object a line."""
    with connection.cursor(name="feed") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        secret = _secret(connection)
        cursor.execute(_STEPS, (after,))
        for step in cursor:
            yield msgspec.json.encode(_line(step, secret)) + b"\n"


def feed_page(connection: Connection[Any], *, after: int, size: int) -> list[dict[str, object]]:
    """Give at most so many lines of the feed from the step after a number on."""
    secret = _secret(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"{_STEPS} LIMIT %s", (after, size))
        return [_line(step, secret) for step in cursor.fetchall()]


def _secret(connection: Connection[Any]) -> bytes:
    with connection.cursor() as cursor:
        row = cursor.execute(_SALT).fetchone()
    return bytes(row[0]) if row else b""


def lot_id(order: int, secret: bytes) -> str:
    """Give the public id of an order's lot."""
    return hmac.digest(secret, str(order).encode(), "sha256")[:_ID_BYTES].hex()


def _line(row: tuple[Any, ...], secret: bytes) -> dict[str, object]:
    step, kind, day, order, amount, points, money, circulating, spend, exit_cap = row
    line: dict[str, object] = {"step": step, "kind": _NAMES[StepKind(kind)], "day": str(day)}
    if order:
        line["lot"] = lot_id(order, secret)
    line["amount"] = str(amount)
    line["points"] = str(points)
    if kind == StepKind.MINT:
        line["cap"] = str(spend * exit_cap // MYRIAD)
    line["money"] = str(money)
    line["circulating"] = str(circulating)
    return line
