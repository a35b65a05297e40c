"""A busy minute: people pay over the wire, and everything that serves them is killed.

    payer     opens payments, pays them on the sandbox's phone, gives some back
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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

import requests
from django.db import connection
from django.test import override_settings

from bench import ground, house, workload
from bench.ground import Server
from bench.killing import BACKEND, Herd
from bench.surviving import Found, wrong_books
from bench.victims import BROKEN, FEN_MAX, settle, stubbornly
from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.open_payment import open_payment
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.acts.refund_order import RefundExceedsOrder, WindowOver, refund_order
from gongxiang.base.money import FEN
from gongxiang.cli.cluster import free_port
from gongxiang.cli.importing import import_lines
from gongxiang.cli.up import HOST, web_server
from gongxiang.jobs.ticks import TICKS
from gongxiang.jobs.worker import work
from gongxiang.lab.lines import decode
from gongxiang.ledger import raw
from gongxiang.payments.provider import Provider
from gongxiang.rulebook.load import load_terms
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade, Trades

MEMBERS, STORES = 50, 4
SETTINGS = ("window=3",)
"""Long enough for a refund before the settlement, short enough to settle meanwhile."""

REFUNDS_OF = 4
CALM_SECONDS = 300
WEIGHTS = {"payer": 2, "sandbox": 3, "web": 3, "worker": 3, "settler": 3, BACKEND: 1}
PAUSE = 0.02
BREATH = 0.1
"""Between two payments: no more is begun than the killed can bring to its end in the calm."""

LIFE_MAX = 2.0
"""Longer than where acts alone are killed: web and worker have to be up before they can serve."""

TIMEOUT = 5

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
        environment = os.environ | {
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "gongxiang.config.settings",
            "GONGXIANG_ADDRESS": web,
            "GONGXIANG_CHANNELS": str(channels),
        }
        victims: dict[str, Callable[[], None]] = {
            "sandbox": partial(_sandbox, channels, ports[0]),
            "web": partial(_web, folder / "web", ports[1], environment),
            "worker": partial(work, ticks=TICKS),
            "settler": settle,
            "payer": partial(_pay, folder, f"http://127.0.0.1:{ports[0]}"),
        }
        chance = Random(seed)  # noqa: S311 - chance, not a secret
        herd = Herd(server, victims, chance, life_max=LIFE_MAX)
        begin = time.monotonic()
        try:
            herd.harass(kills, WEIGHTS)
            (folder / "closed").touch()
            trades = _calm(channels)
        finally:
            herd.stop()
            _end_web(folder / "web")
        seconds = time.monotonic() - begin
        lost, double = _compare(trades)
        return Found(
            what="busy minute",
            kills=herd.kills,
            seconds=seconds,
            done=len(trades),
            lost=lost,
            double=double,
            wrong=wrong_books(database, None, settings=SETTINGS),
        )


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


def _pay(folder: Path, phone: str) -> None:
    """Pay one thing after the other until the shops close; what broke is done again."""
    people = _numbers("SELECT member_id FROM members_member")
    stores = _numbers("SELECT store_id FROM merchants_store")
    paper = folder / "busy payer"
    place = paper.read_bytes().count(b"\n") if paper.exists() else 0
    with paper.open("ab", buffering=0) as file:
        while not (folder / "closed").exists():
            drawn = Random(place)  # noqa: S311 - the same body for the same key
            member, store = drawn.choice(people), drawn.choice(stores)
            try:
                is_paid = _pay_once(member, store, place, drawn.randrange(100, FEN_MAX), phone)
                if is_paid and not place % REFUNDS_OF:
                    _give_back()
            except BROKEN:
                connection.close()
                is_paid = False
            if is_paid:
                file.write(b"paid\n")
                place += 1
            time.sleep(BREATH if is_paid else PAUSE)


def _numbers(query: str) -> list[int]:
    return [int(str(number)) for (number,) in stubbornly(partial(house.rows, query))]


def _pay_once(member: int, store: int, place: int, amount_fen: int, phone: str) -> bool:
    """Open a payment, or find it, and pay it on the phone; False where nobody knows."""
    payment = open_payment(
        home=member,
        key=f"busy-{place}",
        store=store,
        provider=Provider.WECHAT,
        amount_fen=amount_fen,
        payer_address="127.0.0.1",
    )
    if not payment.hand_off:
        return False
    try:
        answer = requests.post(
            f"{phone}/phone/wechat/{payment.number}",
            data={"act": "pay"},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException:
        return False
    return answer.status_code == requests.codes.see_other


def _give_back() -> None:
    """Give a part of the newest order back, where its window still allows it."""
    rows = house.rows("SELECT member_id, id FROM orders_order ORDER BY id DESC LIMIT 1")
    for member, order in rows:
        with suppress(WindowOver, RefundExceedsOrder):
            refund_order(
                key=f"back-{order}", member=int(str(member)), order=int(str(order)), amount_fen=50
            )


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
