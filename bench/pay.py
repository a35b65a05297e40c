"""`bench pay`: how many payments a second become facts over HTTP while the pool settles beside it.

    python3 dev.py bench pay --short                     a minute
    python3 dev.py bench pay                             minutes: 10⁶ members, 10⁶ orders settled

A platform of its own, served as `up` serves it. Payments are opened beforehand at the sandbox's
channel; then its signed notices come over sixteen connections, while a settler works on orders
that are due. First notices alone: facts a second. Then each notice and at once the payer's own
page, until it says so: from paid to shown.

Units: notices a second, milliseconds. Source: issue 4 (Speed); design/speed.md (Web).
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench import ground, visiting
from bench.visiting import Line, Visits, request
from gongxiang.sandbox import wechat
from gongxiang.sandbox.keys import Keys, keys_in
from gongxiang.sandbox.trades import Trade

AMOUNT_FEN = 12_800
PAYERS = 50
SHOWN = "待结算".encode()
OPENERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One that was opened: its number, its notice, what its payer asks for."""

    notice: bytes
    page: bytes


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a notice was not taken in."""
    arguments = _parser().parse_args(words)
    if arguments.short:
        arguments.members, arguments.history, arguments.beside = 1_000, 2_000, 6_000
        arguments.payments = 200
    with ground.a_server() as server:
        from bench import house  # noqa: PLC0415 - it needs Django set up
        from bench.settling import FAR  # noqa: PLC0415
        from gongxiang.acts.settle_pool import settle_pool  # noqa: PLC0415
        from gongxiang.cli.paying import sandbox_channels  # noqa: PLC0415

        house.open_town(orders=500, members=PAYERS, stores=20, is_settled=False)
        orders = arguments.history + arguments.beside
        ground.fill(server.access, orders=orders, members=arguments.members, stores=1_000)
        settled = 0
        while settled < arguments.history:
            report = settle_pool(until=FAR, orders_max=1_000)
            settled += report.orders if report else arguments.history
        print(f"{arguments.members:,} members, {settled:,} orders settled before", flush=True)
        with sandbox_channels(Path(server.home), address="http://127.0.0.1:9"):
            keys = keys_in(Path(server.home) / "sandbox", base=_base(server.home))
            payments = _opened(arguments.payments, keys)
            with house.served(house.PRODUCT) as address, _settler():
                return _measure(address, payments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench pay")
    parser.add_argument("--short", action="store_true", help="a minute, rough figures")
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=1_000_000, help="orders settled before")
    parser.add_argument("--beside", type=int, default=300_000, help="orders due meanwhile")
    parser.add_argument("--payments", type=int, default=4_000)
    return parser


def _base(home: Path) -> str:
    """Give where the sandbox told the merchant to find it."""
    told = json.loads((home / "sandbox" / "wechat.json").read_text(encoding="utf-8"))
    return str(told["base"])


def _opened(count: int, keys: Keys) -> list[Payment]:
    """Open so many payments of some members, and sign their notices."""
    from bench import house  # noqa: PLC0415 - it needs Django set up

    store, payee = house.rows(
        "SELECT store_id, number FROM payments_submerchant WHERE provider = 'wechat' LIMIT 1"
    )[0]
    found = house.rows(
        "SELECT member_id FROM members_member WHERE is_introduced ORDER BY 1 LIMIT %s", PAYERS
    )
    members = [int(str(number)) for (number,) in found]
    cookies = [house.session_of(member, place) for place, member in enumerate(members)]
    with ThreadPoolExecutor(OPENERS) as pool:
        numbers = list(
            pool.map(lambda place: _open(members[place % PAYERS], place, store), range(count))
        )
    return [
        Payment(
            notice=_notice(number, str(payee), keys),
            page=request(f"/orders/{number}", cookies=cookies[place % PAYERS]),
        )
        for place, number in enumerate(numbers)
    ]


def _open(member: int, place: int, store: object) -> str:
    from django.db import connection  # noqa: PLC0415 - it needs Django set up

    from gongxiang.acts.open_payment import open_payment  # noqa: PLC0415
    from gongxiang.payments.provider import Provider  # noqa: PLC0415

    try:
        return open_payment(
            home=member,
            key=f"bench-{place}",
            store=int(str(store)),
            provider=Provider.WECHAT,
            amount_fen=AMOUNT_FEN,
            payer_address="127.0.0.1",
        ).number
    finally:
        connection.close()


def _notice(number: str, payee: str, keys: Keys) -> bytes:
    trade = Trade(
        channel="wechat",
        number=number,
        description="bench",
        amount_fen=AMOUNT_FEN,
        notify_url="",
        return_url="",
        expires_at="",
        payer=f"payer-{number}",
        payee=payee,
        state="paid",
        transactions=[f"T{number}"],
        paid_at=int(time.time()),
    )
    body, headers = wechat.notice(trade, trade.transactions[0], keys)
    signed = headers | wechat.signature(body.decode(), keys)
    return request("/pay/callback/wechat", body=body, headers=signed)


class _settler:  # noqa: N801  used as a block
    """Settles what is due, in a process of its own, for as long as the block lasts."""

    def __enter__(self) -> None:
        words = [sys.executable, "-P", "-m", "gongxiang.cli", "settle"]
        self.process = subprocess.Popen(words, env=dict(os.environ), stderr=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        self.is_over = self.process.poll() is not None
        print("  the settler had nothing left" if self.is_over else "  the settler was at work")
        self.process.terminate()
        self.process.wait()


def _measure(address: str, payments: Sequence[Payment]) -> int:
    half = len(payments) // 2
    alone = visiting.so_many(address, lambda number: payments[number].notice, count=half)
    _print("facts", alone)
    shown = _until_shown(address, payments[half:])
    _print("paid to shown", shown)
    return int({*alone.statuses, *shown.statuses} != {200})


def _until_shown(address: str, payments: Sequence[Payment]) -> Visits:
    """Send each notice and read the payer's page until it says that the order waits."""
    found = Visits()

    def run(first: int) -> None:
        line = Line(address)
        for payment in payments[first :: visiting.CONNECTIONS]:
            begin = time.perf_counter()
            status, _, _ = line.ask(payment.notice)
            while SHOWN not in line.ask(payment.page)[2]:
                time.sleep(0.01)
            found.took.append(time.perf_counter() - begin)
            found.statuses[status] += 1

    begin = time.perf_counter()
    with ThreadPoolExecutor(visiting.CONNECTIONS) as pool:
        list(pool.map(run, range(visiting.CONNECTIONS)))
    found.seconds = time.perf_counter() - begin
    return found


def _print(what: str, visits: Visits) -> None:
    print(
        f"{what:16} {visits.rate:>8,.0f} a second, median {visits.at(50):.1f} ms,"
        f" p99 {visits.at(99):.1f} ms, answers {dict(visits.statuses)}",
        flush=True,
    )
