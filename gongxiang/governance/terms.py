"""The terms of each published rule version.

Units: as `Terms`. Source: R9.
"""

from functools import lru_cache
from json import loads
from typing import Final

from gongxiang.economy.terms import Terms
from gongxiang.governance.models import RuleVersion
from gongxiang.ledger import raw
from gongxiang.rulebook.values import from_values

_ALL: Final = "SELECT jsonb_object_agg(id, terms)::text FROM governance_ruleversion"


def terms_of(version: int) -> Terms:
    """Give the terms of a version; raises `RuleVersion.DoesNotExist`."""
    return from_values(RuleVersion.objects.get(id=version).terms)


def all_terms() -> dict[int, Terms]:
    """Give the terms of every version by its number."""
    with raw.cursor() as cursor:
        cursor.execute(_ALL)
        ((told,),) = cursor.fetchall()
    return dict(read_terms(told)) if told else {}


@lru_cache(maxsize=8)
def read_terms(told: str) -> dict[int, Terms]:
    """Read the terms of every version as the database tells them in one text.

    What was published never changes, so the same text is read once.
    """
    return {int(number): from_values(values) for number, values in loads(told).items()}
