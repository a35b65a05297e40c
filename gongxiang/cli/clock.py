"""`clock [show|+8d|+36h|+90m|+45s]`: show the platform's clock, or move it on to try things out.

Every moment of the business follows: refund windows end, points unlock, a new day begins. It never
goes back, and a platform in production refuses to be moved.
"""

import argparse
import re
from typing import Final

from gongxiang.base.clock import format_at
from gongxiang.cli.failure import Failure, WrongUsage
from gongxiang.cli.start import platform

UNITS: Final = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_STEP: Final = re.compile(r"\+(\d{1,9})([dhms])")
_NOW: Final = """
SELECT offset_seconds, (extract(epoch FROM clock_timestamp()
                        + make_interval(secs => offset_seconds)) * 1000000)::bigint
  FROM points_horizon
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument(
        "step", nargs="?", default="show", metavar="STEP", help="show, or how far to move on: +8d"
    )


def run(arguments: argparse.Namespace) -> int:
    """Show the clock, or move it on."""
    seconds = None if arguments.step == "show" else step_seconds(arguments.step)
    with platform():
        offset, at = _shown() if seconds is None else _moved(seconds)
    print(f"{format_at(at)}\toffset {offset} s")
    return 0


def step_seconds(step: str) -> int:
    """Read how far to move on.

    >>> step_seconds("+8d")
    691200
    """
    found = _STEP.fullmatch(step)
    if found is None:
        raise WrongUsage(f"{step}: write show, or a step forward as +8d, +36h, +90m or +45s")
    return int(found[1]) * UNITS[found[2]]


def _shown() -> tuple[int, int]:
    from gongxiang.ledger import raw  # noqa: PLC0415  after Django's set-up

    with raw.cursor() as cursor:
        row = cursor.execute(_NOW).fetchone()
    assert row is not None, "the horizon is made with the tables"
    return row[0], row[1]


def _moved(seconds: int) -> tuple[int, int]:
    from gongxiang.acts.move_clock import (  # noqa: PLC0415  after Django's set-up
        ClockIsReal,
        NotForward,
        move_clock,
    )

    try:
        return move_clock(seconds=seconds)
    except (ClockIsReal, NotForward) as refusal:
        raise Failure(str(refusal)) from refusal
