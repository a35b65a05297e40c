"""The terms of each rule version.

Units: as `Terms`. Source: R9.
"""

from dataclasses import asdict, fields
from typing import Any

from gongxiang.economy.terms import Terms
from gongxiang.governance.models import RuleVersion


def to_json(terms: Terms) -> dict[str, Any]:
    """Give terms as plain values."""
    return asdict(terms)


def from_json(values: dict[str, Any]) -> Terms:
    """Give terms from plain values."""
    return Terms(
        **{
            field.name: tuple(values[field.name])
            if isinstance(values[field.name], list)
            else values[field.name]
            for field in fields(Terms)
        }
    )


def terms_of(version: int) -> Terms:
    """Give the terms of a version; raises `RuleVersion.DoesNotExist`."""
    return from_json(RuleVersion.objects.get(id=version).terms)
