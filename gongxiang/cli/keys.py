"""`keys reseal`: seal anew, with the keys of today, what was sealed with older ones.

The older keys are named in GONGXIANG_SECRET_KEY_FALLBACKS and GONGXIANG_IDENTITY_KEY_FALLBACKS.
When the command has said 0 for every place, they can go.
"""

import argparse

from gongxiang.cli.failure import Failure
from gongxiang.cli.start import platform


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("what", choices=("reseal",))


def run(arguments: argparse.Namespace) -> int:
    """Seal everything anew; print for each place how many texts needed it."""
    del arguments
    with platform():
        from gongxiang.acts.reseal_texts import (  # noqa: PLC0415  after Django's set-up
            PLACES,
            reseal_texts,
        )
        from gongxiang.members import sealed  # noqa: PLC0415  after Django's set-up

        for place in PLACES:
            changed, upto = 0, 0
            try:
                while (done := reseal_texts(place=place, after=upto)).upto is not None:
                    changed, upto = changed + done.changed, done.upto
            except sealed.Unreadable as error:
                raise Failure(
                    f"{place.table}.{place.column} after {upto}: {error}; name the key that sealed"
                    " it in GONGXIANG_SECRET_KEY_FALLBACKS or GONGXIANG_IDENTITY_KEY_FALLBACKS"
                ) from error
            print(f"{place.table}.{place.column}\t{changed}")
    return 0
