"""What an owner has asked to be changed of his store.

Units: rates per myriad, moments in microseconds. Source: spec/platform.md (Store); E6, R9.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from gongxiang.base.clock import from_datetime
from gongxiang.ledger import raw
from gongxiang.members.names import shown
from gongxiang.merchants.changes import Standing, standing_of
from gongxiang.merchants.models import ChangeRequest

Kind, State = ChangeRequest.Kind, ChangeRequest.State
TONES: Final = {
    State.ASKED: "wait",
    State.APPROVED: "ok",
    State.DECLINED: "bad",
    State.WITHDRAWN: "",
}
_COLUMNS: Final = """
SELECT asked.id, asked.store_id, asked.kind, asked.state, asked.asked_by_id, asked.asked_at,
       asked.reason, asked.commission_rate, asked.since_date, asked.owner_id,
       asked.agreed_at IS NOT NULL, asked.answer, account.name, account.code, store.name
  FROM merchants_changerequest asked JOIN merchants_store store USING (store_id)
  LEFT JOIN members_account account ON account.member_id = asked.owner_id
"""
_OF: Final = f"{_COLUMNS} WHERE asked.store_id = %s ORDER BY asked.id DESC LIMIT %s"
_OFFERED: Final = f"""
{_COLUMNS} WHERE asked.store_id = %s AND asked.owner_id = %s AND asked.state = 'asked'
"""
_LISTED: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One request."""

    number: int
    store: int
    store_name: str
    kind: ChangeRequest.Kind
    state: ChangeRequest.State
    asked_by: int
    asked_at: int
    reason: str
    commission_rate: int | None
    since: date | None
    owner: int | None
    owner_name: str
    is_agreed: bool
    answer: str

    @property
    def tag(self) -> tuple[str, str]:
        """Give the status word and its tone."""
        return str(self.state.label), TONES[self.state]

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a review."""
        return self.state is State.ASKED


def changes_of(*, store: int) -> list[Change]:
    """Give a store's requests, the newest first."""
    return [_change(row) for row in _rows(_OF, store, _LISTED)]


def offered(*, store: int, member: int) -> Change | None:
    """Give the request by which a member would own the store."""
    rows = _rows(_OFFERED, store, member)
    return _change(rows[0]) if rows else None


def standing(*, store: int) -> Standing:
    """Give how the store stands now."""
    with raw.cursor() as cursor:
        return standing_of(cursor, store=store)


def _change(row: tuple[Any, ...]) -> Change:
    number, store, kind, state, by, at, reason, rate, since, owner, is_agreed, *more = row
    answer, name, code, store_name = more
    return Change(
        number=number,
        store=store,
        store_name=store_name,
        kind=Kind(kind),
        state=State(state),
        asked_by=by,
        asked_at=from_datetime(at),
        reason=reason,
        commission_rate=rate,
        since=since,
        owner=owner,
        owner_name=shown(name, code) if code else "",
        is_agreed=is_agreed,
        answer=answer,
    )


def _rows(query: str, *values: object) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
