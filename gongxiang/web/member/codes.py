"""What a code leads to: a store's door, or a member's link.

A store is known by its public code, and by the key that it was imported with.

Units: rates per myriad. Source: R2; design/ui/faces.md 7a.
"""

import re
from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw
from gongxiang.members.bringers import Bringer
from gongxiang.members.names import masked, shown
from gongxiang.merchants.codes import plain

STORE: Final = "s"
LINK: Final = "i"
_CODE_MAX: Final = 64
_CHARGE: Final = re.compile(r"[0-9A-Z]{1,20}", re.ASCII)
_STORE: Final = """
SELECT store_id, owner_id, name FROM merchants_store store
 WHERE store.store_id = coalesce(
         (SELECT store_id FROM merchants_storecode WHERE code = %s),
         (SELECT party_id FROM members_partykey WHERE (key, kind) = (%s, 2)))
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
    charge: str = ""
    """The number of the till's charge that its code stands for; empty at a store's own code."""

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
        if self.kind != STORE:
            return "/home"
        return f"{self.path}/pay?charge={self.charge}" if self.charge else f"{self.path}/pay"


def door(*, kind: str, code: str, charge: str = "") -> Door | None:
    """Find what a code leads to; nothing for one that is not, or no more, known.

    A till's code leads to its store, and on to the charge that it stands for.
    """
    charge = charge if _CHARGE.fullmatch(charge) else ""
    if not 0 < len(code) <= _CODE_MAX or "\0" in code:
        return None
    with raw.cursor() as cursor:
        if kind == STORE:
            cursor.execute(_STORE, (plain(typed=code), code))
        else:
            cursor.execute(_LINK, (code,))
        row = cursor.fetchone()
    if row is None:
        return None
    if kind == STORE:
        store, owner, name = row
        bringer = Bringer(referrer=owner, store=store)
        return Door(kind=kind, code=code, name=name or code, bringer=bringer, charge=charge)
    member, name, own = row
    bringer = Bringer(referrer=member, store=None)
    return Door(kind=kind, code=code, name=masked(shown(name, own)), bringer=bringer)
