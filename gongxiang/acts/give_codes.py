"""Giving every store that has none its public code.

Stores come with an import, by the thousand; each gets a code and a profile. Run again it changes
nothing; two that run at once give each store one code.

Units: none. Source: design/scale.md rule 2; design/ui/faces.md 6.3.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.merchants.access import State
from gongxiang.merchants.codes import draw

_AT_ONCE: Final = 1_000
_NOBODY: Final = 0
_LACKING: Final = """
SELECT store_id FROM merchants_store store
 WHERE store_id > %s
   AND NOT EXISTS (SELECT FROM merchants_profile given WHERE given.store_id = store.store_id)
 ORDER BY store_id LIMIT %s
"""
_PROFILE: Final = """
INSERT INTO merchants_profile (store_id, code, state)
SELECT store_id, code, %s FROM unnest(%s::bigint[], %s::text[]) AS drawn (store_id, code)
ON CONFLICT DO NOTHING RETURNING code, store_id
"""
_CODE: Final = """
INSERT INTO merchants_storecode (code, store_id)
SELECT * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING
"""


def give_codes() -> int:
    """Give codes to the stores without one; give how many got one."""
    given, after = 0, _NOBODY
    while stores := _lacking(after):
        more = _give(stores)
        if more is None:
            continue
        given, after = given + more, stores[-1]
    return given


def _lacking(after: int) -> list[int]:
    with raw.cursor() as cursor:
        cursor.execute(_LACKING, (after, _AT_ONCE))
        return [store for (store,) in cursor.fetchall()]


def _give(stores: list[int]) -> int | None:
    """Write profiles and codes; nothing, and None, when a drawn code was somebody's already."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_PROFILE, (State.OPEN, stores, [draw() for _ in stores]))
        rows = cursor.fetchall()
        cursor.execute(_CODE, ([code for code, _ in rows], [store for _, store in rows]))
        if cursor.rowcount == len(rows):
            return len(rows)
        transaction.set_rollback(True)
    return None
