"""Who of the staff may see and do what: one matrix, asked at every request.

A role sees what its work needs (H5). Money needs two persons of two roles, and neither is the one
who gives out roles. The auditor sees everything and changes nothing.

Units: none. Source: spec/platform.md (operator staff); H5; reliability I-26; faces.md 6.5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gongxiang.governance.models import Role

_ALL: Final = frozenset(Role)
_BOOKS: Final = _ALL - {Role.SERVICE}
_TRUSTED: Final = frozenset({Role.ADMIN, Role.AUDITOR})
_DESK: Final = frozenset({Role.ADMIN, Role.SERVICE})
_FINANCE: Final = frozenset({Role.MAKER, Role.CHECKER})
NOBODY: Final[frozenset[Role]] = frozenset()


@dataclass(frozen=True, slots=True)
class May:
    """Which roles may see a page and act on it; where money moves, a refusal says that none did."""

    see: frozenset[Role]
    do: frozenset[Role] = NOBODY
    is_money: bool = False


MATRIX: Final[Mapping[str, May]] = {
    "index": May(_ALL),
    "find": May(_ALL),
    "must_see": May(_ALL),
    "search": May(_ALL),
    "orders": May(_ALL),
    "order": May(_ALL),
    "steps": May(_ALL),
    "lots": May(_ALL),
    "postings": May(_BOOKS),
    "batches": May(_BOOKS),
    "batch": May(_BOOKS),
    "balances": May(_BOOKS),
    "withdrawals": May(_ALL),
    "withdrawal": May(_ALL, do=_FINANCE, is_money=True),
    "cases": May(_ALL),
    "case": May(_ALL, do=_FINANCE, is_money=True),
    "refunds": May(_ALL),
    "refund": May(_ALL, do=_FINANCE, is_money=True),
    "shares": May(_ALL),
    "share": May(_ALL, do=_FINANCE, is_money=True),
    "quarantine": May(_ALL),
    "notice": May(_ALL, do=_FINANCE | {Role.ADMIN}),
    "differences": May(_ALL),
    "difference": May(_ALL, do=_FINANCE | {Role.ADMIN}),
    "recoveries": May(_DESK | {Role.AUDITOR}),
    "recovery": May(_DESK | {Role.AUDITOR}, do=_DESK),
    "members": May(_ALL),
    "member": May(_ALL),
    "unmask": May(_DESK, do=_DESK),
    "applications": May(_DESK | {Role.AUDITOR}),
    "application": May(_DESK | {Role.AUDITOR}, do=_DESK),
    "changes": May(_DESK | {Role.AUDITOR}),
    "change": May(_DESK | {Role.AUDITOR}, do=_DESK),
    "stores": May(_ALL),
    "store": May(_ALL),
    "channels": May(_ALL),
    "channel": May(_ALL, do=_DESK),
    "contracts": May(_ALL),
    "versions": May(_ALL),
    "version": May(_ALL),
    "officers": May(_TRUSTED, do=frozenset({Role.ADMIN})),
    "officer": May(_TRUSTED, do=frozenset({Role.ADMIN})),
    "audit": May(_TRUSTED, do=_TRUSTED),
    "unknown": May(_ALL),
    "password_change": May(_ALL, do=_ALL),
    "password_change_done": May(_ALL),
    "logout": May(_ALL, do=_ALL),
}
"""Every page behind the second factor, by the name of its address."""


def may_see(role: Role, name: str) -> bool:
    """Tell whether a role may open a page."""
    return role in MATRIX[name].see


def may_do(role: Role, name: str) -> bool:
    """Tell whether a role may send the page's form."""
    return role in MATRIX[name].do
