"""The digests of a fact, compared with its rows: what its line tells, and what its row decides.

Units: none. Source: I-3, A23; H7.
"""

from typing import Any

from psycopg import Connection

from gongxiang.lab.canonical import digest
from gongxiang.orders.row_digest import row_digest
from gongxiang.settlement.answers import condition
from gongxiang.settlement.history import BrokenHistory, Recorded, recorded
from gongxiang.settlement.wrong import Wrong


def compare_digests(connection: Connection[Any]) -> None:
    """Compare every fact with its digests, in whatever order; raises `Wrong` at the first."""
    try:
        for one in recorded(connection):
            compare_digest(one)
    except BrokenHistory as error:
        raise Wrong(str(error)) from error


def compare_digest(one: Recorded) -> None:
    """Compare a fact with its digests; raises `Wrong`."""
    if digest(one.line) != one.digest:
        raise Wrong(f"{one.name}: its rows are not what was recorded")
    hangs_on = condition(one)
    given = row_digest(number=one.number, home=one.home, condition=hangs_on, line=one.digest)
    if given != one.row_digest:
        raise Wrong(f"{one.name}: its number, home or condition are not what was recorded")
