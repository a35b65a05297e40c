#!/usr/bin/env python3
"""The one door of the house: makes the environment, then passes the command on.

`python3 dev.py COMMAND ...` needs Python 3.11 and nothing else. The first call makes `.venv` from
the hash-checked locks; later calls only compare a stamp. Paths are relative to the caller's folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
DATA_LOCK = ROOT / "requirements-data.lock"

DOORS = {
    "up": "the platform with a seeded town on http://127.0.0.1:8000 [--port N] [--host H]",
    "work": "the worker beside a web server of your own",
    "test": "all tests [--long] [what pytest takes]",
    "lint": "ruff, mypy, import-linter",
    "replay": "fold a file of events in memory: FILE [--rules PRESET] [--set NAME=VALUE ...]",
    "import": "drive a file of events through the platform: FILE [--pending]",
    "settle": "settle what is due [--batch N] [--limit N]",
    "clock": "show the platform's clock, or move it on: [+8d]",
    "result": "the platform's state [--out F]",
    "export": "the platform's history as events: [--public] OUT",
    "verify": "check the database, or an exported FILE against its seal",
    "staff": "who of the staff there is: [reset NAME --reason TEXT]",
    "keys": "reseal: seal anew what older keys sealed",
    "rules": "check | show | explain the rulebook",
    "data": "complete-journey: a year of real baskets as an orders table [--out F]",
    "bench": "figures of speed: NAME",
    "advisories": "known vulnerabilities of what the locks name; fails for one",
    "sbom": "what the platform is built from, as CycloneDX on stdout",
}
LINTS = (
    ("ruff check", ("ruff", "check", "--output-format=concise", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import-linter", ("lint-imports",)),
)
SBOM = ("--pyproject", str(ROOT / "pyproject.toml"), "--short-PURLs", "--output-reproducible")
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
INTERRUPTED = 130


class SetupFailed(Exception):
    """The environment could not be made; the message says what to do."""


def main(arguments: Sequence[str]) -> int:
    """Open the door that the first argument names; return the exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if arguments else 2
    command, rest = arguments[0], list(arguments[1:])
    if command not in DOORS:
        say(f"unknown command: {command}\n\n{usage()}")
        return 2
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return _open(command, rest)
    except KeyboardInterrupt:
        return INTERRUPTED
    except SetupFailed as failure:
        say(f"dev.py: {failure}")
        return 1


def usage() -> str:
    """List the doors."""
    width = max(map(len, DOORS))
    lines = [f"  {name:<{width}}  {meaning}" for name, meaning in DOORS.items()]
    return "\n".join(
        [
            "usage: python3 dev.py COMMAND ...",
            "",
            *lines,
            "",
            "COMMAND --help says more. GONGXIANG_HOME is the data folder (default .home);",
            "DATABASE_URL or PG_BIN take the place of the embedded PostgreSQL.",
        ]
    )


def _open(command: str, rest: list[str]) -> int:
    if command in {"lint", "test", "advisories", "sbom"}:
        ensure(DEV_LOCK)
        os.chdir(ROOT)
        # Loading the settings would otherwise make a data folder, to keep a key in.
        os.environ.setdefault("GONGXIANG_SECRET_KEY", secrets.token_hex(32))
    if command == "lint":
        return lint()
    if command == "advisories":
        return advisories()
    if command == "sbom":
        return replace("-m", "cyclonedx_py", "requirements", str(RUN_LOCK), *SBOM, *rest)
    if command == "test":
        if "--long" in rest:
            rest.remove("--long")
            os.environ["GONGXIANG_LONG"] = "1"
        return replace("-m", "pytest", *(rest or SIDE_BY_SIDE))
    ensure(RUN_LOCK)
    if command == "data" and "complete-journey" in rest and not {"-h", "--help"} & set(rest):
        ensure(DATA_LOCK, "--no-deps")
        # An environment made anew for the second lock lost what the first had brought.
        ensure(RUN_LOCK)
    if command == "bench":
        return replace("-m", "bench", *rest)
    return replace("-m", "gongxiang.cli", command, *rest)


def lint() -> int:
    """Run every linter, also after one failed, and sum up."""
    results = {}
    for name, words in LINTS:
        say(f"== {name}")
        results[name] = run([str(VENV / "bin" / words[0]), *words[1:]])
    for name, code in results.items():
        print(f"{'ok  ' if code == 0 else 'FAIL'}  {name}")
    return int(any(results.values()))


