"""What must hold after the kills: an import that stands where the replay stands, payments once.

Units: seconds. Source: reliability C2, C3; spec/events.md (import).
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import psycopg

from bench import ground, workload
from bench.ground import Server
from bench.killing import BACKEND, SERVER, Herd, kill_server
from bench.victims import People, import_file, pay, settle, settle_once
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.cli.importing import import_lines
from gongxiang.cli.server import Access
from gongxiang.cli.snapshot import snapshot
from gongxiang.lab import result
from gongxiang.lab.lines import Line, decode
from gongxiang.lab.replay import Replay, fold
from gongxiang.ledger import raw
from gongxiang.members.models import Member
from gongxiang.merchants.models import Store
from gongxiang.rulebook.load import load_terms
from gongxiang.settlement.audit import audit
from gongxiang.settlement.export import event_lines
from gongxiang.settlement.result import of_platform
from gongxiang.settlement.wrong import Wrong

ORDERS_A_KILL = 100
MEMBERS, STORES = 500, 40
PAYERS = ("payer", "second payer")
RECOVERY_SECONDS = 60
WEAK_SECONDS = 2.0

_RECORDED = """
SELECT fact.key, fact.id, count(DISTINCT paid.id), count(DISTINCT lot.id)
  FROM orders_fact fact
  LEFT JOIN orders_order paid ON paid.id = fact.id
  LEFT JOIN points_lot lot ON lot.id = fact.id
 WHERE fact.kind = 6 GROUP BY 1, 2
"""
_BUSY = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = 'gongxiang_app'
"""
_STRAYS = """
SELECT (SELECT count(*) FROM orders_order) - (SELECT count(*) FROM orders_fact WHERE kind = 6)
     + (SELECT count(*) FROM points_lot) - (SELECT count(*) FROM orders_order)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found after the kills."""

    what: str
    kills: Counter[str]
    seconds: float
    done: int
    lost: int
    double: int
    wrong: str
    more: str = ""

    def is_safe(self) -> bool:
        """Tell whether nothing was lost, doubled or inexact."""
        return not (self.lost or self.double or self.wrong)

    def told(self) -> str:
        """Give one line."""
        parts = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        more = f"; {self.more}" if self.more else ""
        return (
            f"{self.what}: {self.kills.total()} kills ({parts}) in {self.seconds:.0f} s; "
            f"{self.done:,} done, {self.lost} lost, {self.double} double, "
            f"books {self.wrong or 'exact'}{more}"
        )


def an_import(server: Server, folder: Path, *, kills: int, seed: int) -> Found:
    """Kill an importer and its server until it is through all the same."""
    path = folder / "imported.jsonl"
    workload.write(path, orders=ORDERS_A_KILL * kills, members=MEMBERS, stores=STORES)
    with ground.a_database(server.access, "imported") as database:
        herd = Herd(server, {"importer": partial(import_file, path)}, Random(seed))  # noqa: S311 - chance, not a secret
        begin = time.monotonic()
        herd.harass(kills, {"importer": 12, BACKEND: 2, SERVER: 1})
        herd.wait()
        seconds = time.monotonic() - begin
        wanted = fold(_lines(path), load_terms(preset="seed-1"))
        wrong = wrong_books(database, wanted)
        done = wanted.state.orders
    return Found(
        what="import", kills=herd.kills, seconds=seconds, done=done, lost=0, double=0, wrong=wrong
    )


def payments(server: Server, folder: Path, *, kills: int, seed: int) -> Found:
    """Kill payers, settler and server while the same facts are sent again and again."""
    with ground.a_database(server.access, "paid") as database:
        people = _open_town(folder)
        papers = {name: folder / name for name in PAYERS}
        work = {name: partial(pay, people, paper) for name, paper in papers.items()}
        herd = Herd(server, {**work, "settler": settle}, Random(seed))  # noqa: S311 - chance, not a secret
        begin = time.monotonic()
        herd.harass(kills, {PAYERS[0]: 6, PAYERS[1]: 6, "settler": 12, BACKEND: 3, SERVER: 1})
        herd.stop()
        seconds = time.monotonic() - begin
        _wait_for_quiet(database)
        settle_once()
        acknowledged = _acknowledged(papers.values())
        lost, double = _count(database, acknowledged)
        return Found(
            what="payments",
            kills=herd.kills,
            seconds=seconds,
            done=len(acknowledged),
            lost=lost,
            double=double,
            wrong=wrong_books(database, None),
        )


