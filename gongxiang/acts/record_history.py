"""Recording a stretch of history: facts and their rows in bulk, one transaction.

Units: none. Source: spec/events.md (import); design/speed.md (COPY).
"""

from django.db import transaction

from gongxiang.base.clock import to_datetime
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import locks, raw
from gongxiang.settlement.intake import COLUMNS, Chunk

_END = """
UPDATE regions_contract
   SET start_at = CASE WHEN %(end_at)s = '0001-01-01T00:00:00Z' THEN %(end_at)s ELSE start_at END,
       end_at = %(end_at)s, ended_by_id = %(by)s
 WHERE id = %(contract)s AND end_at IS NULL
"""
"""A period without a beginning that ends before everything is empty: it takes nothing (R5)."""
_CLAIM = """
UPDATE members_member SET referrer_id = %s, via_store_id = %s, joined_at = %s, is_introduced = true
 WHERE member_id = %s AND NOT is_introduced
"""
_OWNER = "UPDATE merchants_store SET owner_id = %s WHERE store_id = %s"
_RETURN = """
UPDATE orders_order SET returned = returned + back.amount
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS back (member_id, id, amount)
 WHERE (orders_order.member_id, orders_order.id) = (back.member_id, back.id)
"""


def record_history(*, chunk: Chunk, source: str = "") -> None:
    """Write the rows of a chunk; all of them or none.

    Where somebody brings them from a file, `source` names it, in a line of the audit log.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_barrier(cursor)
        for contract, end_at, ended_by in chunk.ended:
            values = {"end_at": to_datetime(end_at), "by": ended_by, "contract": contract}
            cursor.execute(_END, values)
            assert cursor.rowcount == 1, f"contract {contract} had an end already"
        for table, columns in COLUMNS.items():
            rows = chunk.rows(table)
            if rows:
                with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    copy.write("".join(rows))
        for store, owner in chunk.owners:
            cursor.execute(_OWNER, (owner, store))
            assert cursor.rowcount == 1, f"store {store} is not there"
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
        if source:
            audit_log.note(
                cursor,
                kind=AuditKind.HISTORY_IMPORTED,
                subject=("file", source),
                after={"facts": chunk.facts},
            )
