"""Applications for stores, as their applicants and those who review them see them.

Units: rates per myriad, moments in microseconds. Source: spec/platform.md (Store); H5.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from gongxiang.base.clock import from_datetime
from gongxiang.ledger import raw
from gongxiang.members.names import masked, shown
from gongxiang.merchants.models import Application

State = Application.State
TONES: Final = {
    State.DRAFT: "",
    State.SUBMITTED: "wait",
    State.INCOMPLETE: "wait",
    State.APPROVED: "ok",
    State.DECLINED: "bad",
}
_COLUMNS: Final = """
SELECT asked.id, asked.member_id, asked.state, asked.typed, asked.name, asked.category,
       asked.phone, asked.division_code, asked.address, asked.commission_rate, asked.uscc,
       asked.started_at, asked.submitted_at, asked.reviewed_at, asked.officer, asked.reason,
       asked.missing, party.key, account.name, account.code, above.name, above.code,
       (SELECT jsonb_object_agg(kind, token) FROM merchants_document handed
         WHERE (handed.member_id, handed.application_id) = (asked.member_id, asked.id))
  FROM merchants_application asked
  LEFT JOIN members_party party ON party.id = asked.store_id
  LEFT JOIN members_account account ON account.member_id = asked.member_id
  LEFT JOIN members_account above ON above.member_id = asked.recruiter_id
"""
_ONE: Final = f"{_COLUMNS} WHERE (asked.member_id, asked.id) = (%s, %s)"
_MINE: Final = f"{_COLUMNS} WHERE asked.member_id = %s ORDER BY asked.id DESC LIMIT %s"
_PENDING: Final = f"""
{_COLUMNS} WHERE asked.state = 'submitted' AND (asked.submitted_at, asked.id) > (%s, %s)
 ORDER BY asked.submitted_at, asked.id LIMIT %s
"""
_DOCUMENT: Final = """
SELECT kind FROM merchants_document WHERE member_id = %s AND token = %s
"""
_BRINGER: Final = """
SELECT account.member_id, account.name, account.code
  FROM members_invitecode invite JOIN members_account account USING (member_id)
 WHERE invite.code = %s AND account.closed_at IS NULL
"""
_LISTED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One application: how it stands, what was typed, what was handed in."""

    number: int
    member: int
    state: Application.State
    typed: dict[str, str]
    name: str
    category: str
    phone: str
    division: str
    address: str
    commission_rate: int | None
    uscc: str
    started_at: int
    submitted_at: int | None
    reviewed_at: int | None
    officer: str
    reason: str
    missing: dict[str, str]
    store: str
    """The key of the store that came of it."""
    applicant: str
    recruiter: str
    """Masked; empty when nobody introduced the store."""
    documents: dict[str, str]
    """The name of the picture of each kind."""

    @property
    def tag(self) -> tuple[str, str]:
        """Give the status word and its tone."""
        return str(self.state.label), TONES[self.state]

    @property
    def called(self) -> str:
        """Give a name to list it by."""
        return self.typed.get("name", "").strip() or "还没有店名"

    @property
    def is_editable(self) -> bool:
        """Tell whether the applicant may change it."""
        return self.state in {State.DRAFT, State.INCOMPLETE}


def mine(*, member: int) -> list[Asked]:
    """Give a member's applications, the newest first."""
    return [_asked(row) for row in _rows(_MINE, member, _LISTED)]


def one(*, member: int, number: int) -> Asked | None:
    """Give one application of a member."""
    rows = _rows(_ONE, member, number)
    return _asked(rows[0]) if rows else None


def pending(*, count: int, after: tuple[str, int] = ("-infinity", 0)) -> list[Asked]:
    """Give what waits for a review, the longest first, after a place where one is named."""
    return [_asked(row) for row in _rows(_PENDING, *after, count)]


def document_of(*, member: int, token: str) -> str | None:
    """Give the kind of a member's picture by its name; nothing for one that is not his."""
    rows = _rows(_DOCUMENT, member, token)
    return str(rows[0][0]) if rows else None


def bringer(*, code: str) -> tuple[int, str] | None:
    """Give who stands behind a member's code: his number, and how others see him."""
    rows = _rows(_BRINGER, code.strip().upper())
    return (rows[0][0], masked(shown(rows[0][1], rows[0][2]))) if rows else None


def _asked(row: tuple[Any, ...]) -> Asked:
    number, member, state, typed, name, category, phone, division, address, rate, *rest = row
    uscc, started, submitted, reviewed, officer, reason, missing, store, *people = rest
    own_name, own_code, above_name, above_code, documents = people
    return Asked(
        number=number,
        member=member,
        state=State(state),
        typed=json.loads(typed),
        name=name,
        category=category,
        phone=phone,
        division=division,
        address=address,
        commission_rate=rate,
        uscc=uscc,
        started_at=from_datetime(started),
        submitted_at=submitted and from_datetime(submitted),
        reviewed_at=reviewed and from_datetime(reviewed),
        officer=officer,
        reason=reason,
        missing=json.loads(missing),
        store=store or "",
        applicant=shown(own_name, own_code) if own_code else "",
        recruiter=masked(shown(above_name, above_code)) if above_code else "",
        documents=json.loads(documents or "{}"),
    )


def _rows(query: str, *values: object) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
