"""The one door: lists what there is, makes its environment once, then gets out of the way."""

import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEV = ROOT / "dev.py"
DOORS = (
    *(
        "up",
        "work",
        "test",
        "lint",
        "replay",
        "import",
        "settle",
        "clock",
        "result",
        "export",
        "verify",
        "staff",
        "keys",
    ),
    *("rules", "data", "bench", "advisories", "sbom"),
)
# A stand-in for the package: tells how it was called and ends with 7, or waits.
COMMAND = """
import os, sys, time
print(os.getcwd(), sys.argv[1:], flush=True)
if sys.argv[1] == "up":
    time.sleep(60)
sys.exit(7)
"""


def dev(
    *words: str, script: Path = DEV, cwd: Path | None = None, path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    """Call dev.py from a folder, without uv on the path."""
    return subprocess.run(
        [sys.executable, script, *words],
        cwd=cwd,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out a small checkout whose locks are empty, so that no registry is needed."""
    root = tmp_path_factory.mktemp("checkout with a space")
    package = root / "gongxiang" / "cli"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(COMMAND)
    for name in ("requirements", "requirements-dev", "requirements-data"):
        (root / f"{name}.lock").write_text("# nothing\n")
    (root / "dev.py").write_bytes(DEV.read_bytes())
    return root


def test_help_lists_every_door() -> None:
    done = dev("--help")
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert tuple(listed) == DOORS
    assert done.stderr == ""


@pytest.mark.parametrize("words", [(), ("nonsense",)])
def test_an_unknown_command_ends_with_2_and_the_list(words: tuple[str, ...]) -> None:
    done = dev(*words)
    assert done.returncode == 2
    assert all(f"  {door} " in done.stdout + done.stderr for door in DOORS)


def test_an_older_python_gets_a_clear_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    version = namedtuple("version", "major minor micro")  # noqa: PYI024 - compares as a tuple
    monkeypatch.setattr(sys, "version_info", version(3, 10, 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer; this is"):
        runpy.run_path(str(DEV), run_name="__main__")


def test_two_at_once_make_one_environment(checkout: Path, tmp_path: Path) -> None:
    shutil.rmtree(checkout / ".venv", ignore_errors=True)
    words = [sys.executable, str(checkout / "dev.py"), "settle"]
    pipe = subprocess.PIPE
    both = [
        subprocess.Popen(words, cwd=tmp_path, stdout=pipe, stderr=pipe, text=True) for _ in range(2)
    ]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [7, 7]
    assert [out for out, _ in said] == [f"{tmp_path} ['settle']\n"] * 2
    assert sum("dev.py: making" in err for _, err in said) == 1


def test_a_later_call_only_passes_on(checkout: Path, tmp_path: Path) -> None:
    assert dev("replay", script=checkout / "dev.py").returncode == 7
    done = dev("replay", "--set", "a=1", "F", "-h", script=checkout / "dev.py", cwd=tmp_path)
    assert done.stdout == f"{tmp_path} ['replay', '--set', 'a=1', 'F', '-h']\n"
    assert (done.returncode, done.stderr) == (7, "")


def test_the_callers_folder_shadows_nothing(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "gongxiang").mkdir()
    assert dev("result", script=checkout / "dev.py", cwd=tmp_path).returncode == 7


def test_a_changed_lock_is_installed_and_a_broken_environment_made_anew(checkout: Path) -> None:
    assert dev("result", script=checkout / "dev.py").returncode == 7
    (checkout / "requirements.lock").write_text("# changed\n")
    done = dev("result", script=checkout / "dev.py")
    assert "installing requirements.lock" in done.stderr
    (checkout / ".venv" / "bin" / "python").unlink()
    assert "dev.py: making" in dev("result", script=checkout / "dev.py").stderr
    assert dev("result", script=checkout / "dev.py").stderr == ""


def test_an_environment_of_another_checkout_is_not_emptied_through_a_link(
    checkout: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").touch()
    shutil.rmtree(checkout / ".venv", ignore_errors=True)
    (checkout / ".venv").symlink_to(other)
    done = dev("result", script=checkout / "dev.py")
    (checkout / ".venv").unlink()
    assert done.returncode == 1
    assert "is a link" in done.stderr
    assert [each.name for each in other.iterdir()] == ["kept"]


@pytest.mark.long
def test_an_environment_made_anew_for_the_data_gets_everything_else_again(
    checkout: Path, tmp_path: Path
) -> None:
    dev("replay", script=checkout / "dev.py", cwd=tmp_path)
    environment = checkout / ".venv"
    for pip in environment.glob("lib/python*/site-packages/pip"):
        shutil.rmtree(pip)
    (environment / "requirements-data.stamp").unlink(missing_ok=True)
    done = dev("data", "complete-journey", script=checkout / "dev.py", cwd=tmp_path)
    assert done.returncode == 7, done.stderr
    assert "making" in done.stderr
    for name in ("requirements", "requirements-data"):
        assert (environment / f"{name}.stamp").exists(), name


def test_a_lock_that_cannot_be_installed_says_so_and_leaves_no_stamp(checkout: Path) -> None:
    lock = checkout / "requirements.lock"
    lock.write_text("gongxiang @ file:///nowhere/gongxiang.whl --hash=sha256:00\n")
    done = dev("result", script=checkout / "dev.py")
    assert done.returncode == 1
    assert "dev.py: could not install requirements.lock" in done.stderr
    assert dev("result", script=checkout / "dev.py").returncode == 1
    lock.write_text("# nothing\n")
    assert dev("result", script=checkout / "dev.py").returncode == 7


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, -2), (signal.SIGTERM, -15)])
def test_a_signal_reaches_the_command_itself(
    checkout: Path, number: signal.Signals, code: int
) -> None:
    assert dev("result", script=checkout / "dev.py").returncode == 7
    words = [sys.executable, str(checkout / "dev.py"), "up"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(number)
        process.communicate()
    assert process.returncode == code


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-data"])
def test_a_lock_names_no_host_and_hashes_everything(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text()
    assert "://" not in text
    assert "--index-url" not in text
    packages = [line for line in text.splitlines() if "==" in line and line[0] != " "]
    assert packages
    assert all(line.endswith("\\") for line in packages)
