"""The dispatcher: finds the command, reads its arguments, turns its end into an exit code.

A command is a module with `add_arguments(parser)` and `run(arguments) -> int`. It declares plain
positionals (choices, no sub-parsers), so that options may stand before or after them.
Exit codes: 0 done, 1 failed, 2 wrong usage, 130 Ctrl-C, 143 ended by SIGTERM.
"""

import argparse
import importlib
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Protocol, cast

import gongxiang
from gongxiang.cli.failure import Failure

INTERRUPTED = 130
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives, and what it does in one line."""

    module: str
    summary: str


class Module(Protocol):
    """What the module of a command offers."""

    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


COMMANDS = {
    "up": Command("up", "serve the platform with a seeded town, and settle"),
    "work": Command("work", "ask the channels, send what waits, run the jobs"),
    "replay": Command("replay", "fold a file of events in memory and print the end state"),
    "import": Command("import_events", "drive a file of events through the platform"),
    "settle": Command("settle", "settle what is due"),
    "clock": Command("clock", "show the platform's clock, or move it on to try things out"),
    "result": Command("result", "print the platform's state"),
    "export": Command("export", "write the platform's history as events, with its seal"),
    "verify": Command("verify", "check the database, or an exported file against its seal"),
    "withdrawals": Command("withdrawals", "list withdrawals, review them, say how they ended"),
    "recoveries": Command("recoveries", "list who asks for a lost account, review them"),
    "staff": Command("staff", "list the staff, or let one of them set up sign-in again"),
    "keys": Command("keys", "seal anew what older keys sealed"),
    "rules": Command("rules", "check, show or explain the rulebook"),
    "data": Command("data", "fetch public research data as an orders table"),
}


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if words is None else words)
    if not words or words[0] in {"-h", "--help", "help"}:
        print(overview())
        return 0 if words else 2
    if words[0] == "--version":
        print(gongxiang.__version__)
        return 0
    command = COMMANDS.get(words[0])
    if command is None:
        _say(f"gongxiang: unknown command: {words[0]}\n\n{overview()}")
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ended)
    return _guarded(words[0], command, words[1:])


def overview() -> str:
    """List the commands."""
    width = max(map(len, COMMANDS), default=0)
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: gongxiang COMMAND ...", "", *lines, "", "COMMAND --help says more."])


def spread_assignments(words: Sequence[str]) -> list[str]:
    """Write `--set a=1 b=2` as `--set=a=1 --set=b=2`, so that a FILE after it is no assignment.

    >>> spread_assignments(["--set", "a=1", "b=2", "FILE"])
    ['--set=a=1', '--set=b=2', 'FILE']
    """
    spread: list[str] = []
    waiting = following = False
    for index, word in enumerate(words):
        if word == "--":
            return spread + ["--set"] * waiting + list(words[index:])
        if (waiting and not word.startswith("-")) or (following and ASSIGNMENT.match(word)):
            spread.append(f"--set={word}")
            waiting, following = False, True
            continue
        if waiting:
            spread.append("--set")
        waiting = word == "--set"
        following = word.startswith("--set=")
        if not waiting:
            spread.append(word)
    return spread + ["--set"] * waiting


def _guarded(name: str, command: Command, words: Sequence[str]) -> int:
    try:
        code = _run(name, command, words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the answer has left; Python must not try to flush the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Failure as failure:
        _say(f"gongxiang {name}: {failure}")
        return failure.exit_code
    except OSError as error:
        place = "" if error.filename is None else f"{error.filename}: "
        _say(f"gongxiang {name}: {place}{error.strerror or error}")
        return 1
    return code


def _run(name: str, command: Command, words: Sequence[str]) -> int:
    module = cast("Module", importlib.import_module(f"gongxiang.cli.{command.module}"))
    parser = argparse.ArgumentParser(
        prog=f"gongxiang {name}", description=command.summary, allow_abbrev=False
    )
    module.add_arguments(parser)
    return module.run(parser.parse_intermixed_args(spread_assignments(words)))


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _ended(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
