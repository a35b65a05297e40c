"""The platform for a command: database running, schema current, Django set up."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

import django
import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, ProgrammingError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from gongxiang.cli.failure import Failure
from gongxiang.cli.operator import operator
from gongxiang.cli.server import Access, database

SETTINGS = "gongxiang.config.settings"
MIGRATION_LOCK = 7_461_001
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


def say(message: str) -> None:
    """Tell the person at the terminal; the answer alone goes to stdout."""
    print(message, file=sys.stderr, flush=True)


@contextlib.contextmanager
def platform(*, log: Callable[[str], None] = say) -> Iterator[Access]:
    """Open the platform for one command; its database errors become one clear sentence.

    What the command writes into the audit log says who ran it.
    """
    with database(log=log) as access:
        use(access)
        try:
            django.setup()
        except ImproperlyConfigured as error:
            raise Failure(str(error)) from error
        from gongxiang.governance.audit_log import acting_from  # noqa: PLC0415  after set-up

        try:
            _check_durability(connections["default"])
            migrate(log=log)
            with acting_from(operator()):
                yield access
        except (OperationalError, InterfaceError, psycopg.OperationalError) as error:
            raise Failure(f"the database gave up: {str(error).strip()}") from error
        finally:
            connections.close_all()


def use(access: Access) -> None:
    """Tell Django's settings, in this process and its children, where the database is."""
    os.environ["DATABASE_URL"] = access.url
    os.environ["DATABASE_OWNER_URL"] = access.owner_url
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)


def migrate(*, log: Callable[[str], None] = say) -> None:
    """Bring the schema up to date as the owner of the tables; refuse a newer one."""
    alias = "owner" if "owner" in connections else "default"
    connection = connections[alias]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
    executor = MigrationExecutor(connection)
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations or ())
    if unknown:
        names = ", ".join(sorted(f"{app}.{name}" for app, name in unknown))
        raise Failure(f"the database has a newer schema than this program: {names}")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        log("bringing the database up to date")
        try:
            call_command("migrate", database=alias, interactive=False, verbosity=0)
        except ProgrammingError as error:
            raise Failure(f"the schema could not be brought up to date: {error}") from error
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _check_durability(connection: BaseDatabaseWrapper) -> None:
    """Refuse a server that may lose what it acknowledged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABLE)]
        )
        weak = sorted(name for name, setting in cursor.fetchall() if setting != "on")
    if weak and os.environ.get("GONGXIANG_ALLOW_LOSS") != "1":
        raise Failure(f"the database may lose acknowledged orders: {', '.join(weak)} must be on")
