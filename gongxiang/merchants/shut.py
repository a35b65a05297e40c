"""Whether a store takes payments now, and why not: its owner's day off, delisted, closed.

Hours are for finding the way; who stands at the counter before or after them may pay. A day off,
a ruling and a closing are refused before any money moves. What was opened before is not touched:
money that arrives is always recorded.

Units: none. Source: design/ui/faces.md 4 (store not open, store delisted); G3.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from psycopg import Cursor

from gongxiang.ledger import raw
from gongxiang.merchants.access import State

_STANDS: Final = """
SELECT store.name, profile.state, profile.state_note, profile.rest_date =
       ((clock_timestamp() + make_interval(secs => offset_seconds))
        AT TIME ZONE 'Asia/Shanghai')::date
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
  CROSS JOIN points_horizon
 WHERE store.store_id = %s
"""

_NEAR: Final = """
SELECT count(*) FROM merchants_store here JOIN merchants_site site USING (store_id)
  JOIN merchants_store other ON other.division_code = here.division_code
  JOIN merchants_site beside
       ON beside.store_id = other.store_id AND beside.category = site.category
  JOIN merchants_profile profile ON profile.store_id = other.store_id AND profile.state = 'open'
 WHERE here.store_id = %s AND other.store_id <> here.store_id
"""


class Reason(Enum):
    """Why a store takes no payment."""

    RESTING = "resting"
    DELISTED = "delisted"
    CLOSED = "closed"


@dataclass(slots=True, eq=False)
class StoreShut(Exception):
    """The store takes no payment now: nothing was opened; says why, and its name and ruling."""

    reason: Reason
    name: str
    note: str


def why_shut(*, store: int) -> StoreShut | None:
    """Give why a store takes no payment now; nothing when it does."""
    with raw.cursor() as cursor:
        try:
            refuse_if_shut(cursor, store=store)
        except StoreShut as shut:
            return shut
    return None


def near(*, store: int) -> int:
    """Count the open stores of the same trade in the same division, this one left out."""
    with raw.cursor() as cursor:
        cursor.execute(_NEAR, (store,))
        return int((cursor.fetchone() or (0,))[0])


def refuse_if_shut(cursor: Cursor[Any], *, store: int) -> None:
    """Raise `StoreShut` for a store that takes no payment now."""
    cursor.execute(_STANDS, (store,))
    row = cursor.fetchone()
    if row is None:
        return
    name, state, note, is_resting = row
    reason = {State.DELISTED: Reason.DELISTED, State.CLOSED: Reason.CLOSED}.get(State(state))
    if reason is None and is_resting:
        reason = Reason.RESTING
    if reason is not None:
        raise StoreShut(reason, name, note)
