"""Orders tables in Parquet: the columns of tables.py by their names, in any order.

Ids are texts or whole numbers, `amount_fen` a whole number, `paid_at` a text with its offset or a
timestamp with a time zone. The first row is line 2, as if a header stood above it.

Units: fen. Source: spec/events.md (Orders tables).
"""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

from gongxiang.base.clock import format_at
from gongxiang.lab.lines import Malformed
from gongxiang.lab.tables import COLUMNS, TimedRow, timed_row

_ROWS_AT_ONCE: Final = 16_384
_FIRST_LINE: Final = 2


class NotParquet(Exception):
    """A file that is no Parquet file, or not a whole one."""


class WrongColumns(Exception):
    """A Parquet file whose columns are not those of an orders table."""


def parquet_rows(file: BinaryIO, *, told: Callable[[int, int], None]) -> Iterator[TimedRow]:
    """Read the rows of a table, telling how many of how many; raises `Malformed` too.

    Raises `NotParquet` and `WrongColumns`.
    """
    # Half a second to import, which only a Parquet file is worth.
    from pyarrow import ArrowException, parquet  # noqa: PLC0415

    number = _FIRST_LINE
    try:
        table = parquet.ParquetFile(file)
        schema = table.schema_arrow
        _check(schema)
        for batch in table.iter_batches(_ROWS_AT_ONCE, columns=list(COLUMNS)):
            told(number - _FIRST_LINE, table.metadata.num_rows)
            columns = [_texts(batch.column(name)) for name in COLUMNS]
            for cells in zip(*columns, strict=True):
                yield timed_row(number, _whole_row(number, cells))
                number += 1
    except (ArrowException, OSError) as error:
        raise NotParquet(" ".join(str(error).split())) from None


def _check(schema: Any) -> None:  # noqa: ANN401 - pyarrow has no types of its own
    """Refuse columns that are missing, unknown or of another type."""
    names = list(schema.names)
    if sorted(names) != sorted(COLUMNS):
        raise WrongColumns(f"its columns are {', '.join(names)}, and must be {', '.join(COLUMNS)}")
    for field in schema:
        if not _fits(field.name, field.type):
            raise WrongColumns(
                f"column {field.name} is {field.type}, and must be {_WANTED[field.name]}"
            )


_ID: Final = "a text or a whole number"
_WANTED: Final = {
    "order_id": _ID,
    "member_id": _ID,
    "store_id": _ID,
    "paid_at": "a text or a timestamp, with its offset or time zone",
    "amount_fen": "a whole number",
    "refund_of": _ID,
}


def _fits(name: str, kind: Any) -> bool:  # noqa: ANN401 - pyarrow has no types of its own
    from pyarrow import types  # noqa: PLC0415 - as above

    if types.is_dictionary(kind):
        kind = kind.value_type
    is_text = types.is_string(kind) or types.is_large_string(kind)
    if name == "amount_fen":
        return bool(types.is_integer(kind))
    if name == "paid_at":
        return is_text or (types.is_timestamp(kind) and kind.tz is not None)
    return is_text or types.is_integer(kind) or (name == "refund_of" and types.is_null(kind))


def _texts(column: Any) -> list[str | None]:  # noqa: ANN401 - pyarrow has no types of its own
    """Give a column's cells as a CSV file would have them, None where there is nothing."""
    from pyarrow import ArrowInvalid, int64, timestamp, types  # noqa: PLC0415 - as above

    if types.is_timestamp(column.type):
        try:
            moments = column.cast(timestamp("us", "UTC")).cast(int64())
        except ArrowInvalid as error:
            raise WrongColumns(
                f"a timestamp holds no whole number of microseconds ({error})"
            ) from None
        return [None if at is None else _moment(at) for at in moments.to_pylist()]
    return [None if value is None else str(value) for value in column.to_pylist()]


def _moment(at: int) -> str:
    """Write a moment as a line would; one outside the years 1 to 9999 cannot be read again."""
    try:
        return format_at(at)
    except OverflowError:
        return f"{at} microseconds after 1970"


def _whole_row(number: int, cells: tuple[str | None, ...]) -> list[str]:
    """Refuse a row that lacks a cell, but for `refund_of`."""
    *needed, refund_of = cells
    if None in needed:
        raise Malformed(number, f"no {COLUMNS[needed.index(None)]}")
    return [cell for cell in needed if cell is not None] + [refund_of or ""]
