"""`result [--out F]`: the platform's state in the form of a replay's result."""

import argparse

from gongxiang.cli.failure import Failure
from gongxiang.cli.output import write_answer
from gongxiang.cli.snapshot import snapshot
from gongxiang.cli.start import platform


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--out", metavar="F", help="write to this file instead of stdout")


def run(arguments: argparse.Namespace) -> int:
    """Print the state."""
    with platform() as access:
        from gongxiang.lab.result import to_bytes  # noqa: PLC0415  Django must be set up first
        from gongxiang.points.models import Pool  # noqa: PLC0415
        from gongxiang.settlement.result import of_platform  # noqa: PLC0415

        if not Pool.objects.exists():
            raise Failure("the platform is empty: run `up` or `import` first")
        with snapshot(access.url) as connection, connection.cursor() as cursor:
            answer = to_bytes(of_platform(cursor))
    write_answer([answer], out=arguments.out)
    return 0
