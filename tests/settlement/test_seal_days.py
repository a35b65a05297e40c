"""Every Shanghai day that has ended gets one root, over all its batches and the root before.

Source: H7; the daily seal is at 24:00 (+08:00).
"""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest

from gongxiang.acts.seal_days import seal_days
from tests.settlement.platforms import Books, drive, terms_with
from tests.settlement.test_export import FIVE

pytestmark = pytest.mark.db

_MICROSECOND = timedelta(microseconds=1)

MOMENTS = (
    datetime(2026, 3, 1, 15, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 1, 16, 0, tzinfo=UTC),
    datetime(2026, 3, 1, 23, 0, tzinfo=UTC),
    datetime(2026, 3, 4, 3, 0, tzinfo=UTC),
)


@pytest.fixture
def four_batches(books: Books) -> Books:
    """Give a platform whose batches were recorded on three days long ago."""
    drive(FIVE, terms=terms_with(), batch=2)
    books.connection.execute("SET LOCAL session_replication_role = replica")
    for number, moment in enumerate(MOMENTS, 1):
        books.connection.execute(
            "UPDATE ledger_batch SET recorded_at = %s WHERE id = %s", (moment, number)
        )
    books.connection.commit()
    return books


def test_a_day_begins_in_shanghai_and_a_day_without_a_batch_has_no_root(
    four_batches: Books,
) -> None:
    assert seal_days() == 3
    assert four_batches.ask("SELECT day, last_batch_id FROM ledger_seal ORDER BY day") == [
        (date(2026, 3, 1), 1),
        (date(2026, 3, 2), 3),
        (date(2026, 3, 4), 4),
    ]
    assert four_batches.verdict() == ""


def test_a_root_is_the_hash_that_is_written_down(four_batches: Books) -> None:
    seal_days()
    chains = [bytes(one) for (one,) in four_batches.ask("SELECT chain_hash FROM ledger_batch")]
    at = [str((moment - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND) for moment in MOMENTS]
    before = bytes(32)
    days = (("2026-03-01", (0,)), ("2026-03-02", (1, 2)), ("2026-03-04", (3,)))
    found = four_batches.ask("SELECT root, sealed_at FROM ledger_seal ORDER BY day")
    for (day, places), (root, sealed_at) in zip(days, found, strict=True):
        sealed = (sealed_at - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND
        text = before + f"{day} {sealed}\n".encode()
        text += b"".join(at[place].encode() + b"\n" + chains[place] for place in places)
        before = hashlib.sha256(text).digest()
        assert bytes(root) == before


def test_a_sealed_day_is_not_sealed_again(four_batches: Books) -> None:
    assert seal_days() == 3
    before = four_batches.ask("SELECT * FROM ledger_seal ORDER BY day")
    assert seal_days() == 0
    assert four_batches.ask("SELECT * FROM ledger_seal ORDER BY day") == before


def test_a_day_that_has_not_ended_is_not_sealed(four_batches: Books) -> None:
    four_batches.connection.execute("SET LOCAL session_replication_role = replica")
    four_batches.connection.execute(
        "UPDATE ledger_batch SET recorded_at = clock_timestamp() + interval '1 hour' WHERE id > 3"
    )
    four_batches.connection.commit()
    assert seal_days() == 2
    assert four_batches.verdict() == ""
