"""The common workload: the orders that every figure of speed is measured on.

Many members and many stores in real districts; each order rewards a direct and an indirect
referrer, a recruiter and three agents; nobody sells. The same seed gives the same bytes.

Units: fen on the lines, times as on the lines.
Source: design/speed.md (Common workload); spec/events.md (Lines).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

SEED = 20_261_122
MEMBERS = 50_000
STORES = 2_000
RECRUITERS = 200
CITIES: dict[str, dict[str, tuple[str, ...]]] = {
    "440000": {"440100": ("440106", "440104", "440103", "440111"), "440300": ("440305", "440304")},
    "330000": {"330100": ("330106", "330105"), "330200": ("330203",)},
    "450000": {"450100": ("450103", "450102")},
}
"""Provinces, their cities and some districts of them: an agent works in each."""

COMMISSION_RATES = (500, 1_000, 1_500, 2_000, 2_000, 2_000, 2_500, 3_000)
SECONDS_APART_MAX = 3
LEAST_FEN, MOST_FEN = 500, 50_000
_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def write(
    path: Path, *, orders: int, members: int = MEMBERS, stores: int = STORES, seed: int = SEED
) -> None:
    """Write the workload as an event file: everybody introduced first, then the orders."""
    chance = Random(seed)  # noqa: S311 - chance, not a secret
    with path.open("w", encoding="utf-8") as file:
        for part in (
            _stores(chance, members, stores),
            _members(chance, members, stores),
            _agents(),
            _orders(chance, orders, members, stores),
        ):
            file.writelines(f"{line}\n" for line in part)


def introductions(*, members: int = MEMBERS, stores: int = STORES) -> int:
    """Count the lines that stand before the first order."""
    return members + stores + sum(1 for _ in _agents())


def _stores(chance: Random, members: int, stores: int) -> Iterator[str]:
    codes = [code for cities in CITIES.values() for inside in cities.values() for code in inside]
    for number in range(stores):
        code, rate = chance.choice(codes), chance.choice(COMMISSION_RATES)
        yield (
            f'{{"type": "store", "id": "s{number}", "owner": "m{chance.randrange(members)}", '
            f'"recruiter": "r{chance.randrange(RECRUITERS)}", '
            f'"district": "{code}", "commission_rate": {rate}}}'
        )


def _members(chance: Random, members: int, stores: int) -> Iterator[str]:
    """Introduce members: all but the first two have a referrer who has one himself."""
    for number in range(members):
        referrer = f'"m{chance.randrange(number)}"' if number else "null"
        scanned = f'"s{chance.randrange(stores)}"' if chance.randrange(2) else "null"
        yield (
            f'{{"type": "member", "id": "m{number}", "referrer": {referrer}, '
            f'"via_store": {scanned}}}'
        )


def _agents() -> Iterator[str]:
    for province, cities in CITIES.items():
        yield _agent("province", province)
        for city, districts in cities.items():
            yield _agent("city", city)
            yield from (_agent("district", district) for district in districts)


def _agent(level: str, region: str) -> str:
    return (
        f'{{"type": "agent", "id": "a{region}", "member": "g{region}", "level": "{level}", '
        f'"region": "{region}"}}'
    )


def _orders(chance: Random, orders: int, members: int, stores: int) -> Iterator[str]:
    at = _BEGIN
    for number in range(orders):
        at += timedelta(seconds=chance.randrange(SECONDS_APART_MAX))
        yield (
            f'{{"type": "paid", "id": "o{number}", "member": "m{chance.randrange(members)}", '
            f'"store": "s{chance.randrange(stores)}", '
            f'"amount_fen": {chance.randrange(LEAST_FEN, MOST_FEN)}, "at": "{at.isoformat()}"}}'
        )
