"""An export proves itself: any byte of the file or its seal that changes is found and placed.

Source: spec/events.md (verify OUT); H7, A23.
"""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Final

import pytest

from gongxiang.cli import verify
from gongxiang.cli.export import _write_history
from gongxiang.cli.failure import Failure
from tests.settlement.platforms import Books
from tests.settlement.story import open_story

pytestmark = pytest.mark.db

TRIES: Final = 300
PLACED: Final = re.compile(r"batch \d+|no batch covers yet|behind the last batch|seal")


class Export:
    """An exported file and its seal, in lines that can be changed and verified again."""

    def __init__(self, folder: Path, books: Books) -> None:
        self.path = folder / "out.jsonl"
        self.seal_path = folder / "out.jsonl.seal"
        _write_history(books.connection, self.path)
        self.lines = self.path.read_bytes().splitlines(keepends=True)
        self.seal = self.seal_path.read_bytes().splitlines(keepends=True)

    def verdict(
        self, lines: Iterable[bytes] | None = None, seal: Iterable[bytes] | None = None
    ) -> str:
        """Verify the export with other lines; give what is wrong, nothing where nothing is."""
        self.path.write_bytes(b"".join(self.lines if lines is None else lines))
        self.seal_path.write_bytes(b"".join(self.seal if seal is None else seal))
        try:
            verify.run(argparse.Namespace(file=str(self.path)))
        except Failure as failure:
            return str(failure)
        return ""


@pytest.fixture
def export(books: Books, tmp_path: Path) -> Export:
    """Give the export of a small platform in which everything happened, with orders waiting."""
    open_story(books)
    return Export(tmp_path, books)


def test_an_export_is_clean_and_says_what_it_holds(
    export: Export, capsys: pytest.CaptureFixture[str]
) -> None:
    assert export.verdict() == ""
    assert capsys.readouterr().out == (
        "verified: 50 lines, 21 orders, 11 batches, 4 sealed days;"
        " pool 931161672 µ¥ / 626645715858083 atoms; no batch covers the last 4 lines yet\n"
    )


def test_any_flipped_byte_of_the_file_is_found_and_its_batch_and_lines_named(
    export: Export,
) -> None:
    chance = Random("file")  # noqa: S311  a seed, not a secret
    for _ in range(TRIES):
        place = chance.randrange(len(export.lines))
        verdict = export.verdict(lines=_flipped(export.lines, place, chance))
        assert PLACED.search(verdict), (export.lines[place], verdict)
        assert _names_line(verdict, place + 1), (place, verdict)


def test_any_flipped_byte_of_the_seal_is_found(export: Export) -> None:
    chance = Random("seal")  # noqa: S311  a seed, not a secret
    for _ in range(TRIES):
        place = chance.randrange(len(export.seal))
        verdict = export.verdict(seal=_flipped(export.seal, place, chance))
        assert verdict.startswith("WRONG: "), (export.seal[place], verdict)


def test_a_line_that_is_gone_added_or_moved_is_found(export: Export) -> None:
    lines = export.lines
    for place in range(len(lines)):
        verdicts = [
            export.verdict(lines=[*lines[:place], *lines[place + 1 :]]),
            export.verdict(lines=[*lines[:place], lines[place], *lines[place:]]),
        ]
        if place:
            swapped = [*lines[: place - 1], lines[place], lines[place - 1], *lines[place + 1 :]]
            verdicts.append(export.verdict(lines=swapped))
        for verdict in verdicts:
            assert PLACED.search(verdict), (place, verdict)


def test_a_seal_that_is_cut_short_mixed_up_or_missing_is_found(export: Export) -> None:
    seal = export.seal
    for place in range(len(seal)):
        assert export.verdict(seal=seal[:place]).startswith("WRONG: "), place
        assert export.verdict(seal=[*seal[:place], *seal[place + 1 :]]).startswith("WRONG: "), place
        assert export.verdict(seal=[*seal[:place], seal[place], *seal[place:]]) != "", place
    assert "cut short" in export.verdict(seal=seal[:-1])
    export.seal_path.unlink()
    with pytest.raises(Failure, match="there is no seal"):
        verify.run(argparse.Namespace(file=str(export.path)))


def _flipped(lines: list[bytes], place: int, chance: Random) -> list[bytes]:
    line = bytearray(lines[place])
    line[chance.randrange(len(line))] ^= 1 + chance.randrange(255)
    return [*lines[:place], bytes(line), *lines[place + 1 :]]


def _names_line(verdict: str, number: int) -> bool:
    """Tell whether a verdict names a line, alone or in a stretch of lines."""
    stretches = re.findall(r"lines? (\d+)(?: to (\d+))?", verdict)
    return any(int(first) <= number <= int(last or first) for first, last in stretches)
