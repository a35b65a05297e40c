"""A limit of the platform as the rules in force say it (rules/limits.toml).

Limits are not among the terms that an order is settled with: a replay does not know them.

Units: as the rule. Source: R9; spec/platform.md.
"""

from functools import cache

from gongxiang.governance.models import RuleVersion
from gongxiang.rulebook.load import load_book


def limit(*, name: str) -> int:
    """Give the value of a limit; raises `RuleVersion.DoesNotExist` before rules were published."""
    version = RuleVersion.objects.only("preset", "settings").latest("id")
    return _number(version.preset, tuple(version.settings), name)


@cache
def _number(preset: str, settings: tuple[str, ...], name: str) -> int:
    return load_book(preset=preset, settings=settings).number(name=name)
