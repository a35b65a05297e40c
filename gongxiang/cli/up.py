"""`up [--port N] [--host H]`: the platform on this machine, with everything it needs.

Database and schema, a seeded town where there is nothing, the web server, the worker, the settler.
Ctrl-C or SIGTERM ends what this command started and nothing else. A second `up` of the same home
says what is running and ends well.
"""

import argparse
import contextlib
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final, TextIO

from gongxiang.cli.arguments import positive
from gongxiang.cli.cluster import free_port
from gongxiang.cli.failure import Failure
from gongxiang.cli.keeping import kept
from gongxiang.cli.paying import sandbox_channels
from gongxiang.cli.process import bound, end
from gongxiang.cli.server import data_home, make_home, revive
from gongxiang.cli.start import platform, say
from gongxiang.cli.streaming import arrivals_stream
from gongxiang.cli.work import worker

PORT: Final = 8000
HOST: Final = "127.0.0.1"
APPLICATION: Final = "gongxiang.config.wsgi:application"
EVERYWHERE: Final = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104  what each stands for, here
STAFF: Final = "staff"
_SETTLE_SECONDS: Final = 1
_STOP_SECONDS: Final = 10
_READY_SECONDS: Final = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument(
        "--port", metavar="N", type=positive, default=PORT, help=f"{PORT} unless told"
    )
    parser.add_argument(
        "--host", metavar="H", default=HOST, help="the address to listen on; 0.0.0.0 opens it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    home = data_home()
    make_home(home)
    with (home / "up.lock").open("a+", encoding="utf-8") as lock:
        if not _is_first(lock):
            lock.seek(0)
            say(f"already running: {lock.read() or 'starting'}")
            return 0
        _refuse_taken_port(arguments.host, arguments.port)
        is_embedded = not os.environ.get("DATABASE_URL")
        with platform():
            password = _prepare(home)
            with (
                _sandbox_sms() as sms,
                sandbox_channels(home, address=_base(arguments)) as phone,
                _sandbox_wechat(),
                _sandbox_verification(),
                kept(worker(is_sandbox=bool(phone)), name="the worker", log=say),
                arrivals_stream(host=arguments.host, log=say),
                _web_server(arguments.host, arguments.port) as server,
            ):
                _wait_until_ready(server, arguments.host, arguments.port)
                _tell(lock, arguments, password, home)
                if sms:
                    print(f"短信    {sms}", flush=True)
                if phone:
                    print(f"付款手机 {phone}", flush=True)
                _settle_until_stopped(server, is_embedded=is_embedded)
    return 0


def _base(arguments: argparse.Namespace) -> str:
    """Give the address at which this machine reaches the platform."""
    host = _reached(arguments.host)
    return f"http://[{host}]:{arguments.port}" if ":" in host else f"http://{host}:{arguments.port}"


def _reached(host: str) -> str:
    """Give where this machine reaches what listens there: every address is also its own."""
    return EVERYWHERE.get(host, host)


def _is_first(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    lock.truncate(0)
    return True


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OverflowError as error:
            raise Failure(f"there is no port {port}: choose one below 65536") from error
        except OSError as error:
            raise Failure(
                f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
            ) from error


def _prepare(home: Path) -> str | None:
    """Seed an empty platform; give the staff password if it was made now."""
    from gongxiang.cli.seeding import seed_town  # noqa: PLC0415  Django must be set up first
    from gongxiang.cli.settling import only_settler  # noqa: PLC0415

    with only_settler(log=say):
        if os.environ.get("GONGXIANG_ENV") == "production":
            _refuse_empty()
        else:
            seed_town(log=say)
    return _make_staff(home / "staff_password")


def _refuse_empty() -> None:
    """Leave it to a person how a platform in production opens: no town is invented there."""
    from gongxiang.governance.models import RuleVersion  # noqa: PLC0415  after Django's set-up

    if not RuleVersion.objects.exists():
        raise Failure(
            "the platform is empty, and production is not seeded with the invented town: open it"
            " with `rules publish PRESET`, or with a history by `import FILE --rules PRESET`"
        )


def _make_staff(kept: Path) -> str | None:
    """Open the first account of the staff, an admin's; give its password if it was made now."""
    from django.contrib.auth.models import User  # noqa: PLC0415  Django must be set up first

    from gongxiang.acts.add_officer import add_officer  # noqa: PLC0415
    from gongxiang.governance.audit_log import SYSTEM  # noqa: PLC0415
    from gongxiang.governance.models import Role  # noqa: PLC0415

    if User.objects.filter(username=STAFF).exists():
        return None
    password = add_officer(name=STAFF, role=Role.ADMIN, shown="", officer=SYSTEM)
    kept.unlink(missing_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(f"{password}\n", encoding="utf-8")
    return password


def web_server(host: str, port: int, application: str = APPLICATION) -> list[str]:
    """Give the words that run the web server: granian, two workers of two threads."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host),
        *("--port", str(port), "--workers", "2", "--blocking-threads", "2"),
        *("--backpressure", "64", "--no-ws", "--log-level", "warning", application),
    ]


@contextlib.contextmanager
def _web_server(host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the web server in a group of its own, and end all of it at the end."""
    hosts = os.environ.get("GONGXIANG_HOSTS")
    environment = dict(os.environ)
    if host != HOST and not hosts:
        environment["GONGXIANG_HOSTS"] = "*"
    with _process(web_server(host, port), environment) as server:
        yield server


@contextlib.contextmanager
def _sandbox_sms() -> Iterator[str]:
    """Run the sandbox of text messages unless the settings name a gateway; give its address."""
    address = f"http://{HOST}:{free_port()}"
    given = {"GONGXIANG_SMS_URL": f"{address}/messages", "GONGXIANG_SMS_KEY": secrets.token_hex(32)}
    with _sandbox("sms", address, given) as is_running:
        yield address if is_running else ""


@contextlib.contextmanager
def _sandbox_wechat() -> Iterator[None]:
    """Run the sandbox of WeChat's sign-in unless the settings name an app; it is the payments'."""
    from gongxiang.payments import channels  # noqa: PLC0415  Django must be set up first

    try:
        app = channels.wechat().appid
    except channels.NoChannel:
        app = f"wx{secrets.token_hex(8)}"
    address = f"http://{HOST}:{free_port()}"
    given = {
        "GONGXIANG_WECHAT_APP": app,
        "GONGXIANG_WECHAT_SECRET": secrets.token_hex(16),
        "GONGXIANG_WECHAT_AUTHORIZE": f"{address}/connect/oauth2/authorize",
        "GONGXIANG_WECHAT_API": address,
    }
    with _sandbox("oauth", address, given):
        yield


@contextlib.contextmanager
def _sandbox_verification() -> Iterator[None]:
    """Run the sandbox of verifications unless the settings name a gateway."""
    address = f"http://{HOST}:{free_port()}"
    given = {
        "GONGXIANG_VERIFY_URL": f"{address}/checks",
        "GONGXIANG_VERIFY_KEY": secrets.token_hex(32),
    }
    with _sandbox("verify", address, given):
        yield


@contextlib.contextmanager
def _sandbox(name: str, address: str, given: dict[str, str]) -> Iterator[bool]:
    """Run a sandbox and tell everything started after it; False when real settings stand."""
    is_set = any(os.environ.get(variable) for variable in given)
    if is_set or os.environ.get("GONGXIANG_ENV") == "production":
        yield False
        return
    os.environ.update(given)
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", f"gongxiang.sandbox.{name}", "--port", port]
    try:
        with _process(command, dict(os.environ)):
            yield True
    finally:
        for variable in given:
            del os.environ[variable]


@contextlib.contextmanager
def _process(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a group of its own, and end all of it at the end."""
    server = subprocess.Popen(  # noqa: S603  our own programs
        bound(command), env=environment, start_new_session=True
    )
    try:
        yield server
    finally:
        end(server, seconds=_STOP_SECONDS)


def _wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise Failure(f"the web server ended at once (exit code {server.returncode})")
        with contextlib.suppress(OSError), socket.create_connection((_reached(host), port), 1):
            return
        time.sleep(0.05)
    raise Failure(f"the web server did not answer within {_READY_SECONDS} s")


def _tell(lock: TextIO, arguments: argparse.Namespace, password: str | None, home: Path) -> None:
    base = _base(arguments)
    lock.write(base)
    lock.flush()
    print(f"公开账  {base}/pool\n后台    {base}/ops/", flush=True)
    if arguments.host in EVERYWHERE:
        say("every address of this machine is listened on; the others reach it by its name")
    if password:
        say(f"staff account: {STAFF} / {password}")
        say(f"(shown once; kept in {home / 'staff_password'})")
        say("its first sign-in sets up two-step verification: have an authenticator app at hand")
    say("Ctrl-C stops everything")


def _settle_until_stopped(server: subprocess.Popen[bytes], *, is_embedded: bool) -> None:
    """Settle what becomes due, every second, for as long as the web server runs.

    An embedded database that went down is started again; for another one it waits. A signal ends
    the loop also where its exception was lost, as in what the interpreter calls while it cleans up.
    """
    asked = _noted_signals()
    import psycopg  # noqa: PLC0415  Django must be set up first
    from django.db import Error, connection  # noqa: PLC0415

    is_down = False
    while server.poll() is None and not asked:
        try:
            _settle_once()
            is_down = False
        except (Error, psycopg.Error) as error:
            if not is_down:
                say(f"the settler waits: {str(error).strip()}")
            is_down = True
            connection.close()
            if is_embedded:
                _revive()
        time.sleep(_SETTLE_SECONDS)
    if asked:
        raise asked[0]
    raise Failure(f"the web server ended (exit code {server.returncode})")


def _noted_signals() -> list[BaseException]:
    """Raise what ends `up` when a signal comes, and keep it in the list that is given back."""
    asked: list[BaseException] = []

    def note(number: int, _frame: FrameType | None) -> None:
        is_typed = number == signal.SIGINT
        asked.append(KeyboardInterrupt() if is_typed else SystemExit(128 + number))
        raise asked[0]

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, note)
    return asked


def _revive() -> None:
    """Start the embedded database again where everything that runs here looks for it."""
    if revive(log=say) != os.environ["DATABASE_URL"]:
        raise Failure("the database came back at another address: start `up` again")


def _settle_once() -> None:
    from gongxiang.acts.move_horizon import move_horizon  # noqa: PLC0415  after Django's set-up
    from gongxiang.cli.settling import settle_all  # noqa: PLC0415
    from gongxiang.ledger import locks, raw  # noqa: PLC0415

    with raw.cursor() as cursor:
        if not locks.try_settler(cursor):
            return
        try:
            settle_all(until=move_horizon())
        finally:
            locks.leave_settler(cursor)
