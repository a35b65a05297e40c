"""The dispatcher: options before or after FILE, exit codes, signals."""

import argparse
import os
import signal
import subprocess
import sys
import textwrap
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from gongxiang.cli import main as dispatcher
from gongxiang.cli.failure import Failure, WrongUsage
from gongxiang.cli.main import COMMANDS, Command, main, spread_assignments

ROOT = Path(__file__).resolve().parents[2]
Seen = list[argparse.Namespace]
PROBE = """
import sys, time, types
from gongxiang.cli import main as dispatcher

def run(arguments):
    {body}
    return 0

sys.modules["gongxiang.cli.probe"] = types.SimpleNamespace(
    add_arguments=lambda parser: None, run=run
)
dispatcher.COMMANDS["probe"] = dispatcher.Command("probe", "a probe")
sys.exit(dispatcher.main(["probe"]))
"""


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Plant a command `probe` that takes what replay takes, and collect what it is called with."""
    calls: Seen = []

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--set", action="append", default=[])
        parser.add_argument("--out")

    def run(arguments: argparse.Namespace) -> int:
        calls.append(arguments)
        return 0

    plant(monkeypatch, run, add_arguments)
    return calls


def plant(
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[[argparse.Namespace], int],
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda _parser: None,
) -> None:
    """Add a command named `probe`."""
    module = types.ModuleType("gongxiang.cli.probe")
    vars(module).update(add_arguments=add_arguments, run=run)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, "probe", Command("probe", "a probe"))


@pytest.mark.parametrize(
    "words",
    [
        ["--set", "a=1", "b=2", "FILE", "--out", "O"],
        ["FILE", "--out", "O", "--set", "a=1", "b=2"],
        ["--set", "a=1", "FILE", "--set", "b=2", "--out", "O"],
        ["--set=a=1", "b=2", "--out=O", "FILE"],
        ["--set", "a=1", "--out", "O", "FILE", "--set=b=2"],
        ["--set", "a=1", "b=2", "--out", "O", "--", "FILE"],
    ],
)
def test_options_stand_before_or_after_the_file(seen: Seen, words: list[str]) -> None:
    assert main(["probe", *words]) == 0
    assert vars(seen[0]) == {"file": "FILE", "set": ["a=1", "b=2"], "out": "O"}


def test_a_value_that_is_no_assignment_reaches_the_command(seen: Seen) -> None:
    assert main(["probe", "--set", "nonsense", "FILE"]) == 0
    assert seen[0].set == ["nonsense"]


def test_a_path_with_an_equals_sign_is_a_file() -> None:
    assert spread_assignments(["--set", "a=1", "./b=2"]) == ["--set=a=1", "./b=2"]
    assert spread_assignments(["b=2", "--set"]) == ["b=2", "--set"]
    assert spread_assignments(["--set", "--", "a=1"]) == ["--set", "--", "a=1"]


@pytest.mark.parametrize("words", [["probe"], ["probe", "F", "--se", "a=1"], ["probe", "F", "G"]])
def test_wrong_usage_ends_with_2(seen: Seen, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert seen == []


def test_an_unknown_command_ends_with_2_and_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert main([]) == 2
    said = capsys.readouterr()
    assert "unknown command: nonsense" in said.err
    assert all(name in said.err for name in COMMANDS)


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr()
    assert all(name in said.out for name in COMMANDS)
    assert said.err == ""


@pytest.mark.parametrize(("failure", "code"), [(Failure, 1), (WrongUsage, 2)])
def test_a_failure_is_one_sentence_on_stderr(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    failure: type[Failure],
    code: int,
) -> None:
    def run(_arguments: argparse.Namespace) -> int:
        raise failure("line 3: no amount")

    plant(monkeypatch, run)
    assert main(["probe"]) == code
    said = capsys.readouterr()
    assert said.err == "gongxiang probe: line 3: no amount\n"
    assert said.out == ""


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_file_that_cannot_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    plant(monkeypatch, lambda _arguments: len(path.read_text()))
    assert main(["probe"]) == 1
    assert capsys.readouterr().err.startswith(f"gongxiang probe: {path}: ")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_the_command_after_its_own_cleaning_up(
    number: signal.Signals, code: int
) -> None:
    body = """
    try:
        print("ready", flush=True)
        time.sleep(60)
    finally:
        print("cleaned", flush=True)
    """
    with probe(body) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        rest, errors = process.communicate()
    assert (process.returncode, rest, errors) == (code, "cleaned\n", "")


def test_a_reader_that_leaves_early_gets_no_traceback() -> None:
    body = """
    print("ready", flush=True)
    sys.stdin.readline()
    print("x" * 1_000_000)
    """
    with probe(body) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate("\n")
    assert (process.returncode, errors) == (1, "")


def probe(body: str) -> "subprocess.Popen[str]":
    """Start a process that runs a planted command."""
    lines = textwrap.dedent(body).strip().replace("\n", "\n    ")
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [sys.executable, "-c", PROBE.format(body=lines)],
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_commands_without_a_database_do_not_load_django() -> None:
    code = "import sys; import gongxiang.cli.main; sys.exit('django' in sys.modules)"
    words = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(words, env=environment, check=False).returncode == 0
    assert dispatcher.COMMANDS
