"""What we recorded of money that moved at the channels, in the same form as the lines of a bill.

    paid       a transaction, on the channel's own day
    refunded   a refund that is done           returned   what came back from a share first
    shared     a share that is done

One row a movement: provider, kind, number, payee, fen, moment, the payment it belongs to. `number`
is the one that a bill's line names too. Its moment is the channel's own, as it told it; where its
bill has it on another day, the bill's word is the later one, and it stands there.

Units: fen. Source: P2, P3; I-6.
"""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import Cursor

from gongxiang.payments.provider import Provider

OURS: Final = """
SELECT money.provider, 'paid' AS kind, money.transaction_id AS number, money.payee,
       money.amount_fen, money.paid_at AS at, money.attempt_number, money.transaction_id
  FROM payments_transaction money
UNION ALL
SELECT back.provider, 'refunded', back.number, back.payee,
       back.amount_fen, back.done_at, money.attempt_number, back.transaction_id
  FROM payments_channelrefund back
  JOIN payments_transaction money USING (provider, transaction_id) WHERE back.state = 'done'
UNION ALL
SELECT back.provider, 'returned',
       back.number || CASE back.provider WHEN 'wechat' THEN 'B' ELSE '' END, back.payee,
       least(back.returned_fen, share.amount_fen), back.returned_at, share.attempt_number,
       back.transaction_id
  FROM payments_channelrefund back
  JOIN payments_share share USING (provider, transaction_id)
 WHERE back.returned_at IS NOT NULL AND share.state = 'done'
   AND back.returned_fen > 0 AND share.amount_fen > 0
UNION ALL
SELECT share.provider, 'shared', share.number, share.payee,
       share.amount_fen, share.done_at, share.attempt_number, share.transaction_id
  FROM payments_share share WHERE share.state = 'done' AND share.amount_fen > 0
"""

THEIRS: Final = """
SELECT provider, kind, CASE kind WHEN 'paid' THEN transaction_id ELSE number END AS number, payee,
       amount_fen, at, day, fee_fen, transaction_id
  FROM payments_billline WHERE kind <> 'transfer_returned'
UNION ALL
SELECT provider, 'transferred', number, payee, -amount_fen, at, day, fee_fen, transaction_id
  FROM payments_billline WHERE kind = 'transfer_returned'
"""
"""What a transfer gave back stands against what it took, under its one number."""

_DAY: Final = "AT TIME ZONE 'Asia/Shanghai'"
_AT: Final = (
    f"CASE WHEN (line.at {_DAY})::date = line.day THEN line.at ELSE line.day::timestamp {_DAY} END"
)
_LINES: Final = "line.provider = %(provider)s AND line.number = ANY(%(numbers)s) AND line.kind"
_STAND: Final = (
    f"""
UPDATE payments_channelrefund back SET done_at = {_AT} FROM payments_billline line
 WHERE {_LINES} = 'refunded' AND (back.provider, back.number) = (line.provider, line.number)
   AND (back.done_at {_DAY})::date <> line.day
""",  # noqa: S608  no value is spliced in
    f"""
UPDATE payments_channelrefund back SET returned_at = {_AT} FROM payments_billline line
 WHERE {_LINES} = 'returned' AND back.provider = line.provider
   AND back.number = CASE line.provider WHEN 'wechat' THEN left(line.number, -1)
                                        ELSE line.number END
   AND (back.returned_at {_DAY})::date <> line.day
""",  # noqa: S608  no value is spliced in
    f"""
UPDATE payments_share share SET done_at = {_AT} FROM payments_billline line
 WHERE {_LINES} = 'shared' AND (share.provider, share.number) = (line.provider, line.number)
   AND (share.done_at {_DAY})::date <> line.day
""",  # noqa: S608  no value is spliced in
    f"""
UPDATE payments_share share SET next_at = clock_timestamp() FROM payments_billline line
 WHERE {_LINES} = 'shared' AND (share.provider, share.number) = (line.provider, line.number)
   AND share.state = 'failed'
""",  # noqa: S608  no value is spliced in
)


def stand_on_bills(cursor: Cursor[Any], *, provider: Provider, numbers: Sequence[str]) -> None:
    """Let refunds, shares and returns that a bill names stand on its day.

    A share that we hold as refused is asked about again where a bill names it.
    """
    for statement in _STAND:
        cursor.execute(statement, {"provider": provider.value, "numbers": list(numbers)})