def weak_payments(server: Server, folder: Path) -> tuple[int, int]:
    """Give acknowledged and lost payments of a server that says more than it has written."""
    with ground.a_database(server.access, "weak") as database:
        people = _open_town(folder)
        with psycopg.connect(database.admin_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        paper = folder / "weak payer"
        herd = Herd(server, {"payer": partial(pay, people, paper)}, Random(0))  # noqa: S311 - chance, not a secret
        herd.start()
        time.sleep(WEAK_SECONDS)
        kill_server(server)
        herd.stop()
        _wait_for_quiet(database)
        settle_once()
        acknowledged = _acknowledged([paper])
        lost, _ = _count(database, acknowledged)
    return len(acknowledged), lost


def _open_town(folder: Path) -> People:
    """Introduce members, stores and agents, and give who can pay where."""
    path = folder / "town.jsonl"
    workload.write(path, orders=0, members=MEMBERS, stores=STORES)
    terms = load_terms(preset="seed-1")
    publish_rules(terms=terms, preset="seed-1")
    import_lines(_lines(path), terms=terms, on_chunk=lambda _chunk: None)
    members = Member.objects.order_by("member_id").values_list("member_id", flat=True)
    stores = Store.objects.order_by("store_id").values_list("store_id", flat=True)
    return People(list(members), list(stores))


def _wait_for_quiet(database: Access) -> None:
    """Wait until the server is up and every process of it has noticed that its client is gone."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            psycopg.connect(database.admin_url).close()
            break
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        while connection.execute(_BUSY).fetchone() != (0,):
            time.sleep(0.01)


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield number, decode(line, number=number)


def _acknowledged(papers: Iterable[Path]) -> dict[str, set[int]]:
    """Read what payers were answered: for each key the numbers of the order, one if all is well."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for paper in papers:
        for line in paper.read_text().splitlines():
            key, number = line.split()
            found[key].add(int(number))
    return found


def _count(database: Access, acknowledged: Mapping[str, set[int]]) -> tuple[int, int]:
    """Count acknowledged payments that are not there or not settled, and what is there twice."""
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(_RECORDED).fetchall()
        row = connection.execute(_STRAYS).fetchone()
    settled = {key: {number} for key, number, orders, lots in rows if orders and lots}
    lost = sum(settled.get(key) != numbers for key, numbers in acknowledged.items())
    strays = 0 if row is None else abs(row[0])
    return lost, strays + sum(orders > 1 or lots > 1 for _, _, orders, lots in rows)


def wrong_books(database: Access, wanted: Replay | None, *, settings: Sequence[str] = ()) -> str:
    """Audit the platform and compare it with replays; "" when all is well."""
    terms = load_terms(preset="seed-1", settings=settings)
    with snapshot(database.url) as connection:
        try:
            audit(connection, on_batch=lambda _batch: None)
        except Wrong as wrong:
            return str(wrong)
        history = b"".join(event_lines(connection)).splitlines()
    numbered = ((number, decode(line, number=number)) for number, line in enumerate(history, 1))
    folds = [fold(numbered, terms)] + ([] if wanted is None else [wanted])
    with raw.cursor() as cursor:
        platform = result.to_bytes(of_platform(cursor))
    if any(platform != result.to_bytes(_of(one)) for one in folds):
        return "not what the replay gives"
    return ""


def _of(replay: Replay) -> result.Result:
    return result.of_state(replay.state, refused=(), repeated=0)
