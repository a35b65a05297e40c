"""What orders reward somebody with, by the persons and the rules that were frozen on them (E7).

    SELECT version_id, {ROLES}, sum(amount - returned) ... GROUP BY version_id, {ROLES}

Each reward is a whole share of whole fen, so a sum of orders gives the sum of their rewards.

Units: micro-yuan. Source: E7, R1.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

from gongxiang.base.money import MYRIAD
from gongxiang.economy import reward
from gongxiang.governance.terms import all_terms

ROLES: Final = (
    "direct_id, indirect_id, recruiter_id, district_id, city_id, province_id, grand_region_id"
)


def rewards(
    rows: Iterable[tuple[Any, ...]],
    *,
    persons: Collection[int],
    roles: Collection[str] = reward.ROLES,
) -> int:
    """Give what the orders of some rows reward some persons with, in any of some roles."""
    orders, found = list(rows), 0
    versions = all_terms() if orders else {}
    for version, direct, indirect, recruiter, *agents, spend in orders:
        terms = versions[version]
        paid = reward.of_referral(direct, indirect, terms=terms)
        paid += reward.of_store(recruiter, tuple(agents), terms=terms)
        rate = sum(rate for role, person, rate in paid if person in persons and role in roles)
        share, rest = divmod(spend * rate, MYRIAD)
        assert not rest, "a reward is whole"
        found += share
    return found
