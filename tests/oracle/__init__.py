"""A second, slow implementation of the economy, written from the rules alone.

The product is tested against it: two readings of the same rules must give the same
micro-yuan. Nothing here comes from, or is used by, the product; clear matters more than fast.

Units: micro-yuan, atoms, per-myriads, microseconds since 1970 UTC.
Source: economy.md E1 to E18, rewards.md R1 to R5, R8, events.md.
"""

from tests.oracle.lines import Malformed, moment, read, read_table
from tests.oracle.oracle import World, run, run_table
from tests.oracle.rulebook import PRESETS, RulebookRefused, check, complete

__all__ = [
    "PRESETS",
    "Malformed",
    "RulebookRefused",
    "World",
    "check",
    "complete",
    "moment",
    "read",
    "read_table",
    "run",
    "run_table",
]
