"""A busy minute: people pay over the wire, and everything that serves them is killed.

    payer     opens payments over HTTP, pays them on the sandbox's phone, lets some be given back
    sandbox   the channels, which keep their trades in a file
    web       granian with two workers, takes the channels' notices in
    worker    asks about payments, sends refunds and shares, runs jobs
    settler   settles what is due

Each is killed at random moments and started again. Then nobody pays any more, and what was begun
comes to its end: every payment the channel took is one order, every refund and every share was
done once, and the books are exact.

Units: fen, seconds. Source: issue 4 (kill -9 of web, settler, worker and sandbox); reliability C2,
C3, C7, C8.
"""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

from django.test import override_settings

from bench import ground, house, workload
from bench.buying import payers, until_one_more_paid
from bench.ground import Server
from bench.killing import BACKEND, Herd
from bench.surviving import Found, wrong_books
from bench.victims import BROKEN, settle
from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.base.money import FEN
from gongxiang.cli.cluster import free_port
from gongxiang.cli.importing import import_lines
from gongxiang.cli.up import HOST, web_server
from gongxiang.jobs.ticks import TICKS
from gongxiang.jobs.worker import work
from gongxiang.lab.lines import decode
from gongxiang.ledger import raw
from gongxiang.rulebook.load import load_terms
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade, Trades

MEMBERS, STORES = 50, 4
SETTINGS = ("window=3",)
"""Long enough for a refund before the settlement, short enough to settle meanwhile."""

CALM_SECONDS = 300
WEIGHTS = {"payer": 2, "sandbox": 3, "web": 3, "worker": 3, "settler": 3, BACKEND: 1}
LIFE_MAX = 2.0
"""Longer than where acts alone are killed: web and worker have to be up before they can serve."""

_WAITING = """
SELECT (SELECT count(*) FROM payments_attempt WHERE state IN ('paying', 'unknown'))
     + (SELECT count(*) FROM payments_channelrefund WHERE state <> 'done')
     + (SELECT count(*) FROM payments_share WHERE state <> 'done')
     + (SELECT count(*) FROM payments_outbox WHERE next_at IS NOT NULL)
     + (SELECT count(*) FROM orders_order WHERE amount > returned)
     - (SELECT count(*) FROM payments_share)
"""
_NOW = (
    "UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL",
    "UPDATE payments_share SET next_at = now() WHERE next_at IS NOT NULL",
    "UPDATE payments_outbox SET next_at = now() WHERE next_at IS NOT NULL",
)
_ORDERS = """
SELECT attempt.number, count(*), sum(paid.amount)::bigint, sum(paid.returned)::bigint,
       count(lot.id), coalesce(sum(lot.settled_spend), 0)::bigint
  FROM payments_attempt attempt
  JOIN orders_order paid ON (paid.member_id, paid.id) = (attempt.member_id, attempt.order_id)
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
 GROUP BY 1
"""
_NOTICES = "SELECT count(*) FROM payments_notification"
_UNLIMITED = dict.fromkeys(("GONGXIANG_API_RATE", "GONGXIANG_API_ADDRESS_RATE"), "1000000")
"""One machine stands for fifty payers: they share its address."""

_COUNT = "SELECT count(*) FROM orders_order"


def minute(server: Server, folder: Path, *, kills: int, seed: int) -> Found:
    """Kill whoever serves payments, let it come to its end, and compare with the channel."""
    channels = folder / "channels"
    channels.mkdir()
    ports = free_port(), free_port()
    web = f"http://127.0.0.1:{ports[1]}"
    with (
        ground.a_database(server.access, "busy") as database,
        override_settings(CHANNELS_FOLDER=str(channels), PUBLIC_ADDRESS=web, ALLOWED_HOSTS=["*"]),
    ):
        _open_town(folder)
        with _channels(channels, ports[0]):
            pass
        buyers = payers(web=web, phone=f"http://127.0.0.1:{ports[0]}")
        environment = os.environ | {
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "gongxiang.config.settings",
            "GONGXIANG_ADDRESS": web,
            "GONGXIANG_CHANNELS": str(channels),
            **_UNLIMITED,
        }
        victims: dict[str, Callable[[], None]] = {
            "sandbox": partial(_sandbox, channels, ports[0]),
            "web": partial(_web, folder / "web", ports[1], environment),
            "worker": partial(work, ticks=TICKS),
            "settler": settle,
            "payer": partial(buyers.pay, folder),
        }
        chance = Random(seed)  # noqa: S311 - chance, not a secret
        herd = Herd(server, victims, chance, life_max=LIFE_MAX)
        begin = time.monotonic()
        try:
            herd.harass(kills, WEIGHTS, ready=partial(until_one_more_paid, folder))
            until_one_more_paid(folder)
            (folder / "closed").touch()
            trades = _calm(channels)
        finally:
            herd.stop()
            _end_web(folder / "web")
        seconds = time.monotonic() - begin
        lost, double = _compare(trades)
        ((notices,),) = house.rows(_NOTICES)
        return Found(
            what="busy minute",
            kills=herd.kills,
            seconds=seconds,
            done=len(trades),
            lost=lost,
            double=double,
            wrong=wrong_books(database, None, settings=SETTINGS)
            or _unproved(herd.kills, int(str(notices))),
            more=f"{notices} notices came in over HTTP",
        )


