"""The explanation of one line, with everything that it is computed from asked for.

    a reward its order; a payout the member's lots, played again; a withdrawal what was asked for

Units: none. Source: R10, P4.
"""

from collections.abc import Mapping
from typing import Final

from gongxiang.economy.terms import Terms
from gongxiang.governance.withdrawing import withdrawal_rules_at
from gongxiang.ledger import raw
from gongxiang.queries import cash
from gongxiang.queries.cash_data import Entry
from gongxiang.queries.explain import Asked, Explanation, explain
from gongxiang.queries.replayed import replayed

_REPLAYED: Final = frozenset({"sold", "exited", "case"})
_CAME_BACK: Final = """
SELECT withdrawal_id FROM treasury_withdrawalreturn WHERE member_id = %s AND id = %s
"""


def explained(*, member: int, entry: Entry, versions: Mapping[int, Terms]) -> Explanation:
    """Explain a line of a member's cash, inside one moment of the database."""
    if entry.purpose in _REPLAYED:
        played = replayed(member=member, entry=entry, versions=versions)
        return explain(entry, versions=versions, played=played)
    if entry.purpose in {"withdrawn", "withdrawal_returned"}:
        return explain(entry, versions=versions, asked=_asked(member, entry))
    order = cash.order(payer=entry.payer, number=entry.order) if entry.order else None
    return explain(entry, versions=versions, order=order)


def _asked(member: int, entry: Entry) -> Asked | None:
    number = entry.place.event
    if entry.purpose == "withdrawal_returned":
        with raw.cursor() as cursor:
            cursor.execute(_CAME_BACK, (member, number))
            row = cursor.fetchone()
        number = row[0] if row else 0
    found = cash.withdrawal(member=member, number=number)
    if found is None:
        return None
    version, rules = withdrawal_rules_at(found.at)
    return Asked(amount=found.amount, withheld=found.tax, version=version, rules=rules)
