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
    given = {field.name: values[field.name] for field in fields(Terms)}
    return Terms(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    )
