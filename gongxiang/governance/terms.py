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
NEWEST: Final = """
(SELECT concat(id, ' ', published_at) FROM governance_ruleversion ORDER BY id DESC LIMIT 1)
"""
"""What tells whether a version was published since: its name and moment, part of a question."""


def terms_of(version: int) -> Terms:
    """Give the terms of a version; raises `RuleVersion.DoesNotExist`."""
    return from_values(RuleVersion.objects.get(id=version).terms)


def all_terms() -> dict[int, Terms]:
    """Give the terms of every version by its number."""
    with raw.cursor() as cursor:
        cursor.execute(f"SELECT {NEWEST}")
        ((newest,),) = cursor.fetchall()
    return dict(terms_until(newest)) if newest else {}


@lru_cache(maxsize=8)
def terms_until(newest: str) -> dict[int, Terms]:  # noqa: ARG001  what the answer is kept under
    """Give the terms of every version until one that `NEWEST` told, in the same moment.

    What was published never changes, so they are read once.
    """
    with raw.cursor() as cursor:
        cursor.execute(_ALL)
        ((told,),) = cursor.fetchall()
    return {int(number): from_values(values) for number, values in loads(told).items()}