def advisories() -> int:
    """Ask the index of packages for known vulnerabilities; say so where it cannot be asked."""
    locks = [word for lock in (RUN_LOCK, DEV_LOCK, DATA_LOCK) for word in ("-r", str(lock))]
    how = ("--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json")
    told = subprocess.run(
        [str(PYTHON), "-m", "pip_audit", *locks, *how],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    found, asked = known_vulnerabilities(told.stdout)
    print("\n".join([*found, f"{asked} packages were asked about, {len(found)} vulnerabilities"]))
    if not asked:
        say("the index told nothing: this is no proof that there is no vulnerability")
    return int(bool(found))


def known_vulnerabilities(report: str) -> tuple[list[str], int]:
    """Read a report: each known vulnerability, and how many packages were asked about.

    A report that was not written is one about nothing: the network is no fault of the code.
    """
    try:
        told = json.loads(report)["dependencies"]
    except ValueError:
        return [], 0
    asked = [each for each in told if "vulns" in each]
    found = [
        f"{each['name']} {each['version']}: {flaw['id']}, mended in"
        f" {', '.join(flaw['fix_versions']) or 'no version'}"
        for each in asked
        for flaw in each["vulns"]
    ]
    return found, len(asked)


def replace(*words: str) -> int:
    """Become the environment's Python: signals and the exit code need no passing on."""
    sys.stdout.flush()
    sys.stderr.flush()
    # -P keeps the caller's folder off the import path.
    os.execv(PYTHON, [str(PYTHON), "-P", *words])  # noqa: S606 - this is what the door is for


def ensure(lock: Path, *options: str) -> None:
    """Bring the environment to the state of a lock; one process at a time."""
    if _is_current(lock):
        return
    if VENV.is_symlink():
        raise SetupFailed(
            f"{VENV} is a link: another checkout's environment would be emptied through it.\n"
            "Remove the link, then call again."
        )
    with _alone():
        if _is_current(lock):
            return
        for make in (_with_uv, _with_pip):
            if make(lock, options):
                _link_checkout()
                _stamp(lock).write_text(_fingerprint(lock))
                if lock == DEV_LOCK:
                    # The development lock holds the same versions and more.
                    _stamp(RUN_LOCK).write_text(_fingerprint(RUN_LOCK))
                return
    raise SetupFailed(
        f"could not install {lock.name}; the messages above say why.\n"
        "Check that the package registry can be reached (pip's own settings are used), "
        f"or remove {VENV} and try again."
    )


def _stamp(lock: Path) -> Path:
    return VENV / f"{lock.stem}.stamp"


def _fingerprint(lock: Path) -> str:
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {VENV}\n"


def _is_current(lock: Path) -> bool:
    try:
        return PYTHON.exists() and _stamp(lock).read_text() == _fingerprint(lock)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (ROOT / ".venv.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("dev.py: another dev.py is making the environment; waiting")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _with_uv(lock: Path, options: Sequence[str]) -> bool:
    uv = shutil.which("uv")
    if uv is None:
        return False
    _make_environment(pip=False)
    say(f"dev.py: installing {lock.name} with uv")
    words = ["pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    return run([uv, *words, *options, "-r", str(lock)]) == 0


def _with_pip(lock: Path, options: Sequence[str]) -> bool:
    _make_environment(pip=True)
    say(f"dev.py: installing {lock.name} with pip (the first time takes a minute)")
    words = ["-m", "pip", "install", "--quiet", "--require-hashes", "--disable-pip-version-check"]
    return run([str(PYTHON), *words, *options, "-r", str(lock)]) == 0


def _make_environment(*, pip: bool) -> None:
    """Make the environment anew when it is missing, moved, broken, or lacks a wanted pip."""
    probe = "import pip" if pip else "import sys"
    whole = PYTHON.exists() and (VENV / "pyvenv.cfg").exists()
    moved = whole and str(VENV) not in (VENV / "bin" / "activate").read_text()
    if whole and not moved and run([str(PYTHON), "-c", probe], quiet=True) == 0:
        return
    say(f"dev.py: making {VENV}")
    try:
        venv.create(VENV, clear=True, symlinks=True, with_pip=pip)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupFailed(
            f"cannot make {VENV}: {error}\nOn Debian and Ubuntu: apt install python3-venv"
        ) from error


def _link_checkout() -> None:
    """Put the checkout on the environment's import path, and the command into its bin folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = next((VENV / "lib").glob("python3*"), VENV / "lib" / version) / "site-packages"
    (site / "gongxiang-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = VENV / "bin" / "gongxiang"
    script.write_text(f'#!/bin/sh\nexec "{PYTHON}" -P -m gongxiang.cli "$@"\n', encoding="utf-8")
    script.chmod(0o755)


def run(words: Sequence[str], *, quiet: bool = False) -> int:
    """Run a program to its end, its output on stderr; take it along when we are interrupted."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as child:
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise


def say(message: str) -> None:
    """Tell the person at the terminal; answers alone go to stdout."""
    print(message, file=sys.stderr, flush=True)


def _terminated(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal's form
    raise SystemExit(128 + number)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must get a clear answer
        sys.exit(f"dev.py needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    sys.exit(main(sys.argv[1:]))
