"""Random rule sets that a run accepts, with odd rates and values at their limits.

Units: rates per myriad, money in micro-yuan, times in seconds.
Source: events.md "--set", rewards.md R1.
"""

from random import Random

from hypothesis import strategies as st

from tests.oracle import RulebookRefused, check

# Under these a lot of a store with 2000 is worth its cap to the micro-yuan when it is made.
EXACT: dict[str, int | str] = {
    "platform_rate": 200,
    "distribution_rate": 200,
    "backing_rate": 10_000,
    "exit_cap": 1_600,
    "opening_price": 1_000_000,
}


def rules(seed: int) -> dict[str, int | str]:
    """Return a random whole set of rules that a run accepts."""
    return random_rules(Random(f"rules {seed}"))  # noqa: S311 - chance, not a secret


@st.composite
def rule_sets(draw: st.DrawFn) -> dict[str, int | str]:
    """Draw an admissible set of rules."""
    return random_rules(draw(st.randoms(use_true_random=False)))


def random_rules(chance: Random) -> dict[str, int | str]:
    """Return a set of rules that a run accepts."""
    while True:
        terms: dict[str, int | str] = {
            "platform_rate": chance.choice((200, 200, 0, 123, 1_000)),
            "distribution_rate": chance.choice((200, 200, 130, 266, 999)),
            "backing_rate": chance.choice((7_000, 7_000, 3_333, 10_000, 9_999, 1)),
            "payout_rate": chance.choice((8_000, 8_000, 7_777, 10_000, 1, 0)),
            "exit_cap": chance.choice((12_000, 12_000, 12_000, 20_000, 20_000, 10_501, 333, 1)),
            "opening_price": chance.choice((1_000_000, 1_000_000, 333_333, 1, 10**9, 10**17)),
            "genesis_money": chance.choice((100_000, 10**9, 10**9, 50_000_000, 7, 1)),
            "mint_step": chance.choice((0, 100, 100, 37, 10_000)),
            "mint_lock": chance.choice((0, 0, 1, 3_600, 7_200, 604_800)),
            "window": chance.choice((0, 1, 3_600, 3_600, 86_400)),
            "direct": chance.choice((30, 100, 0, 17)),
            "indirect": chance.choice((20, 50, 0, 7)),
            "recruiter": chance.choice((50, 100, 0, 3)),
            "district": chance.choice((10, 40, 25)),
            "city": chance.choice((20, 5, 10)),
            "province": chance.choice((30, 1, 20)),
            "grand_region": chance.choice((0, 45, 1)),
            "agent_mode": chance.choice(("differential", "flat")),
            "voucher_multiple": chance.choice((20_000, 20_000, 0, 3_333, 15_001)),
        }
        terms |= chance.choice(({},) * 11 + (EXACT,))
        try:
            check(terms)
        except RulebookRefused:
            continue
        return terms
