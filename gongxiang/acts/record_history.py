"""Recording a stretch of history: facts and their rows in bulk, one transaction.

Units: none. Source: spec/events.md (import); design/speed.md (COPY).
"""

from django.db import transaction

from gongxiang.ledger import locks, raw
from gongxiang.settlement.intake import COLUMNS, Chunk, moment

_END = """
UPDATE regions_contract SET end_at = %s, ended_by_id = %s WHERE id = %s AND end_at IS NULL
"""
_CLAIM = """
UPDATE members_member SET referrer_id = %s, via_store_id = %s, joined_at = %s, is_introduced = true
 WHERE member_id = %s AND NOT is_introduced
"""
_RETURN = """
UPDATE orders_order SET returned = returned + back.amount
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS back (member_id, id, amount)
 WHERE (orders_order.member_id, orders_order.id) = (back.member_id, back.id)
"""


def record_history(*, chunk: Chunk) -> None:
    """Write the rows of a chunk; all of them or none."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_barrier(cursor)
        for contract, end_at, ended_by in chunk.ended:
            cursor.execute(_END, (moment(end_at), ended_by, contract))
            assert cursor.rowcount == 1, f"contract {contract} had an end already"
        for table, columns in COLUMNS.items():
            rows = chunk.rows(table)
            if rows:
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write("".join(rows))
        for claim in chunk.claimed:
            member, referrer, via_store, joined_at = claim
            cursor.execute(_CLAIM, (referrer, via_store, joined_at, member))
            assert cursor.rowcount == 1, f"party {member} is no guest"
        if chunk.returned:
            back = sorted(chunk.returned.items())
            cursor.execute(
                _RETURN,
                (
                    [member for (member, _), _ in back],
                    [order for (_, order), _ in back],
                    [amount for _, amount in back],
                ),
            )
            assert cursor.rowcount == len(back), "an order that was refunded is not there"
