"""The measuring of `bench settlement`: turns with the bare script, the shop, growth.

It needs Django set up; `settlement.py` opens the server first.

Units: orders a second, seconds, milliseconds, bytes.
Source: design/speed.md (Settlement).
"""

import argparse
import math
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from django.db import connection as django

from bench import bare, ground, orm_shop, workload
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.acts.settle_pool import settle_pool
from gongxiang.base.clock import BEGINNING, parse_at
from gongxiang.base.memory import without_collection
from gongxiang.cli.importing import import_lines
from gongxiang.cli.server import Access
from gongxiang.lab import lines
from gongxiang.rulebook.load import load_terms

TURNS = {1: 200, 10: 1_000, 100: 3_000, 1_000: 5_000}
"""Orders of one turn, by the size of a batch; larger batches are a turn of their own."""

WARM_ORDERS = 2_000
FAR = parse_at("9000-01-01T00:00:00Z")
"""A moment when all of the workload is due; a settler of the platform gives its horizon."""

BATCH = 1_000
PROBE_BATCHES = 10
TICKS = os.sysconf("SC_CLK_TCK")

Settle = Callable[[int], int]
"""Settles at most so many orders in one batch and says how many it settled."""


@dataclass(slots=True)
class Turn:
    """What one turn of one side took."""

    orders: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    wal: int = 0
    batches: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """Something that settles, and the server process that works for it."""

    settle: Settle
    server: int


def compare(arguments: argparse.Namespace, access: Access) -> float:
    """Settle the common workload in turns with the bare script; give the rate of 1,000 a batch."""
    rate = 0.0
    orders = WARM_ORDERS + arguments.rounds * sum(map(_turn_of, arguments.sizes))
    with ground.a_database(access, "compared") as database:
        _import(orders)
        with psycopg.connect(database.admin_url, autocommit=True) as admin:
            bare.copy_tables(admin)
            script = bare.Bare(database.admin_url)
            sides = {
                "product": Side(_settle, _backend()),
                "bare": Side(script.settle, script.connection.info.backend_pid),
            }
            print(f"{orders:,} orders of {workload.MEMBERS:,} members; orders a second")
            print(
                f"{'a batch':>8} {'product':>9} {'bare':>9} {'ratio':>6} {'processor':>10}"
                f" {'median ms':>10} {'p99 ms':>8} {'WAL an order':>13}"
            )
            for size in arguments.sizes:
                rounds = [_round(sides, size, admin) for _ in range(arguments.rounds)]
                found = _print_size(size, rounds)
                rate = found if size <= BATCH else rate
            script.close()
            apart = bare.differences(admin)
    print(f"  ROWS DIFFER: {apart}" if apart else "  both sides wrote the same rows")
    return rate


def _round(sides: dict[str, Side], size: int, admin: psycopg.Connection) -> dict[str, Turn]:
    return {name: _turn(side, _turn_of(size), size, admin) for name, side in sides.items()}


def _turn_of(size: int) -> int:
    """Give the orders of one turn."""
    return TURNS.get(size, max(size, BATCH))


def _turn(side: Side, orders: int, size: int, admin: psycopg.Connection) -> Turn:
    """Let one side settle so many orders, batch by batch."""
    turn = Turn()
    wal, server, own = _wal(admin), _processor(side.server), time.process_time()
    with without_collection():
        while turn.orders < orders:
            begin = time.perf_counter()
            settled = side.settle(min(size, orders - turn.orders))
            turn.batches.append(time.perf_counter() - begin)
            turn.orders += settled
            assert settled, "the workload has too few orders"
    turn.seconds = sum(turn.batches)
    turn.processor = time.process_time() - own + _processor(side.server) - server
    turn.wal = _wal(admin) - wal
    return turn


def _print_size(size: int, rounds: Sequence[dict[str, Turn]]) -> float:
    """Print one line; give the product's rate."""
    rates = {
        name: statistics.median(one[name].orders / one[name].seconds for one in rounds)
        for name in rounds[0]
    }
    ours = [one["product"] for one in rounds]
    ratio = statistics.median(one["bare"].seconds / one["product"].seconds for one in rounds)
    work = statistics.median(one["bare"].processor / one["product"].processor for one in rounds)
    batches = sorted(batch * 1_000 for turn in ours for batch in turn.batches)
    p99 = batches[max(0, math.ceil(len(batches) * 99 / 100) - 1)]
    wal = sum(turn.wal for turn in ours) // sum(turn.orders for turn in ours)
    print(
        f"{size:>8,} {rates['product']:>9,.0f} {rates['bare']:>9,.0f} {ratio:>6.2f} {work:>10.2f}"
        f" {statistics.median(batches):>10.1f} {p99:>8.1f} {wal:>13,}",
        flush=True,
    )
    return rates["product"]


