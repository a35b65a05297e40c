"""The ground that database benches stand on: a server of their own, and databases to settle in.

Nothing of the caller's home or database is touched. Orders of `fill` have the shape of the common
workload (direct, indirect, recruiter, three agents) but are written by the database itself, in
sets, so that millions of members or orders take minutes.

Units: micro-yuan. Source: design/speed.md (what was measured).
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from django.db import connections

from gongxiang.cli import server, start
from gongxiang.cli.server import Access
from gongxiang.config import environment

DATABASES = ("DATABASE_URL", "DATABASE_OWNER_URL")

_PARTIES = """
INSERT INTO members_party (id, kind, key)
SELECT number, CASE WHEN number <= %(stores)s THEN 2 ELSE 1 END, 'party' || number
  FROM generate_series(1, %(stores)s + %(agents)s + %(members)s) AS number
"""
_BALANCES = """
INSERT INTO ledger_balance (party_id, account, amount)
SELECT number, account, 0
  FROM generate_series(%(first)s, %(first)s + %(members)s - 1) AS number,
       unnest(ARRAY[108, 203, 302]) AS account
"""
_ORDERS = """
INSERT INTO orders_order (id, member_id, store_id, amount, returned, commission_rate, version_id,
       direct_id, indirect_id, recruiter_id, district_id, city_id, province_id, paid_at, due_at,
       due_rank)
SELECT %(base)s + number, %(first)s + chance %% %(members)s, 1 + (chance >> 8) %% %(stores)s,
       (500 + (chance >> 16) %% 49500) * 10000, 0, 500 + 500 * ((chance >> 24) %% 6), 1,
       %(first)s + (chance >> 12) %% %(members)s, %(first)s + (chance >> 20) %% %(members)s,
       agent + (chance >> 4) %% %(agents)s, agent + (chance >> 10) %% 20,
       agent + (chance >> 14) %% 5, agent, at, at, 1
  FROM generate_series(1, %(orders)s) AS number,
       LATERAL (SELECT abs(hashint8extended(number, 7)) AS chance,
                       %(stores)s + 1 AS agent,
                       timestamptz '2026-03-01Z' + number * interval '1 second' AS at) AS drawn
"""
_FACTS = """
INSERT INTO orders_fact (id, key, kind, at, is_dated, home_id, amount, digest, row_digest)
SELECT id, 'order' || id, 6, paid_at, true, member_id, amount, substr(sha256(int8send(id)), 1, 16),
       substr(sha256(int8send(-id)), 1, 16)
  FROM orders_order ORDER BY id
"""
_AGENTS = 200


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its home, its settings, the ways in."""

    home: Path
    settings: Mapping[str, str]
    access: Access

    def start_again(self) -> None:
        """Start it after it was killed, and wait until it has recovered."""
        with server.database(home=self.home, settings=self.settings) as access:
            assert access == self.access, "the server came back at another place"

    def processes(self) -> list[int]:
        """List its processes, the first one first."""
        base = self.home / "database"
        folder = base / json.loads((base / "access.json").read_text())["folder"]
        first = int((folder / "data" / "postmaster.pid").read_text().split()[0])
        return [first, *children(first)]


@contextlib.contextmanager
def a_server(*, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run an embedded server in a folder of its own, migrated; take it away after."""
    for name in DATABASES:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="gongxiang-bench-") as name:
        home = Path(name)
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        os.environ["GONGXIANG_HOME"] = name
        try:
            with server.database(home=home, settings=settings) as access:
                start.use(access)
                django.setup()
                point_django_at(access.url)
                point_django_at(access.owner_url, alias="owner")
                start.migrate(log=lambda _message: None)
                try:
                    yield Server(home, settings or {}, access)
                finally:
                    connections.close_all()
        finally:
            for variable in DATABASES:
                os.environ.pop(variable, None)
            server.remove(home)


def children(parent: int) -> list[int]:
    """List the processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
    return found


@contextlib.contextmanager
def a_database(access: Access, name: str) -> Iterator[Access]:
    """Copy the migrated database, and point Django at the copy."""
    connection = connections["default"]
    before = dict(connection.settings_dict)
    connections.close_all()
    with psycopg.connect(access.admin_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE gongxiang OWNER gongxiang_owner")
    made = Access(
        url=renamed(access.url, name),
        owner_url=renamed(access.owner_url, name),
        admin_url=renamed(access.admin_url, name),
    )
    point_django_at(made.url)
    try:
        yield made
    finally:
        connection.close()
        connection.settings_dict.update(before)
        with psycopg.connect(access.admin_url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def point_django_at(url: str, *, alias: str = "default") -> None:
    """Let Django's connection go to a database from now on."""
    connection = connections[alias]
    connection.close()
    connection.settings_dict.update(environment.database(url))


def renamed(url: str, name: str) -> str:
    """Give the address of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def fill(access: Access, *, orders: int, members: int, stores: int) -> None:
    """Write members, stores and paid orders of the common shape; every member has balances."""
    sizes = {"orders": orders, "members": members, "stores": stores, "agents": _AGENTS}
    sizes |= {"first": stores + _AGENTS + 1, "base": 10 * (members + stores + _AGENTS)}
    with psycopg.connect(access.owner_url) as connection:
        cursor = psycopg.ClientCursor(connection)
        for statement in (_PARTIES, _BALANCES, _ORDERS, _FACTS):
            cursor.execute(statement, sizes)
    with psycopg.connect(access.owner_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
