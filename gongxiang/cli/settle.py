"""`settle [--batch N] [--limit N]`: settle what is due by the database's clock."""

import argparse

from gongxiang.cli.arguments import positive
from gongxiang.cli.start import platform, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--batch", metavar="N", type=positive, help="orders in one transaction")
    parser.add_argument("--limit", metavar="N", type=positive, help="stop after N orders")


def run(arguments: argparse.Namespace) -> int:
    """Settle until nothing is due."""
    with platform():
        from gongxiang.acts.move_horizon import move_horizon  # noqa: PLC0415  after Django's set-up
        from gongxiang.cli.settling import BATCH_ORDERS, only_settler, settle_all  # noqa: PLC0415
        from gongxiang.points.models import Pool  # noqa: PLC0415

        if not Pool.objects.exists():
            say("the platform is empty: nothing to settle")
            return 0
        with only_settler(log=say):
            settled = settle_all(
                until=move_horizon(),
                batch=arguments.batch or BATCH_ORDERS,
                limit=arguments.limit,
            )
    say(f"settled {settled} orders")
    return 0
