"""What every answer about points and cash begins with: the pool now, the rules, the honest facts.

The facts are those of the public pages, kept until the pool moves or a minute passes.

Units: as in `gongxiang.queries.pool_data`. Source: H2; design/ui/faces.md 5 (facts).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import all_terms
from gongxiang.queries import pool as queries
from gongxiang.queries.facts import Facts, facts
from gongxiang.queries.kept import kept
from gongxiang.queries.pool_data import NotOpen, PoolNow


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The pool at this moment, the rules in force and of every version, the facts."""

    pool: PoolNow
    versions: Mapping[int, Terms]
    facts: Facts

    @property
    def terms(self) -> Terms:
        """Give the rules in force."""
        return self.versions[max(self.versions)]


def present() -> Present:
    """Ask for the present, inside one moment of the database; raises `NotOpen`."""
    return _present(*queries.pool_and_versions())


def present_of(rows: Sequence[tuple[Any, ...]]) -> Present:
    """Read the present from an answer to `queries.pool.POOL`; raises `NotOpen`."""
    return _present(*queries.pool_and_versions_of(rows))


def _present(pool: PoolNow, versions: Mapping[int, Terms]) -> Present:
    newest = max(versions)

    def now_facts() -> Facts:
        return facts(totals=queries.totals(now=pool), pair=pool.pair, terms=versions[newest])

    told = kept("facts", now=pool, newest=newest, make=now_facts)
    return Present(pool=pool, versions=versions, facts=told)


def now_in_force() -> tuple[PoolNow, Terms]:
    """Give the pool now and the rules in force, in one question; raises `NotOpen`."""
    pool, versions = queries.pool_and_versions()
    return pool, versions[max(versions)]


def in_force() -> Terms:
    """Give the rules in force; raises `NotOpen`."""
    versions = all_terms()
    if not versions:
        raise NotOpen
    return versions[max(versions)]
