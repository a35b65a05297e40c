"""`export [--public] OUT`: the platform's history as events with its seal, or the public feed."""

import argparse
from pathlib import Path

from gongxiang.cli.failure import Failure
from gongxiang.cli.output import whole_file
from gongxiang.cli.progress import Progress
from gongxiang.cli.snapshot import snapshot
from gongxiang.cli.start import platform, say


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
    if out.is_dir():
        raise Failure(f"{out} is a folder: name a file")
    with platform() as access, snapshot(access.url) as connection:
        from gongxiang.points.models import Pool  # noqa: PLC0415  Django must be set up first
        from gongxiang.settlement.export import (  # noqa: PLC0415
            event_lines,
            seal_lines,
            unsettled,
        )
        from gongxiang.settlement.feed import feed_lines  # noqa: PLC0415

        if not Pool.objects.exists():
            raise Failure("the platform is empty: nothing to export")
        if arguments.public:
            with whole_file(out) as file, Progress("exporting", unit="steps") as progress:
                file.writelines(progress.passing(feed_lines(connection)))
            return 0
        # The seal takes its place first: a file without its seal never stands there.
        with (
            whole_file(out) as file,
            whole_file(out.with_name(f"{out.name}.seal")) as seal,
            Progress("exporting") as progress,
        ):
            seal.writelines(seal_lines(connection))
            file.writelines(progress.passing(event_lines(connection)))
        waiting = unsettled(connection)
    if waiting:
        say(f"{waiting} due orders are not settled yet: a replay of {out} settles them")
    return 0
