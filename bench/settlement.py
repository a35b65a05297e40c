"""`bench settlement`: how fast paid orders settle, beside a bare script and an ORM shop.

    python3 dev.py bench settlement                      some minutes
    python3 dev.py bench settlement --short              half a minute
    python3 dev.py bench settlement --history 10000 1000000 --members 10000 2000000

An embedded server of its own, fsync on, one connection. Product and bare script (bare.py) settle
the same orders into the same rows, in turns; afterwards their rows are compared. A ratio is the
bare script's time over the product's in the same round, the median over the rounds: of wall-clock
time, and of processor time (the process and its server process together), which neighbours on the
machine disturb less. Exponents are of the time for one order.

Units: orders a second, milliseconds, bytes.
Source: design/speed.md (Settlement).
"""

import argparse
from collections.abc import Sequence

from bench import ground


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    arguments = _parser().parse_args(words)
    if arguments.short:
        arguments.rounds, arguments.shop = 1, 50
        arguments.history, arguments.members = [1_000, 8_000], [1_000, 20_000]
    with ground.a_server() as server:
        access = server.access
        from bench import settling  # noqa: PLC0415 - it needs Django set up

        rate = settling.compare(arguments, access)
        settling.visit_shop(arguments.shop, access, rate=rate)
        settling.grow_history(arguments.history, access)
        settling.grow_members(arguments.members, access)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench settlement")
    parser.add_argument("--short", action="store_true", help="half a minute, rough figures")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shop", type=int, default=300, help="orders that the ORM shop settles")
    parser.add_argument("--history", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--members", type=int, nargs="+", default=[10_000, 200_000])
    return parser
