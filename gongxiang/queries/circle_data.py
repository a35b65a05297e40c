"""Whom a store bound and which stores its owner brought: plain values, no model.

Units: µ¥, moments in microseconds. Source: R2, R4, H5; design/ui/faces.md 6.3.
"""

from dataclasses import dataclass

from gongxiang.merchants.access import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many members a store bound: ever, this month, today."""

    all: int
    month: int
    today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A member whom a store bound: masked, since when; what he spends elsewhere is not asked."""

    member: int
    shown: str
    joined_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruit:
    """A store that a person brought: its name, how it stands, and its turnover of the month."""

    store: int
    code: str
    name: str
    state: State
    opened_at: int
    orders: int
    turnover: int
