"""A store comes into being: party, keys, the fact `store`, its profile, code and site, at once.

Works inside the caller's transaction, so that a store and the decision that made it are in one
commit, and an export, a replay and the audit know the store from its first moment.

Units: rates per myriad. Source: E6, R4, R5; I-4; spec/events.md (store).
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.base.clock import format_at
from gongxiang.economy.recruit import may_recruit
from gongxiang.lab.lines import StoreLine
from gongxiang.members import keyed
from gongxiang.members.models import Party
from gongxiang.merchants.access import State
from gongxiang.merchants.codes import draw
from gongxiang.orders import facts
from gongxiang.orders.models import Kind

_PARTY: Final = "INSERT INTO members_party (id, kind, key) VALUES (%s, %s, %s)"
_PARTY_KEY: Final = "INSERT INTO members_partykey (key, kind, party_id) VALUES (%s, %s, %s)"
_KEYS: Final = "SELECT id, key FROM members_party WHERE id = ANY(%s)"
_STORE: Final = """
INSERT INTO merchants_store
    (store_id, name, owner_id, opened_by_id, recruiter_id, division_code, commission_rate,
     opened_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_CODE: Final = """
INSERT INTO merchants_storecode (code, store_id) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""
_PROFILE: Final = """
INSERT INTO merchants_profile (store_id, code, state, phone, photo) VALUES (%s, %s, %s, %s, %s)
"""
_SITE: Final = "INSERT INTO merchants_site (store_id, category, address) VALUES (%s, %s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStore:
    """Everything a store begins with."""

    owner: int
    recruiter: int | None
    name: str
    category: str
    phone: str
    division: str
    address: str
    commission_rate: int
    photo: str


def open_store(cursor: Cursor[Any], new: NewStore, *, at: int) -> int:
    """Make a store at a moment of `facts.moment`; give its number."""
    assert may_recruit(new.recruiter, owner=new.owner), "nobody recruits himself (R4)"
    store, key = ids.next_id(), keyed.party_key("S")
    cursor.execute(_PARTY, (store, Party.STORE, key))
    cursor.execute(_PARTY_KEY, (key, Party.STORE, store))
    people = (new.owner, new.recruiter)
    cursor.execute(
        _STORE,
        (store, new.name, new.owner, *people, new.division, new.commission_rate, format_at(at)),
    )
    cursor.execute(_PROFILE, (store, _code(cursor, store), State.OPEN, new.phone, new.photo))
    cursor.execute(_SITE, (store, new.category, new.address))
    cursor.execute(_KEYS, ([person for person in people if person],))
    keys: dict[int | None, str] = dict(cursor.fetchall())
    owner, recruiter = keys[new.owner], keys.get(new.recruiter)
    recorded = facts.record(
        cursor,
        lambda moment: StoreLine(key, owner, recruiter, new.division, new.commission_rate, moment),
        kind=Kind.STORE,
        home=store,
        amount=0,
        at=at,
    )
    assert recorded.is_new, "a key of chance stands for nothing yet"
    return store


def _code(cursor: Cursor[Any], store: int) -> str:
    """Draw public codes until one is nobody's."""
    while True:
        code = draw()
        cursor.execute(_CODE, (code, store))
        if cursor.rowcount:
            return code
