"""Seeing who a member is: for a reason, and written down before anything is shown.

Units: none. Source: H5; design/ui/faces.md 6.5 (unmask writes the audit log).
"""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind
from gongxiang.ledger import raw
from gongxiang.members import sealed

_MEMBER: Final = """
SELECT party.key, account.name, verified.name, payee.provider, payee.account,
       ARRAY(SELECT identity.shown FROM members_identity identity
              WHERE identity.member_id = party.id ORDER BY identity.issuer)
  FROM members_party party
  LEFT JOIN members_account account ON account.member_id = party.id
  LEFT JOIN members_verified verified ON verified.member_id = party.id
  LEFT JOIN members_payee payee ON payee.member_id = party.id
 WHERE party.id = %s AND party.kind = 1
"""


class NoSuchMember(Exception):
    """Nobody has this number."""


class UnmaskReasonMissing(Exception):
    """Personal data are looked at for a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmasked:
    """Who a member is: his key, what he calls himself, by what he signs in.

    `real_name`, `provider` and `account` are empty where nobody was verified, or no payee named.
    """

    key: str
    name: str
    identities: tuple[str, ...]
    real_name: str
    provider: str
    account: str


def unmask_member(*, member: int, officer: str, why: str) -> Unmasked:
    """Give who a member is; raises `NoSuchMember`, `UnmaskReasonMissing`."""
    if not why.strip():
        raise UnmaskReasonMissing("say why")
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_MEMBER, (member,))
        row = cursor.fetchone()
        if row is None:
            raise NoSuchMember(f"no member {member}")
        audit_log.note(
            cursor,
            kind=AuditKind.UNMASKED,
            subject=("member", member),
            officer=officer,
            why=why.strip(),
        )
    key, name, real_name, provider, account, identities = row
    return Unmasked(
        key=key,
        name=name or "",
        identities=tuple(identities),
        real_name=sealed.unseal(purpose=sealed.NAME, sealed=real_name) if real_name else "",
        provider=provider or "",
        account=sealed.unseal(purpose=sealed.ACCOUNT, sealed=account) if account else "",
    )
