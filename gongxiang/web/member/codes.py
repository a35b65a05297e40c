"""What a code leads to: a store's door, or a member's link.

Units: rates per myriad. Source: R2; design/ui/faces.md 7a.
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw
from gongxiang.members.bringers import Bringer
from gongxiang.members.names import masked, shown

STORE: Final = "s"
LINK: Final = "i"
_CODE_MAX: Final = 64
_STORE: Final = """
SELECT store.store_id, store.owner_id, store.name
  FROM members_partykey party
  JOIN merchants_store store ON store.store_id = party.party_id
 WHERE (party.key, party.kind) = (%s, 2)
"""
_LINK: Final = """
SELECT account.member_id, account.name, account.code
  FROM members_invitecode invite JOIN members_account account USING (member_id)
 WHERE invite.code = %s AND account.closed_at IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Who invites: by which kind of code, under which name, and whom it binds to."""

    kind: str
    code: str
    name: str
    bringer: Bringer

    @property
    def initial(self) -> str:
        """Give the sign in the corner of the page."""
        return self.name[:1]

    @property
    def path(self) -> str:
        """Give the address of the page."""
        return f"/{self.kind}/{self.code}"

    @property
    def onward(self) -> str:
        """Give where somebody goes who came in here."""
        return f"{self.path}/pay" if self.kind == STORE else "/home"


def door(*, kind: str, code: str) -> Door | None:
    """Find what a code leads to; nothing for one that is not, or no more, known."""
    if not 0 < len(code) <= _CODE_MAX or "\0" in code:
        return None
    with raw.cursor() as cursor:
        cursor.execute(_STORE if kind == STORE else _LINK, (code,))
        row = cursor.fetchone()
    if row is None:
        return None
    if kind == STORE:
        store, owner, name = row
        bringer = Bringer(referrer=owner, store=store)
        return Door(kind=kind, code=code, name=name or code, bringer=bringer)
    member, name, own = row
    bringer = Bringer(referrer=member, store=None)
    return Door(kind=kind, code=code, name=masked(shown(name, own)), bringer=bringer)
