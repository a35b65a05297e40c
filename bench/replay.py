"""`bench replay`: how fast an event file is folded, beside a tight loop over the same lines.

    python3 dev.py bench replay                                a minute
    python3 dev.py bench replay --orders 20000 --sizes 10000 40000   seconds
    python3 dev.py bench replay --sizes 100000 1000000 10000000      the long form

Each run has a process of its own and counts its processor seconds, so that neighbours disturb as
little as possible; of several rounds the fastest counts. Both sides must end with the same pool,
balances and exits. The exponent is that of the time for the order lines alone: what introduces
members and stores is measured apart and taken off. Bytes an order are what the process grew by.

Units: processor seconds, orders a second, bytes.
Source: design/speed.md (Replay).
"""

import argparse
import gc
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench import tight, workload
from gongxiang.cli.replay import fold, no_collection
from gongxiang.economy.terms import Terms
from gongxiang.rulebook.divisions import divisions
from gongxiang.rulebook.load import load_terms

KIB = 1_024


@dataclass(frozen=True, slots=True)
class Run:
    """One fold in a process of its own."""

    seconds: float
    grown: int
    totals: tuple[int, ...]


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print."""
    arguments = _parser().parse_args(words)
    if arguments.one:
        print(json.dumps(asdict(_measure(arguments.one, arguments.file))))
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-replay-") as folder:
        _compare(arguments, Path(folder))
        _grow(arguments, Path(folder))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench replay", description="how fast a file is folded")
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the comparison")
    parser.add_argument("--members", type=int, default=workload.MEMBERS)
    parser.add_argument("--stores", type=int, default=workload.STORES)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--one", choices=tuple(_FOLDS), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    return parser


def _compare(arguments: argparse.Namespace, folder: Path) -> None:
    """Print the rates of one workload, and the ratios."""
    path = folder / "common.jsonl"
    _write(path, arguments.orders, arguments)
    rounds = [{name: _run(name, path) for name in _FOLDS} for _ in range(arguments.rounds)]
    assert len({run.totals for one in rounds for run in one.values()}) == 1, "the folds disagree"
    lines = arguments.orders + workload.introductions(
        members=arguments.members, stores=arguments.stores
    )
    best = {name: min(one[name].seconds for one in rounds) for name in _FOLDS}
    print(
        f"{arguments.orders:,} orders of {arguments.members:,} members at {arguments.stores:,} "
        f"stores: {lines:,} lines, best of {arguments.rounds} rounds"
    )
    for name, seconds in best.items():
        print(f"  {name:<18} {lines / seconds:>10,.0f} lines a second")
    for name in ("tight json", "tight msgspec"):
        print(f"  replay / {name:<14} {best[name] / best['replay']:.2f}")


def _grow(arguments: argparse.Namespace, folder: Path) -> None:
    """Print how time and memory grow with the number of orders."""
    path = folder / "growing.jsonl"
    _write(path, 0, arguments)
    nothing = min((_run("replay", path) for _ in range(arguments.rounds)), key=_seconds)
    print(f"{'orders':>12} {'orders a second':>16} {'bytes an order':>15}")
    found = []
    for orders in sorted(arguments.sizes):
        _write(path, orders, arguments)
        run = min((_run("replay", path) for _ in range(2)), key=_seconds)
        seconds, grown = run.seconds - nothing.seconds, run.grown - nothing.grown
        found.append((orders, seconds))
        print(f"{orders:>12,} {orders / seconds:>16,.0f} {grown // orders:>15,}")
    (few, before), (many, after) = found[0], found[-1]
    if many > few:
        exponent = math.log(after / before) / math.log(many / few)
        print(f"  exponent from {few:,} to {many:,} orders: {exponent:.3f}")


def _seconds(run: Run) -> float:
    return run.seconds


def _write(path: Path, orders: int, arguments: argparse.Namespace) -> None:
    workload.write(path, orders=orders, members=arguments.members, stores=arguments.stores)


def _run(name: str, path: Path) -> Run:
    """Fold a file in a process of its own."""
    words = [sys.executable, "-P", "-m", "bench.replay", "--one", name, "--file", str(path)]
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return Run(found["seconds"], found["grown"], tuple(found["totals"]))


def _measure(name: str, path: Path) -> Run:
    terms = load_terms(preset="seed-1")
    divisions()
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    with no_collection():
        totals = _FOLDS[name](path, terms)
    seconds = time.process_time() - begin
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return Run(seconds, grown * KIB, tuple(totals))


def _replay(path: Path, terms: Terms) -> tight.Totals:
    state = fold(path, terms).state
    return tight.Totals(
        state.money,
        state.circulating,
        state.platform,
        state.unspent,
        sum(state.cash.values()),
        sum(state.stores.values()),
        sum(state.vouchers.values()),
        state.orders,
        len(state.exited),
    )


def _tight_json(path: Path, _terms: Terms) -> tight.Totals:
    with path.open("rb") as lines:
        return tight.fold(lines, json.loads)


def _tight_msgspec(path: Path, _terms: Terms) -> tight.Totals:
    with path.open("rb") as lines:
        return tight.fold(lines, msgspec.json.decode)


_FOLDS: dict[str, Callable[[Path, Terms], tight.Totals]] = {
    "replay": _replay,
    "tight json": _tight_json,
    "tight msgspec": _tight_msgspec,
}

if __name__ == "__main__":
    sys.exit(main())
