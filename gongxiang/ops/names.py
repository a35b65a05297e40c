"""Who is who: the parties of a page, looked up at once; persons masked, stores by name.

Units: none.
Source: design/ui/faces.md 3.3, 6.5 (masked by default); H5.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.members.models import Party
from gongxiang.ops.figures import masked
from gongxiang.ops.rows import rows
from gongxiang.ops.table import Cell

_PARTIES: Final = """
SELECT party.id, party.kind, party.key, coalesce(store.name, account.name)
  FROM members_party party
  LEFT JOIN merchants_store store ON store.store_id = party.id
  LEFT JOIN members_account account ON account.member_id = party.id
 WHERE party.id = ANY(%s)
"""
NOBODY: Final = Cell("没有人", tone="quiet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A party as a page may show it; a store that was only ever named has no page."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Names:
    """The parties of a page by number."""

    known: Mapping[int, Known]

    def cell(self, party: int | None, *, note: str = "") -> Cell:
        """Give a party as a link, an account that exists once by its name."""
        if party in ACCOUNT_NAMES:
            return Cell(f"{ACCOUNT_NAMES[party]}（合计）", note=note, tone="quiet")
        found = None if party is None else self.known.get(party)
        return NOBODY if found is None else Cell(found.text, href=found.href, note=note)

    def text(self, party: int | None) -> str:
        """Give a party's name alone."""
        return self.cell(party).text


def names_of(parties: Iterable[int | None]) -> Names:
    """Look up the parties of a page with one question, none where there are none."""
    wanted = sorted({party for party in parties if party and party not in ACCOUNT_NAMES})
    found = rows(_PARTIES, [wanted]) if wanted else []
    return Names({number: _known(number, kind, key, name) for number, kind, key, name in found})


def _known(number: int, kind: int, key: str, name: str | None) -> Known:
    if kind == Party.STORE and name is None:
        return Known(text=key, href="")
    if kind == Party.STORE:
        return Known(text=str(name), href=reverse("admin:store", args=[number]))
    return Known(text=masked(key=name or key), href=reverse("admin:member", args=[number]))
