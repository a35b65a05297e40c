"""An orders table is handled by time; what cannot be read stops the run with its line."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from gongxiang.lab.files import Unreadable, read_entries
from gongxiang.lab.lines import Introduction, Malformed, PaidLine, RefundedLine, Row
from gongxiang.lab.replay import fold
from tests.economy.watched import SEED_1, terms_with
from tests.lab.folded import outcome

HEADER = "order_id,member_id,store_id,paid_at,amount_fen,refund_of\n"
GOOD = "o1,m1,s1,2026-03-01T10:00:00+08:00,100000,\n"
NAMES = HEADER.strip().split(",")


def table(tmp_path: Path, rows: str) -> Path:
    """Write a table with its header."""
    path = tmp_path / "t.csv"
    path.write_bytes((HEADER + rows).encode())
    return path


def test_rows_are_handled_by_time_and_ties_by_row(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "o1,m1,s2,2026-03-01T10:00:00+08:00,5,\n"
        "o2,m1,s1,2026-03-01T01:00:00Z,5,\n"
        "o3,m1,s2,2026-03-01T02:00:00Z,5,\n"
        "r1,m1,s1,2026-03-01T09:00:00+08:00,-5,o2\n",
    )
    found = [
        (number, entry.id, type(entry.line))
        for number, entry in read_entries(path)
        if isinstance(entry, Row)
    ]
    assert found == [
        (3, "o2", PaidLine),
        (5, "r1", RefundedLine),
        (2, "o1", PaidLine),
        (4, "o3", PaidLine),
    ]


def test_a_store_is_introduced_by_its_first_row_at_twenty_per_cent(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD + GOOD.replace("o1", "o2"))
    introduced = [one for _, one in read_entries(path) if isinstance(one, Introduction)]
    (store,) = [one.line for one in introduced]
    assert (store.id, store.owner, store.recruiter, store.district) == ("s1", None, None, None)
    assert store.commission_rate == 2_000


def test_a_refund_needs_an_order_that_is_known(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        GOOD + "r1,m1,s1,2026-03-02T10:00:00+08:00,-40000,o1\n"
        "r2,m1,s1,2026-03-02T10:00:00+08:00,-1,\n"
        "r3,m1,s1,2026-03-02T10:00:00+08:00,-1,o9\n"
        "r4,m1,s1,2026-03-02T10:00:00+08:00,-60001,o1\n"
        "o5,m1,s1,2026-03-02T10:00:00+08:00,0,\n",
    )
    replay = fold(read_entries(path), SEED_1)
    assert replay.state.spend == 600_000_000
    assert replay.refused == [(4, "refund"), (5, "refund"), (6, "refund"), (7, "amount")]


def test_a_row_that_takes_a_stores_id_is_a_duplicate(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD + GOOD.replace("o1", "s1") + GOOD)
    replay = fold(read_entries(path), SEED_1)
    assert (replay.refused, replay.repeated) == ([(3, "duplicate")], 1)


def test_a_store_that_the_rules_do_not_allow_is_unknown(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD)
    replay = fold(read_entries(path), terms_with(platform_rate=2_000))
    assert replay.refused == [(2, "unknown store")]


def test_the_same_row_is_repeated_only_if_every_cell_is_the_same(tmp_path: Path) -> None:
    path = table(tmp_path, GOOD + GOOD + GOOD.replace(",\n", ",x\n"))
    replay = fold(read_entries(path), SEED_1)
    assert (replay.refused, replay.repeated) == ([(4, "duplicate")], 1)


def test_a_row_is_numbered_by_the_line_it_begins_on(tmp_path: Path) -> None:
    path = table(
        tmp_path, '"o\n\n1",m1,s1,2026-03-01T10:00:00+08:00,0,\n\n' + GOOD.replace(",100000", ",0")
    )
    replay = fold(read_entries(path), SEED_1)
    assert replay.refused == [(2, "amount"), (6, "amount")]


MALFORMED_ROWS = [
    ("o1,m1,s1,2026-03-01T10:00:00,1,\n", "paid_at '2026-03-01T10:00:00' is not YYYY"),
    ("o1,m1,s1,2026-03-01 10:00:00+08:00,1,\n", "paid_at"),
    ("o1,m1,s1,,1,\n", "paid_at '' is not"),
    ("o1,m1,s1,2026-03-01T10:00:00Z,1.0,\n", "amount_fen '1.0' is no whole number"),
    ("o1,m1,s1,2026-03-01T10:00:00Z,+1,\n", "amount_fen"),
    ("o1,m1,s1,2026-03-01T10:00:00Z, 1,\n", "amount_fen"),
    ("o1,m1,s1,2026-03-01T10:00:00Z,,\n", "amount_fen ''"),
    ("o1,m1,s1,2026-03-01T10:00:00Z,٣,\n", "amount_fen"),
    (",m1,s1,2026-03-01T10:00:00Z,1,\n", "an empty order_id"),
    ("o1,,s1,2026-03-01T10:00:00Z,1,\n", "an empty order_id, member_id"),
    ("o1,m1,,2026-03-01T10:00:00Z,1,\n", "store_id"),
    ("o1,m1,s1,2026-03-01T10:00:00Z,1\n", "5 cells, not 6"),
    ("o1,m1,s1,2026-03-01T10:00:00Z,1,,\n", "7 cells, not 6"),
    ('o1,m1,"s1"x,2026-03-01T10:00:00Z,1,\n', "no CSV"),
    ('o1,m1,"s1,2026-03-01T10:00:00Z,1,\n', "no CSV"),
    ("o1,m\0,s1,2026-03-01T10:00:00Z,1,\n", "NUL"),
]


@pytest.mark.parametrize(("row", "what"), MALFORMED_ROWS)
def test_a_malformed_row_stops_the_run_with_its_line(tmp_path: Path, row: str, what: str) -> None:
    path = table(tmp_path, GOOD + row + GOOD)
    with pytest.raises(Malformed, match=what) as stopped:
        list(read_entries(path))
    assert stopped.value.line == 3


def test_what_is_no_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes((HEADER + GOOD).encode() + "o2,张,s1,2026-03-01T10:00:00Z,1,\n".encode("gbk"))
    with pytest.raises(Malformed, match="line 3: no UTF-8"):
        list(read_entries(path))


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("order_id,member_id\n", "the columns are order_id,member_id, and must be order_id,"),
        ("\ufeff" + HEADER, "a byte order mark"),
        ("\n" + HEADER, "the columns are , and must be"),
        (GOOD, "the columns are o1,m1"),
    ],
)
def test_a_wrong_header_is_named(tmp_path: Path, header: str, what: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(header + GOOD, encoding="utf-8")
    with pytest.raises(Malformed, match=f"line 1: {what}"):
        list(read_entries(path))


def test_a_table_of_no_rows_is_a_platform_where_nothing_happened(tmp_path: Path) -> None:
    replay = fold(read_entries(table(tmp_path, "")), SEED_1)
    assert outcome(replay)["facts"]["orders"] == 0


# Parquet.

COLUMNS: dict[str, list[Any]] = {
    "order_id": ["o2", "o1", "r1", "o3"],
    "member_id": ["m1", "m1", "m1", "会员"],
    "store_id": ["s1", "s1", "s1", "s2"],
    "paid_at": [f"2026-03-0{day}T10:00:00.000001+08:00" for day in (2, 1, 3, 4)],
    "amount_fen": [100_000, 50_000, -20_000, 0],
    "refund_of": [None, None, "o1", None],
}
MOMENTS = [datetime(2026, 3, day, 2, 0, 0, 1, tzinfo=UTC) for day in (2, 1, 3, 4)]


def written(tmp_path: Path, **changes: object) -> Path:
    """Write the table in Parquet with some columns changed."""
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table(COLUMNS | changes), path)
    return path


def plain(tmp_path: Path) -> dict[str, Any]:
    """Give the result of the same rows as CSV."""
    rows = zip(*COLUMNS.values(), strict=True)
    path = tmp_path / "t.csv.gz"
    lines = [",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows]
    path.write_bytes(gzip.compress((HEADER + "".join(lines)).encode()))
    return outcome(fold(read_entries(path), SEED_1))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"paid_at": pa.array(MOMENTS, pa.timestamp("us", "UTC"))},
        {"paid_at": pa.array(MOMENTS, pa.timestamp("ns", "Asia/Shanghai"))},
        {"amount_fen": pa.array(COLUMNS["amount_fen"], pa.int32())},
        {"store_id": pa.array(COLUMNS["store_id"]).dictionary_encode()},
        {"member_id": pa.array(COLUMNS["member_id"], pa.large_string())},
    ],
)
def test_parquet_gives_what_csv_gives(tmp_path: Path, changes: dict[str, object]) -> None:
    path = written(tmp_path, **changes)
    found = outcome(fold(read_entries(path), SEED_1))
    assert found == plain(tmp_path)
    assert found["refused"] == [{"line": 5, "reason": "amount"}]


def test_ids_may_be_whole_numbers_and_columns_stand_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = COLUMNS | {"order_id": [2, 1, 9, 3], "refund_of": [None, None, 1, None]}
    parquet.write_table(pa.table(dict(reversed(columns.items()))), path)
    replay = fold(read_entries(path), SEED_1)
    assert list(replay.state.lots) == ["1", "2"]
    assert replay.state.lots["1"].spend == 300_000_000


def _without(name: str) -> dict[str, object]:
    return {column: values for column, values in COLUMNS.items() if column != name}


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        (_without("refund_of"), "its columns are order_id.* and must be"),
        (COLUMNS | {"extra": [1, 2, 3, 4]}, "its columns are .*extra"),
        (COLUMNS | {"amount_fen": [1.0, 2.0, 3.0, 4.0]}, "amount_fen is double, .* whole number"),
        (COLUMNS | {"amount_fen": ["1", "2", "3", "4"]}, "amount_fen is string"),
        (COLUMNS | {"paid_at": pa.array(MOMENTS, pa.timestamp("us"))}, "time zone"),
        (COLUMNS | {"member_id": [1.5, 2.5, 3.5, 4.5]}, "member_id is double"),
        (
            COLUMNS | {"paid_at": pa.array([1, 2, 3, 4], pa.timestamp("ns", "UTC"))},
            "no whole number of microseconds",
        ),
    ],
)
def test_wrong_columns_are_named(tmp_path: Path, columns: dict[str, object], what: str) -> None:
    path = tmp_path / "t.parquet"
    parquet.write_table(pa.table(columns), path)
    with pytest.raises(Unreadable, match=what):
        list(read_entries(path))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4:60] = b"\xff" * 56
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [_cut, _spoil])
def test_a_damaged_parquet_file_is_named(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    path = written(tmp_path)
    harm(path)
    with pytest.raises(Unreadable, match="no whole Parquet file"):
        list(read_entries(path))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"order_id": ["o2", None, "r1", "o3"]}, "line 3: no order_id"),
        ({"amount_fen": [1, 2, None, 4]}, "line 4: no amount_fen"),
        ({"store_id": ["s1", "s1", "s1", ""]}, "line 5: an empty"),
        (
            {"paid_at": pa.array([0, 1, 2, 10**18], pa.timestamp("us", "UTC"))},
            "line 5: paid_at",
        ),
    ],
)
def test_a_malformed_cell_of_a_parquet_file_is_named_with_its_line(
    tmp_path: Path, changes: dict[str, object], what: str
) -> None:
    with pytest.raises(Malformed, match=what):
        list(read_entries(written(tmp_path, **changes)))
    assert len(NAMES) == 6
