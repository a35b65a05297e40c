"""The embedded PostgreSQL of a home: runs while somebody uses it, and no longer.

    with database() as access:
        ...  # access.url, access.owner_url

Every user holds a shared lock on `users.lock` for its life; the kernel gives it back however the
user ends. Who leaves and can take that lock alone stops the server. A keeper waits in the
background for the lock as well, so that also a killed last user leaves no server behind.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from gongxiang.cli.cluster import SETTINGS, Cluster, ServerError, binaries, free_port, place

ROOT = Path(__file__).resolve().parents[2]
NAME = "gongxiang"
BOOTSTRAP = """\
CREATE ROLE gongxiang_owner LOGIN PASSWORD '{owner}';

CREATE ROLE gongxiang_app LOGIN PASSWORD '{app}';

ALTER DEFAULT PRIVILEGES FOR ROLE gongxiang_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO gongxiang_app;

ALTER DEFAULT PRIVILEGES FOR ROLE gongxiang_owner GRANT USAGE, SELECT ON SEQUENCES TO gongxiang_app;

CREATE DATABASE gongxiang OWNER gongxiang_owner;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The ways in: the application's role, the owner of the tables, the superuser."""

    url: str
    owner_url: str
    admin_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    """What `access.json` remembers of an embedded server."""

    folder: str
    port: int
    app: str
    owner: str
    admin: str


def data_home() -> Path:
    """Return the data folder: GONGXIANG_HOME, else `.home` in a checkout, else in the user's."""
    chosen = os.environ.get("GONGXIANG_HOME")
    if chosen:
        return Path(chosen).absolute()
    if (ROOT / "dev.py").is_file():
        return ROOT / ".home"
    return Path.home() / ".local" / "share" / "gongxiang"


def make_home(home: Path) -> None:
    """Make the data folder; only for its owner, but root lets the server's account pass."""
    home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def database(
    *,
    home: Path | None = None,
    settings: Mapping[str, str] | None = None,
    log: Callable[[str], None] = lambda _message: None,
) -> Iterator[Access]:
    """Give access to a running database for as long as the block lasts.

    DATABASE_URL (and DATABASE_OWNER_URL) win over the embedded server unless a home is given.
    `settings` are PostgreSQL's own, over the durable ones; a server that runs with others refuses.
    """
    url = os.environ.get("DATABASE_URL")
    if url and home is None:
        owner_url = os.environ.get("DATABASE_OWNER_URL", url)
        yield Access(url=url, owner_url=owner_url, admin_url=owner_url)
        return
    folder = (home or data_home()) / "database"
    make_home(folder.parent)
    make_home(folder)
    with _use(folder):
        yield _running(folder, {**SETTINGS, **(settings or {})}, log)


def revive(*, log: Callable[[str], None] = lambda _message: None) -> str:
    """Start the embedded server of the data folder again if it went down; give its address.

    For who counts as its user already. A server that DATABASE_URL names is somebody else's.
    """
    return _running(data_home() / "database", SETTINGS, log).url


def remove(home: Path) -> None:
    """Delete the embedded database of a home for good; refused while somebody uses it."""
    folder = home / "database"
    if not (folder / "access.json").exists():
        return
    with (folder / "users.lock").open("w") as users:
        # Together with its users, but after somebody who is just stopping it.
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ServerError(f"the database in {folder} is in use") from error
        cluster = Cluster(folder=_place(folder, _read(folder)))
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)
        shutil.rmtree(folder)


@contextlib.contextmanager
def _use(folder: Path) -> Iterator[None]:
    """Count as a user of the server; the last one stops it."""
    with (folder / "users.lock").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _stop(folder)


def _stop(folder: Path) -> None:
    if (folder / "access.json").exists():
        Cluster(folder=_place(folder, _read(folder))).stop()


def _running(folder: Path, settings: Mapping[str, str], log: Callable[[str], None]) -> Access:
    with (folder / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = _keys(folder, log)
        cluster = Cluster(folder=_place(folder, keys))
        port = cluster.port()
        if port is None:
            log("starting PostgreSQL")
            _keep(folder)
            port = cluster.start(port=keys.port, settings=settings)
            keys = _Keys(**{**asdict(keys), "port": port})
            _write(folder, keys)
        _check_settings(cluster, settings)
    return _access(keys)


def _check_settings(cluster: Cluster, settings: Mapping[str, str]) -> None:
    running = cluster.options()
    other = [name for name, value in settings.items() if f"{name}={value}" not in running]
    if other:
        raise ServerError(f"PostgreSQL already runs with other settings: {', '.join(other)}")


def _keys(folder: Path, log: Callable[[str], None]) -> _Keys:
    """Read the keys of the cluster, or make keys and cluster; under the start lock."""
    if (folder / "access.json").exists():
        keys = _read(folder)
    else:
        chosen = place(home=folder, token=secrets.token_hex(8))
        keys = _Keys(
            folder=chosen.name if chosen.parent == folder else str(chosen),
            port=free_port(),
            app=secrets.token_hex(24),
            owner=secrets.token_hex(24),
            admin=secrets.token_hex(24),
        )
        _write(folder, keys)
    cluster = Cluster(folder=_place(folder, keys))
    if not cluster.data.exists():
        log(f"making a database in {cluster.folder}")
        statements = BOOTSTRAP.format(owner=keys.owner, app=keys.app)
        cluster.make(superuser_password=keys.admin, statements=statements)
    return keys


def _place(folder: Path, keys: _Keys) -> Path:
    """Give the cluster's folder: in the home, wherever that was moved to, or in a place named."""
    return folder / keys.folder


def _read(folder: Path) -> _Keys:
    return _Keys(**json.loads((folder / "access.json").read_text()))


def _write(folder: Path, keys: _Keys) -> None:
    fresh = folder / "access.json.new"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(keys), indent=1) + "\n")
    fresh.rename(folder / "access.json")


def _access(keys: _Keys) -> Access:
    place = f"127.0.0.1:{keys.port}/{NAME}"
    return Access(
        url=f"postgresql://gongxiang_app:{keys.app}@{place}",
        owner_url=f"postgresql://gongxiang_owner:{keys.owner}@{place}",
        admin_url=f"postgresql://postgres:{keys.admin}@{place}",
    )


def _keep(folder: Path) -> None:
    """Start the keeper, detached from us: it outlives a killed user."""
    subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-P", "-S", "-m", "gongxiang.cli.server", str(folder)],
        check=True,
        cwd="/",
        # Without site-packages it is there at once; so it is told where the programs are.
        env={**os.environ, "PYTHONPATH": str(ROOT), "PG_BIN": str(binaries())},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def keep(folder: Path) -> None:
    """Wait until nobody uses the server, then stop it; one keeper for each server."""
    with (folder / "keeper.lock").open("w") as one, (folder / "users.lock").open("w") as users:
        try:
            fcntl.flock(one, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        fcntl.flock(users, fcntl.LOCK_EX)
        _stop(folder)
        fcntl.flock(one, fcntl.LOCK_UN)


if __name__ == "__main__":
    if os.fork():
        os._exit(0)
    keep(Path(sys.argv[1]))
