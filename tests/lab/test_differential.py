"""Two readings of the same rules give the same micro-yuan: the product and the oracle.

Units: micro-yuan, atoms. Source: spec/events.md (Result), economy.md, rewards.md.
"""

import csv
from pathlib import Path
from random import Random

import pytest
from hypothesis import given

from gongxiang.lab.files import read_entries
from gongxiang.lab.replay import fold
from tests import oracle
from tests.lab.folded import folded, outcome, terms_of
from tests.rule_sets import rules
from tests.strategies import scenario, scenarios

BLOCK = 20


def agree(seed: int, lines: int) -> None:
    """See product and oracle end a random file alike, in every key."""
    chosen = rules(seed)
    texts = scenario(seed, lines, chosen)
    expected = oracle.run(texts, chosen)
    found = outcome(folded(texts, terms_of(chosen)))
    assert set(found) == set(expected)
    for key in expected:
        assert found[key] == expected[key], f"seed {seed}, {key}"


@pytest.mark.parametrize("block", range(15))
def test_random_files_under_random_rules_end_alike(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        agree(seed, lines=40 + 10 * (seed % 9))


@pytest.mark.long
@pytest.mark.parametrize("block", range(15, 400))
def test_thousands_of_random_files_end_alike(block: int) -> None:
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        agree(seed, lines=60 + 10 * (seed % 30))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10**6, 10**6 + 20))
def test_long_random_files_end_alike(seed: int) -> None:
    agree(seed, lines=2_000)


@given(scenarios())
def test_any_file_that_hypothesis_finds_ends_alike(
    found: tuple[dict[str, int | str], list[str]],
) -> None:
    chosen, texts = found
    assert outcome(folded(texts, terms_of(chosen))) == oracle.run(texts, chosen)


def table(chance: Random, rows: int) -> list[list[str]]:
    """Give a random orders table: ties, refunds, doubles, ids of stores, amounts of nothing."""
    written: list[list[str]] = []
    for number in range(rows):
        at = f"2026-03-01T{chance.randrange(4):02}:00:0{chance.randrange(3)}{chance.choice(ZONES)}"
        member, store = f"m{chance.randrange(5)}", f"s{chance.randrange(4)}"
        name = chance.choice((f"o{number}", f"o{number}", f"o{chance.randrange(rows)}", store))
        amount = chance.choice((100_000, 1, 0, chance.randrange(1, 10**6), 10**40))
        row = [name, member, store, at, str(amount), ""]
        if number and chance.randrange(4) == 0:
            other = chance.choice(written)
            part = chance.choice((1, 2, 3)) * int(other[4][:12].lstrip("-")) // 3
            row[4:] = [f"-{part}", chance.choice((other[0], other[0], "", "o-none"))]
        if number and chance.randrange(12) == 0:
            row = list(chance.choice(written))
            row[5] = chance.choice((row[5], row[5], "x"))
        written.append(row)
    return written


ZONES = ("Z", "+08:00", "-00:30", "+01:00")


@pytest.mark.parametrize("seed", range(120))
def test_random_orders_tables_end_alike(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)  # noqa: S311 - chance, not a secret
    chosen = rules(seed)
    path = tmp_path / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator=chance.choice(("\n", "\r\n")))
        writer.writerow(("order_id", "member_id", "store_id", "paid_at", "amount_fen", "refund_of"))
        writer.writerows(table(chance, rows=40))
    with path.open("rb") as lines:
        expected = oracle.run_table(lines, chosen)
    assert outcome(fold(read_entries(path), terms_of(chosen))) == expected
