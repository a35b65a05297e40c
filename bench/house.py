"""The platform as `up` serves it, for benches that come over HTTP: town, accounts, web server.

Units: seconds. Source: issue 4 (Speed).
"""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.db import connections

from bench import workload
from gongxiang.acts.give_account import give_account
from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.cli.cluster import free_port
from gongxiang.cli.importing import import_lines
from gongxiang.cli.process import bound, end
from gongxiang.cli.settling import settle_all
from gongxiang.cli.up import HOST, web_server
from gongxiang.lab import lines
from gongxiang.ledger import raw
from gongxiang.members import accounts
from gongxiang.rulebook.load import load_terms

WINDOW = ("window=86400",)
PRODUCT, LEAST = "bench.product:application", "bench.least:application"
BARE, PLAIN = "bench.least_settings", "bench.plain_settings"
_READY_SECONDS = 30


def open_town(*, orders: int, members: int, stores: int, is_settled: bool = True) -> None:
    """Publish rules with a window of a day, import the common workload, settle it if told."""
    terms = load_terms(preset="seed-1", settings=WINDOW)
    publish_rules(terms=terms, preset="seed-1", settings=WINDOW)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        workload.write(Path(file.name), orders=orders, members=members, stores=stores)
        import_lines(
            ((number, lines.decode(line, number=number)) for number, line in enumerate(file, 1)),
            terms=terms,
            on_chunk=lambda _chunk: None,
        )
    if is_settled:
        settle_all(until=None)
    give_codes()
    open_sandbox_accounts()
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def rows(query: str, *values: object) -> list[tuple[object, ...]]:
    """Ask the database."""
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def session_of(member: int, number: int) -> str:
    """Open the member's account and give the cookie of a browser that is signed in."""
    give_account(member=member, name="", number=f"139{number:08}")
    standing = accounts.standing(member=member)
    assert standing is not None, "the account was opened"
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.update({"member": member, "member_epoch": standing.epoch})
    store["member_proved_at"] = standing.now
    store.save()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


@contextlib.contextmanager
def served(application: str, *, settings_module: str = "") -> Iterator[str]:
    """Run granian as `up` does; give its address."""
    port = free_port()
    words = web_server(HOST, port, application)
    environment = dict(os.environ)
    if settings_module:
        environment["DJANGO_SETTINGS_MODULE"] = settings_module
    process = subprocess.Popen(bound(words), env=environment, start_new_session=True)
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process, seconds=5)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the web server ended at once"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("the web server did not answer")
