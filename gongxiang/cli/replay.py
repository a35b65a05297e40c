"""`replay FILE`: fold a file of events, or an orders table, in memory and print the end state.

    gongxiang replay orders.csv.gz --rules town --set exit_cap=20000 --out result.json

Needs no database. Lines that are refused or repeated are part of the answer.

Source: spec/events.md (Commands, Result, Orders tables); E10.
"""

import argparse
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from gongxiang.cli.arguments import positive
from gongxiang.cli.failure import Failure, WrongUsage
from gongxiang.cli.output import write_answer
from gongxiang.cli.progress import Progress
from gongxiang.cli.reading import explained
from gongxiang.economy.terms import Terms
from gongxiang.lab import result
from gongxiang.lab.files import read_entries
from gongxiang.lab.replay import Replay
from gongxiang.rulebook.book import RulebookError
from gongxiang.rulebook.load import DEFAULT_PRESET, load_terms, split_settings
from gongxiang.rulebook.schema import MalformedRules

BATCH: Final = 1_000
"""Lines handled together when nothing is said; the answer does not depend on it (E10)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="events (.jsonl, .jsonl.gz) or orders (.csv, .csv.gz, .parquet)",
    )
    add_rule_arguments(parser)
    parser.add_argument(
        "--batch", metavar="N", type=positive, default=BATCH, help="lines handled together"
    )
    parser.add_argument("--out", metavar="RESULT", help="write to this file instead of stdout")


def add_rule_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which rules a file is folded with."""
    parser.add_argument(
        "--rules",
        metavar="PRESET",
        default=DEFAULT_PRESET,
        help="the rulebook (default %(default)s)",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a rule"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fold the file and write its result."""
    terms = terms_from(arguments.rules, arguments.set)
    _refuse_to_overwrite(arguments.file, arguments.out)
    with no_collection():
        replay = fold(arguments.file, terms, batch=arguments.batch)
        answer = result.of_state(replay.state, refused=replay.refused, repeated=replay.repeated)
        write_answer(result.written(answer), out=arguments.out)
    return 0


def fold(path: Path, terms: Terms, *, batch: int = BATCH) -> Replay:
    """Fold a file to its end, telling how far it is; raises `Failure`."""
    replay = Replay(terms)
    with explained(path), Progress("replay") as progress:
        entries = read_entries(path, watch=progress.show)
        while together := list(islice(entries, batch)):
            for number, entry in together:
                replay.take(number, entry)
        replay.finish()
    return replay


def terms_from(preset: str, settings: list[str]) -> Terms:
    """Give the terms of `--rules` and `--set`; raises `WrongUsage` where they are refused."""
    try:
        return load_terms(
            preset=preset,
            settings=[one for setting in settings for one in split_settings(text=setting)],
        )
    except MalformedRules as error:
        raise Failure(error) from error
    except RulebookError as error:
        raise WrongUsage(error) from error


def _refuse_to_overwrite(path: Path, out: str | None) -> None:
    """Refuse to write the result over the events."""
    if out is not None and path.exists() and Path(out).exists() and path.samefile(out):
        raise WrongUsage(f"--out names the events themselves: {out}")


@contextmanager
def no_collection() -> Iterator[None]:
    """Leave Python's search for cycles off: a fold makes none, and would be searched all over."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
