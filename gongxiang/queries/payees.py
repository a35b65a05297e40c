"""Who a member is and where his cash goes, as he himself sees it; and what a transfer waits for.

Units: none. Source: H5, P4; design/ui/faces.md 7 (d).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw
from gongxiang.treasury.bills import number_of

_OWN: Final = """
SELECT verified.shown_name, verified.shown_document, payee.provider, payee.shown,
       EXISTS (SELECT FROM members_identity identity
                WHERE identity.member_id = party.id AND identity.issuer = 'wechat')
  FROM members_party party
  LEFT JOIN members_verified verified ON verified.member_id = party.id
  LEFT JOIN members_payee payee ON payee.member_id = party.id
 WHERE party.id = %s
"""
_PACKAGE: Final = """
SELECT transfer.id, transfer.package FROM treasury_transfer transfer
  JOIN treasury_payout payout
       ON (payout.member_id, payout.withdrawal_id) = (transfer.member_id, transfer.withdrawal_id)
      AND payout.transfer_id = transfer.id
 WHERE transfer.member_id = %s AND transfer.withdrawal_id = %s AND transfer.provider = 'wechat'
   AND transfer.state = 'open' AND transfer.package <> '' AND payout.state = 3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is known of a member, masked."""

    shown_name: str
    shown_document: str
    provider: str
    account: str
    has_wechat: bool

    @property
    def is_verified(self) -> bool:
        """Tell whether it is known who he is."""
        return bool(self.shown_name)

    @property
    def is_ready(self) -> bool:
        """Tell whether cash can be sent to him."""
        return self.is_verified and bool(self.provider)


def own(*, member: int) -> Own:
    """Give who a member is and where his cash goes."""
    with raw.cursor() as cursor:
        cursor.execute(_OWN, (member,))
        row = cursor.fetchone()
    assert row is not None, f"member {member} is a party"
    shown_name, document, provider, account, has_wechat = row
    return Own(
        shown_name=shown_name or "",
        shown_document=document or "",
        provider=provider or "",
        account=account or "",
        has_wechat=has_wechat,
    )


def waiting_transfer(*, member: int, withdrawal: int) -> tuple[str, str] | None:
    """Give the number and the package of a transfer that waits for its member."""
    with raw.cursor() as cursor:
        cursor.execute(_PACKAGE, (member, withdrawal))
        row = cursor.fetchone()
    return None if row is None else (number_of(row[0]), row[1])
