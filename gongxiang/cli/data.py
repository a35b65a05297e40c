"""`data complete-journey [--out F]`: public research data as an orders table, packed for `.gz`."""

import argparse
import gzip

from gongxiang.cli.failure import Failure
from gongxiang.cli.output import write_answer
from gongxiang.cli.start import say
from gongxiang.lab.complete_journey import NoPackage, baskets, transactions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("name", choices=["complete-journey"], help="which data")
    parser.add_argument(
        "--out", metavar="F", help="write to this file instead of stdout; packed if it ends in .gz"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the table, and say what it holds."""
    try:
        found = baskets(transactions())
    except NoPackage as error:
        raise Failure(str(error)) from error
    table = "".join(found.lines).encode()
    if arguments.out is not None and arguments.out.endswith(".gz"):
        table = gzip.compress(table, mtime=0)
    write_answer([table], out=arguments.out)
    say(f"{found.orders} baskets as orders; {found.left_out} of amount 0 left out")
    return 0
