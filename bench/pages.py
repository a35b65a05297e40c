"""`bench pages`: how fast pages answer, beside the least that Django can do on the same server.

    python3 dev.py bench pages                           two minutes
    python3 dev.py bench pages --short                   half a minute

A platform of its own, served as `up` serves it (granian, two workers of two threads), sixteen
connections from this process. Each page, and the API's list of orders, takes turns with two others
that read a session and ask one query: the least page as Django's project template begins one, with
its middleware, ORM and templates, and a bare one with nothing of that (ADR 0029). Paying takes
turns with the least endpoint: a session and one row written, and with one that also asks the
channel. A ratio is of the rates of two turns next to each other.

Units: requests a second, milliseconds. Source: issue 4 (Speed); design/speed.md (Web).
"""

import argparse
import os
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import ground, visiting
from bench.counting import counted
from bench.visiting import Visits, request

QUERIES_MAX = 12
PAGE_RATIO, PAY_RATIO = 0.5, 0.6
_CSRF = "abcdefghijklmnopqrstuvwxyzABCDEF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody with much history, and a store of the town."""

    member: int
    cookies: str
    token: str
    store: str
    payee: str
    orders: int


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a page asks too often."""
    arguments = _parser().parse_args(words)
    if arguments.short:
        arguments.orders, arguments.members, arguments.seconds = 3_000, 60, 0.7
    os.environ["GONGXIANG_HOSTS"] = "127.0.0.1,testserver"
    os.environ |= dict.fromkeys(("GONGXIANG_API_RATE", "GONGXIANG_API_ADDRESS_RATE"), "1000000000")
    with ground.a_server() as server:
        from bench import house  # noqa: PLC0415 - it needs Django set up
        from gongxiang.cli.paying import sandbox_channels  # noqa: PLC0415

        house.open_town(orders=arguments.orders, members=arguments.members, stores=20)
        visitor = _visitor()
        _prepare_least(server.access.admin_url, visitor)
        paths = _paths(visitor)
        asked = _questions(paths, visitor)
        with (
            sandbox_channels(Path(server.home), address="http://127.0.0.1:9"),
            house.served(house.PRODUCT) as product,
            house.served(house.LEAST, settings_module=house.BARE) as least,
            house.served(house.LEAST, settings_module=house.PLAIN) as plain,
        ):
            print(f"{arguments.orders:,} orders; the visitor has {visitor.orders:,} of them")
            beside = _Beside(plain=f"{plain}/plain", bare=f"{least}/page")
            _print_pages(product, beside, paths, visitor, asked, seconds=arguments.seconds)
            _print_paying(product, least, visitor, seconds=arguments.seconds)
    return int(any(count > QUERIES_MAX for count in asked.values()))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench pages")
    parser.add_argument("--short", action="store_true", help="half a minute, rough figures")
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--members", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one turn")
    return parser


def _prepare_least(admin_url: str, visitor: Visitor) -> None:
    """Make the tables of the least pages, and let them know the visitor by the same cookie."""
    import psycopg  # noqa: PLC0415 - with the rest that needs a server
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415 - it needs Django

    from bench.least import SESSION, TABLES  # noqa: PLC0415 - it needs Django set up

    session = SessionStore().encode({"member": visitor.member})
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(TABLES)
        admin.execute(SESSION, (visitor.cookies.partition("=")[2], session))


def _visitor() -> Visitor:
    from bench import house  # noqa: PLC0415 - it needs Django set up
    from gongxiang.acts.make_token import make_token  # noqa: PLC0415 - as above
    from gongxiang.members.tokens import Scope  # noqa: PLC0415 - as above

    member, orders = house.rows(
        "SELECT paid.member_id, count(*) FROM orders_order paid"
        " JOIN merchants_store store ON store.owner_id = paid.member_id"
        " GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )[0]
    code, payee = house.rows(
        "SELECT profile.code, account.number FROM merchants_store store"
        " JOIN merchants_profile profile USING (store_id)"
        " JOIN payments_submerchant account USING (store_id)"
        " WHERE store.owner_id = %s AND account.provider = 'wechat' LIMIT 1",
        member,
    )[0]
    assert isinstance(member, int), "a member is a number"
    assert isinstance(orders, int), "a count is a number"
    cookies = house.session_of(member, 1)
    token = make_token(member=member, name="bench", scopes=[Scope.READ], days=1).token
    return Visitor(
        member=member,
        cookies=cookies,
        token=token,
        store=str(code),
        payee=str(payee),
        orders=orders,
    )


def _paths(visitor: Visitor) -> tuple[str, ...]:
    return (
        *("/home", "/points", "/points/sell?points=1", "/wallet", "/wallet/entries", "/orders"),
        *("/messages", "/vouchers", "/team", "/me", f"/s/{visitor.store}/pay"),
        *(f"/store/{visitor.store}", f"/store/{visitor.store}/cashier", "/pool", "/rules"),
        "/api/v1/orders",
    )


def _questions(paths: Sequence[str], visitor: Visitor) -> dict[str, int]:
    """Count the queries of each page, asked for the second time."""
    from django.test import Client  # noqa: PLC0415 - it needs Django set up

    client = Client()
    name, _, value = visitor.cookies.partition("=")
    client.cookies[name] = value
    found = {}
    for path in paths:
        client.get(path, headers=_bearer(visitor))
        with counted() as asked:
            answer = client.get(path, headers=_bearer(visitor))
        assert answer.status_code == 200, (path, answer.status_code)  # noqa: PLR2004
        found[path] = len(asked)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """The addresses of the two least pages."""

    plain: str
    bare: str


def _print_pages(
    product: str,
    beside: _Beside,
    paths: Sequence[str],
    visitor: Visitor,
    asked: dict[str, int],
    *,
    seconds: float,
) -> None:
    print(
        f"{'page':28} {'queries':>7} {'a second':>9} {'ratio':>6} {'bare':>6} {'p99 ms':>7}"
        f" {'plain':>7} {'bare':>7}"
    )
    sides = [_least(address, visitor) for address in (beside.plain, beside.bare)]
    for path in paths:
        wanted = _same(request(path, cookies=visitor.cookies, headers=_bearer(visitor)))
        ours, plain, bare = _turns((product, wanted), *sides, seconds=seconds)
        ratio = ours.rate / plain.rate
        note = f"  below {PAGE_RATIO}" if ratio < PAGE_RATIO else ""
        print(
            f"{re.sub(visitor.store, 'CODE', path):28} {asked[path]:>7} {ours.rate:>9,.0f}"
            f" {ratio:>6.2f} {ours.rate / bare.rate:>6.2f} {ours.at(99):>7.1f}"
            f" {plain.rate:>7,.0f} {bare.rate:>7,.0f}{note}{_strange(ours)}",
            flush=True,
        )


def _least(address: str, visitor: Visitor) -> tuple[str, Callable[[int], bytes]]:
    server, _, path = address.rpartition("/")
    return server, _same(request(f"/{path}", cookies=visitor.cookies))


def _bearer(visitor: Visitor) -> dict[str, str]:
    """Show the token that the API asks for; pages do not look at it."""
    return {"Authorization": f"Bearer {visitor.token}"}


def _same(wanted: bytes) -> Callable[[int], bytes]:
    return lambda _number: wanted


def _print_paying(product: str, least: str, visitor: Visitor, *, seconds: float) -> None:
    """Open payments: each under a key of its own, the channel asked for each."""
    print("opening a payment, the channel asked for each")

    def opening(_number: int) -> bytes:
        form = f"csrfmiddlewaretoken={_CSRF}&token={secrets.token_urlsafe(16)}"
        body = f"{form}&amount=128.00&provider=wechat".encode()
        cookies = f"{visitor.cookies}; csrf={_CSRF}"
        return request(f"/s/{visitor.store}/pay", cookies=cookies, body=body)

    def asking(path: str) -> Callable[[int], bytes]:
        return lambda _number: request(
            path, cookies=visitor.cookies, body=b"", headers={"X-Payee": visitor.payee}
        )

    for path, what in (("/channel", "least, with the channel"), ("/endpoint", "least, without")):
        ours, theirs = _turns((product, opening), (least, asking(path)), seconds=seconds)
        _print(f"{'beside the ' + what:36}", ours, theirs, wanted=PAY_RATIO)


def _turns(*sides: tuple[str, Callable[[int], bytes]], seconds: float) -> list[Visits]:
    """Let all sides warm up, then take a turn each."""
    for address, make in sides:
        visiting.for_seconds(address, make, seconds=seconds / 4)
    return [visiting.for_seconds(*side, seconds=seconds) for side in sides]


def _print(head: str, ours: Visits, theirs: Visits, *, wanted: float) -> None:
    ratio = ours.rate / theirs.rate
    note = f"  below {wanted}" if ratio < wanted else ""
    print(
        f"{head} {ours.rate:>9,.0f} {ratio:>6.2f} {ours.at(99):>7.1f} {theirs.rate:>8,.0f}{note}"
        f"{_strange(ours)}",
        flush=True,
    )


def _strange(ours: Visits) -> str:
    """Name answers that no visitor should get."""
    found = {status: count for status, count in ours.statuses.items() if status >= 400}  # noqa: PLR2004
    return f"  {found}" if found else ""