def visit_shop(orders: int, access: Access, *, rate: float) -> None:
    """Settle orders of the same workload in the ORM's own way."""
    with ground.a_database(access, "shop") as database:
        _import(orders)
        ground.point_django_at(database.owner_url)
        numbers = orm_shop.open_shop(orders)
        begin = time.perf_counter()
        for number in numbers:
            orm_shop.settle(number)
        shop = orders / (time.perf_counter() - begin)
    print(f"an ORM shop: {shop:,.0f} orders a second; the product settles {rate / shop:.0f} times")


def grow_history(sizes: Sequence[int], access: Access) -> None:
    """Print the time of an order after so many orders of history."""
    sizes = sorted(sizes)
    batch = max(1, min(BATCH, sizes[0] // PROBE_BATCHES))
    orders = sizes[-1] + 2 * batch * PROBE_BATCHES
    found = []
    with ground.a_database(access, "history") as database:
        _open_platform()
        ground.fill(database, orders=orders, members=workload.MEMBERS, stores=workload.STORES)
        settled = 0
        for size in sizes:
            while settled < size:
                settled += _settle(batch)
            found.append((size, _probe(batch)))
            settled += batch * PROBE_BATCHES
            _print_growth(f"after {size:>9,} orders", found[-1][1])
    _print_exponent("orders of history", found)


def grow_members(sizes: Sequence[int], access: Access) -> None:
    """Print the time of an order among so many members."""
    found = []
    for size in sorted(sizes):
        with ground.a_database(access, "members") as database:
            _open_platform()
            orders = 2 * BATCH * PROBE_BATCHES
            ground.fill(database, orders=orders, members=size, stores=workload.STORES)
            for _ in range(PROBE_BATCHES // 2):
                _settle(BATCH)
            found.append((size, _probe(BATCH)))
        _print_growth(f"among {size:>9,} members", found[-1][1])
    _print_exponent("members", found)


@dataclass(frozen=True, slots=True)
class Cost:
    """The seconds that an order takes: on the clock, and of processors."""

    clock: float
    processor: float


def _probe(batch: int) -> Cost:
    """Measure some batches: the median on the clock, the mean of processors."""
    clock = []
    server = _backend()
    before, settled = time.process_time() + _processor(server), 0
    with without_collection():
        for _ in range(PROBE_BATCHES):
            begin = time.perf_counter()
            orders = _settle(batch)
            clock.append((time.perf_counter() - begin) / orders)
            settled += orders
    used = time.process_time() + _processor(server) - before
    return Cost(statistics.median(clock), used / settled)


def _print_growth(where: str, cost: Cost) -> None:
    print(
        f"{where}: {1 / cost.clock:>8,.0f} orders a second, "
        f"{cost.processor * 1_000_000:>5.1f} µs of processors an order",
        flush=True,
    )


def _print_exponent(what: str, found: Sequence[tuple[int, Cost]]) -> None:
    (few, before), (many, after) = found[0], found[-1]
    if many > few:
        clock, processor = (
            math.log(ratio) / math.log(many / few)
            for ratio in (after.clock / before.clock, after.processor / before.processor)
        )
        print(
            f"  exponent from {few:,} to {many:,} {what}: {clock:.3f} on the clock, "
            f"{processor:.3f} of processors"
        )


def _open_platform() -> None:
    publish_rules(terms=load_terms(preset="seed-1"), preset="seed-1")


def _import(orders: int) -> None:
    """Record the common workload, settle what comes before it and the first orders."""
    _open_platform()
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        workload.write(Path(file.name), orders=orders)
        import_lines(
            ((number, lines.decode(line, number=number)) for number, line in enumerate(file, 1)),
            terms=load_terms(preset="seed-1"),
            on_chunk=lambda _chunk: None,
        )
    while settle_pool(until=BEGINNING, orders_max=100_000):
        pass
    settled = 0
    while settled < min(WARM_ORDERS, orders // PROBE_BATCHES):
        settled += _settle(BATCH)


def _settle(orders_max: int) -> int:
    report = settle_pool(until=FAR, orders_max=orders_max)
    return 0 if report is None else report.orders


def _backend() -> int:
    with django.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _processor(pid: int) -> float:
    """Give the processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _wal(admin: psycopg.Connection) -> int:
    row = admin.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint").fetchone()
    assert row is not None, "the position of the log has one row"
    return int(row[0])