def _unproved(kills: Counter[str], notices: int) -> str:
    """Say what a busy minute has not shown at all: nobody came by HTTP, or one was never killed."""
    spared = sorted(set(WEIGHTS) - {BACKEND} - set(kills))
    if spared:
        return f"not tried: {', '.join(spared)} never killed"
    return "" if notices else "not tried: no notice came in over HTTP"


def _open_town(folder: Path) -> None:
    path = folder / "busy.jsonl"
    workload.write(path, orders=0, members=MEMBERS, stores=STORES)
    terms = load_terms(preset="seed-1", settings=SETTINGS)
    publish_rules(terms=terms, preset="seed-1", settings=SETTINGS)
    numbered = (
        (number, decode(line, number=number))
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
    )
    import_lines(numbered, terms=terms, on_chunk=lambda _chunk: None)
    give_codes()
    open_sandbox_accounts()


@contextmanager
def _channels(folder: Path, port: int) -> Iterator[Sandbox]:
    with Sandbox(("127.0.0.1", port), folder=folder) as sandbox:
        sandbox.trades.share_wait = 0
        yield sandbox


def _sandbox(folder: Path, port: int) -> None:
    with _channels(folder, port) as sandbox:
        sandbox.serve_forever()


def _web(leader: Path, port: int, environment: Mapping[str, str]) -> None:
    """Become granian, as the head of a group; the workers of a killed one are killed first."""
    _end_web(leader)
    os.setsid()
    leader.write_text(str(os.getpid()))
    words = web_server(HOST, port)
    os.execve(words[0], words, dict(environment))  # noqa: S606  our own program


def _end_web(leader: Path) -> None:
    """Kill what is left of the web server whose head was written down."""
    if leader.exists():
        with suppress(ProcessLookupError):
            os.killpg(int(leader.read_text()), signal.SIGKILL)
        leader.unlink()


def _calm(channels: Path) -> list[Trade]:
    """Wait until everything that was begun has its end; give what the channel was paid."""
    deadline = time.monotonic() + CALM_SECONDS
    while time.monotonic() < deadline:
        with suppress(*BROKEN, json.JSONDecodeError):
            trades = [one for one in Trades(channels / "trades.jsonl").all() if one.transactions]
            with raw.cursor() as cursor:
                for statement in _NOW:
                    cursor.execute(statement)
            ((orders,),) = house.rows(_COUNT)
            ((waiting,),) = house.rows(_WAITING)
            if (orders, waiting) == (len(trades), 0):
                return trades
        time.sleep(1)
    return [one for one in Trades(channels / "trades.jsonl").all() if one.transactions]


def _compare(trades: list[Trade]) -> tuple[int, int]:
    """Count payments of the channel that are not whole here, and what was done twice anywhere."""
    found = {str(number): values for number, *values in house.rows(_ORDERS)}
    lost = double = 0
    for trade in trades:
        count, amount, returned, lots, settled = map(
            int, map(str, found.get(trade.number, [0] * 5))
        )
        left = (trade.amount_fen - trade.refunded_fen) * FEN
        is_whole = (amount, returned) == (trade.amount_fen * FEN, trade.refunded_fen * FEN)
        lost += not (count and is_whole and settled == left)
        shared = [share for share in trade.shares if share.amount_fen]
        double += max(count, lots, len(trade.refunds), len(shared)) > 1
    return lost, double + abs(len(found) - len(trades))
