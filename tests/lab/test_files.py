"""A file is streamed, or refused by name: what is wrong, where, and what to do next."""

import gzip
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from gongxiang.lab.files import HANDLING, READING, Unreadable, read_entries, read_lines
from gongxiang.lab.lines import ClockLine, Malformed

HEADER = "order_id,member_id,store_id,paid_at,amount_fen,refund_of\n"
ROW = "o1,m1,s1,2026-03-01T00:00:00Z,100000,\n"


def clock(name: str) -> str:
    """Give the text of a line."""
    return json.dumps({"type": "clock", "id": name, "at": "2026-03-01T00:00:00+08:00"})


def numbers(path: Path) -> list[int]:
    """Give the numbers of the lines that a file holds."""
    return [number for number, _ in read_entries(path)]


def test_lines_are_numbered_as_they_stand_and_blank_ones_skipped(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(f"\n{clock('a')}\r\n \t\r\n{clock('b')}\n\n\n{clock('c')}")
    assert [(number, entry.id) for number, entry in read_entries(path)] == [
        (2, "a"),
        (4, "b"),
        (7, "c"),
    ]


@pytest.mark.parametrize("name", ["e.jsonl", "e.JSONL.GZ", "events", "e.gz"])
def test_the_ending_of_the_name_tells_what_it_is(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    data = f"{clock('a')}\n".encode()
    path.write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
    assert list(read_entries(path)) == [(1, ClockLine("a", "2026-03-01T00:00:00+08:00"))]
    assert list(read_lines(path)) == list(read_entries(path))


def test_lines_longer_than_what_is_read_at_once_are_whole(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    names = ["x" * length for length in (3_000_000, 1, 1_048_576, 5)]
    path.write_text("".join(f"{clock(name)}\n" for name in names))
    assert [entry.id for _, entry in read_entries(path)] == names


def test_a_line_without_end_is_refused_before_memory_is_full(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(f"{clock('a')}\n" + "x" * 20_000_000)
    with pytest.raises(Malformed, match="line 2: longer than 16777216 bytes"):
        numbers(path)


def test_a_pipe_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(f"{clock('a')}\n{clock('b')}",))
    writer.start()
    assert numbers(path) == [1, 2]
    writer.join()


def _absent(path: Path) -> None:
    path.unlink(missing_ok=True)


def _folder(path: Path) -> None:
    path.mkdir()


def _text(text: str) -> Callable[[Path], object]:
    return lambda path: path.write_text(text)


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


WHOLE = gzip.compress("".join(f"{clock(str(n))}\n" for n in range(50_000)).encode())
REFUSED: list[tuple[str, Callable[[Path], object], str]] = [
    ("e.jsonl", _absent, "no such file"),
    ("e.jsonl", _folder, "a folder, no file"),
    ("e.jsonl", _text(""), "empty; it must hold one event a line"),
    ("e.jsonl", _text(" \n\t\r\n\n"), "empty; it must hold one event a line"),
    ("e.jsonl.gz", _bytes(WHOLE[: len(WHOLE) // 2]), "after line [0-9]+: .*stops in the middle"),
    ("e.jsonl.gz", _bytes(b""), "empty"),
    ("e.jsonl.gz", _text(clock("a")), "after line 0: no gzip data .*take .gz off its name"),
    ("e.jsonl.gz", _bytes(WHOLE[:-8] + b"\x00" * 8), "after line [0-9]+: no gzip data .CRC"),
    ("t.csv", _text(""), "empty; its first line must be order_id,member_id"),
    ("t.csv.gz", _bytes(gzip.compress(HEADER.encode())[:-9]), "after line 0: .*cut short"),
    ("t.parquet", _text(HEADER + ROW), "no whole Parquet file"),
    ("t.parquet", _text(""), "no whole Parquet file"),
]


@pytest.mark.parametrize(
    ("name", "make", "what"), REFUSED, ids=[f"{i}-{one[0]}" for i, one in enumerate(REFUSED)]
)
def test_what_cannot_be_read_is_refused_by_name(
    tmp_path: Path, name: str, make: Callable[[Path], object], what: str
) -> None:
    path = tmp_path / name
    make(path)
    with pytest.raises(Unreadable) as refused:
        numbers(path)
    assert refused.value.filename == str(path)
    assert refused.match(what)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text(clock("a"))
    path.chmod(0)
    with pytest.raises(Unreadable, match="this user may not read it"):
        numbers(path)


@pytest.mark.parametrize("data", [b"\x00\x01\x02", b"\x89PNG\r\n\x1a\n", b"\xff\xfe{\x00"])
def test_binary_data_is_no_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(data)
    with pytest.raises(Malformed, match="line 1: not one JSON object"):
        numbers(path)


@pytest.mark.parametrize("lines", [20_000, pytest.param(1_000_000, marks=pytest.mark.long)])
def test_a_malformed_last_line_is_found_by_its_number(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("".join(f"{clock(str(n))}\n" for n in range(lines)) + "{oops\n")
    with pytest.raises(Malformed) as stopped:
        numbers(path)
    assert stopped.value.line == lines + 1


def test_how_far_it_is_is_told_for_each_phase(tmp_path: Path) -> None:
    told: list[tuple[str, int, int, int]] = []
    path = tmp_path / "e.jsonl"
    path.write_text("".join(f"{clock(str(n))}\n" for n in range(40_000)))
    list(read_entries(path, watch=lambda *words: told.append(words)))
    size = path.stat().st_size
    assert {one[0] for one in told} == {HANDLING}
    assert told[-1][2:] == (size, size)
    told.clear()
    path = tmp_path / "t.csv"
    path.write_text(HEADER + "".join(ROW.replace("o1", f"o{n}") for n in range(9_000)))
    list(read_entries(path, watch=lambda *words: told.append(words)))
    assert [one[0] for one in told] == sorted((one[0] for one in told), reverse=True)
    assert told[-1][0] == HANDLING
    assert told[0][0] == READING
    assert told[-1][3] == 9_000
