"""The terms of each published rule version.

Units: as `Terms`. Source: R9.
"""

from functools import lru_cache
from json import loads

from gongxiang.economy.terms import Terms
from gongxiang.governance.models import RuleVersion
from gongxiang.rulebook.values import from_values


def terms_of(version: int) -> Terms:
    """Give the terms of a version; raises `RuleVersion.DoesNotExist`."""
    return from_values(RuleVersion.objects.get(id=version).terms)


def all_terms() -> dict[int, Terms]:
    """Give the terms of every version by its number."""
    versions = RuleVersion.objects.values_list("id", "terms")
    return {number: from_values(values) for number, values in versions}


@lru_cache(maxsize=8)
def read_terms(told: str) -> dict[int, Terms]:
    """Read the terms of every version as the database tells them in one text.

    What was published never changes, so the same text is read once.
    """
    return {int(number): from_values(values) for number, values in loads(told).items()}
