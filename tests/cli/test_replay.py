"""`replay`: the answer alone on stdout, exit codes, nothing half-written, the same bytes always.

Source: spec/events.md (Commands); E10.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import workload
from gongxiang.cli.main import main
from tests.malformed import MALFORMED
from tests.rule_sets import rules
from tests.strategies import scenario

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-P", "-m", "gongxiang.cli", "replay")
PATIENCE = 120


@pytest.fixture
def events(tmp_path: Path) -> Path:
    """Give a small file of events."""
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(scenario(3, 60)))
    return path


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Give a file that takes a second or more."""
    path = tmp_path / "many.jsonl"
    workload.write(path, orders=80_000, members=1_000, stores=50)
    return path


def run(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, cwd=ROOT, timeout=PATIENCE, check=False
    )


def test_stdout_holds_the_answer_alone(events: Path) -> None:
    done = run(events)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"}\n")
    answer = json.loads(done.stdout)
    assert list(answer) == sorted(answer)
    assert all(list(part) == sorted(part) for part in answer.values() if isinstance(part, dict))


def test_out_holds_the_same_bytes_and_stdout_nothing(events: Path, tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    done = run("--out", out, events)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert out.read_bytes() == run(events).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "result.json"]


@pytest.mark.parametrize("seed", range(12))
def test_the_bytes_do_not_depend_on_the_batch(
    seed: int, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    chosen = rules(seed)
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(scenario(seed, 100, chosen)))
    settings = [f"{name}={value}" for name, value in chosen.items()]
    answers = []
    for batch in ("1", "7", "10000"):
        assert main(["replay", str(path), "--batch", batch, "--set", *settings]) == 0
        answers.append(capfdbinary.readouterr().out)
    assert answers[0] == answers[1] == answers[2] != b""


def test_options_stand_on_either_side_and_settings_in_either_form(events: Path) -> None:
    answers = {
        run(*words).stdout
        for words in (
            ("--set", "direct=10", "city=5", events),
            (events, "--set", "direct=10", "--set", "city=5"),
            ("--rules", "seed-1", "--set", "direct=10 city=5", events),
        )
    }
    assert len(answers) == 1
    assert answers != {run(events).stdout}


WRONG: tuple[tuple[tuple[str, ...], str], ...] = (
    ((), "FILE"),
    (("{events}", "--batch", "0"), "whole number of 1 or more"),
    (("{events}", "--nothing"), "--nothing"),
    (("{events}", "--rules", "nobody"), "nobody"),
    (("{events}", "--rules", "seed-2"), "2.66%"),
    (("{events}", "--set", "nothing=1"), "nothing"),
    (("{events}", "--set", "direct"), "direct"),
    (("{events}", "--set", "direct=1.5"), "direct"),
    (("{events}", "--set", "direct=5000"), "budget"),
    (("{events}", "--set", "exit_cap=0"), "exit_cap"),
    (("{events}", "--out", "{events}"), "the events themselves"),
)


@pytest.mark.parametrize(("words", "what"), WRONG)
def test_wrong_usage_and_a_refused_rulebook_end_with_2(
    events: Path, words: Sequence[str], what: str
) -> None:
    before = events.read_bytes()
    done = run(*(word.format(events=events) for word in words))
    assert (done.returncode, done.stdout) == (2, b"")
    assert what in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert events.read_bytes() == before


@pytest.mark.parametrize("text", MALFORMED[::6])
def test_a_malformed_line_ends_with_1_and_leaves_no_result(
    events: Path, tmp_path: Path, text: str
) -> None:
    events.write_text(events.read_text() + f"\n{text}\n")
    out = tmp_path / "result.json"
    out.write_text("what was there before")
    done = run(events, "--out", out)
    assert (done.returncode, done.stdout) == (1, b"")
    assert f"{events}, line 61: " in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert out.read_text() == "what was there before"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    ("name", "what"),
    [("absent.jsonl", "no such file"), (".", "a folder, no file"), ("events.csv", "line 1: ")],
)
def test_a_file_that_cannot_be_read_ends_with_1(
    events: Path, tmp_path: Path, name: str, what: str
) -> None:
    (tmp_path / "events.csv").write_bytes(events.read_bytes())
    done = run(tmp_path / name)
    assert (done.returncode, done.stdout) == (1, b"")
    assert what in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_result_that_cannot_be_written_ends_with_1(events: Path, tmp_path: Path) -> None:
    done = run(events, "--out", tmp_path / "nowhere" / "result.json")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"nowhere" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_path_counts_from_the_callers_folder(events: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*COMMAND, "events.jsonl", "--out", "result.json"],
        cwd=tmp_path,
        env=environment,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0
    assert (tmp_path / "result.json").read_bytes() == run(events).stdout


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_what_was_there_before(
    many: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    out = tmp_path / "result.json"
    out.write_text("what was there before")
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, str(many), "--out", str(out)], cwd=ROOT, stdout=subprocess.PIPE, stderr=inside
    ) as child:
        os.close(inside)
        # The first words of progress say that it is at work.
        assert b"handling" in os.read(terminal, 4_096)
        child.send_signal(number)
        assert child.wait(PATIENCE) == code
    os.close(terminal)
    assert out.read_text() == "what was there before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["many.jsonl", "result.json"]


def test_progress_with_rate_and_time_left_is_shown_on_a_terminal_only(many: Path) -> None:
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, str(many), "--out", os.devnull], cwd=ROOT, stderr=inside
    ) as child:
        os.close(inside)
        shown = _all(terminal)
        assert child.wait(PATIENCE) == 0
    os.close(terminal)
    assert " lines, " in shown
    assert " %, " in shown
    assert " a second, " in shown
    assert " left" in shown
    assert shown.endswith("\r\x1b[K")
    assert run(many, "--out", os.devnull).stderr == b""


def _all(terminal: int) -> str:
    """Read a terminal until its other side is closed."""
    data = b""
    begin = time.monotonic()
    while time.monotonic() < begin + PATIENCE:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:
            break
        if not piece:
            break
        data += piece
    return data.decode()
