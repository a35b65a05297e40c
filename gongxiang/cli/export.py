"""`export [--public] OUT`: the platform's history as events with its seal, or the public feed.

Source: spec/events.md (export, export --public).
"""

import argparse
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from gongxiang.cli.failure import Failure, WrongUsage
from gongxiang.cli.output import whole_files
from gongxiang.cli.progress import Progress
from gongxiang.cli.snapshot import snapshot
from gongxiang.cli.start import platform, say

_OTHER_FORMS: Final = (".csv", ".csv.gz", ".parquet", ".gz")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--public",
        action="store_true",
        help="the pool feed for everybody: nothing that tells who, where or at what hour",
    )
    parser.add_argument("out", metavar="OUT", help="the file to write; the seal is OUT.seal")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, and its seal beside it."""
    out = Path(arguments.out)
    if out.name.lower().endswith(_OTHER_FORMS):
        raise WrongUsage(f"{out} would hold event lines, which its name denies: name it .jsonl")
    if out.is_dir():
        raise Failure(f"cannot write {out}: it is a folder; name a file in it")
    with platform() as access, snapshot(access.url) as connection:
        from gongxiang.points.models import Pool  # noqa: PLC0415  Django must be set up first

        if not Pool.objects.exists():
            raise Failure("the platform is empty, nothing to export: run `up` or `import` first")
        if arguments.public:
            _write_feed(connection, out)
        else:
            _write_history(connection, out)
    return 0


def _write_feed(connection: Connection[Any], out: Path) -> None:
    from gongxiang.settlement.feed import feed_lines  # noqa: PLC0415  after Django's set-up

    with whole_files(out) as (file,), Progress("exporting", unit="steps") as progress:
        file.writelines(progress.passing(feed_lines(connection)))


def _write_history(connection: Connection[Any], out: Path) -> None:
    """Write the events and the seal; they take their places together."""
    from gongxiang.settlement.export import (  # noqa: PLC0415  after Django's set-up
        event_lines,
        seal_lines,
        unsettled,
    )
    from gongxiang.settlement.history import BrokenHistory  # noqa: PLC0415
    from gongxiang.settlement.seal import written  # noqa: PLC0415

    digest = hashlib.sha256()
    count = 0

    def counted(lines: Iterable[bytes]) -> Iterator[bytes]:
        nonlocal count
        for count, line in enumerate(lines, 1):  # noqa: B007  the last one is kept
            digest.update(line)
            yield line

    seal_path = out.with_name(f"{out.name}.seal")
    try:
        with whole_files(seal_path, out) as (seal, file), Progress("exporting") as progress:
            file.writelines(counted(progress.passing(event_lines(connection))))
            seal.writelines(written(seal_lines(connection), count=count, file=digest.digest()))
    except BrokenHistory as error:
        raise Failure(f"the history is broken, `verify` says more: {error}") from error
    left = unsettled(connection)
    if left.facts or left.orders:
        say(
            f"{left.facts} recorded events and {left.orders} due orders are not settled yet:"
            f" a replay of {out} settles them; run `settle` first to have both agree"
        )
