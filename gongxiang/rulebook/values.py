"""Terms as plain values and back: how a published version and a seal carry them.

Units: as `Terms`. Source: R9.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from gongxiang.economy.terms import Terms


def to_values(terms: Terms) -> dict[str, Any]:
    """Give terms as plain values, ready for JSON."""
    return asdict(terms)


def from_values(values: Mapping[str, Any]) -> Terms:
    """Give terms from plain values; raises `KeyError` where one is missing."""
    given: dict[str, Any] = {field.name: values[field.name] for field in fields(Terms)}
    for name, value in given.items():
        if isinstance(value, list):
            given[name] = tuple(value)
    return Terms(**given)
