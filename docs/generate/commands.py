"""commands.md: every command with its arguments and exit codes, read from its own parser."""

import argparse
import importlib
from collections.abc import Iterator

import dev
from docs.generate.markdown import code, one_line, page, table
from gongxiang.cli.failure import Failure, WrongUsage
from gongxiang.cli.main import COMMANDS, INTERRUPTED

INTRODUCTION = """\
`python3 dev.py COMMAND ...` and `gongxiang COMMAND ...` (in the environment's `bin`) are the same.
Paths are relative to the caller's folder. Options stand before or after a file. The answer alone
goes to stdout, or to the file that `--out` names; progress and messages go to stderr, and progress
is shown on a terminal only. A file is written whole or not at all."""

CODES = (
    ("0", "done; lines that were refused or repeated are part of the answer"),
    (str(Failure.exit_code), "failed: a malformed line, a broken check, a refused `rules check`"),
    (str(WrongUsage.exit_code), "called wrongly, or a rulebook refused before the run"),
    (str(INTERRUPTED), "ended by Ctrl-C"),
    ("143", "ended by SIGTERM"),
)
SET = """\
`--set exit_cap=20000 window=3600` and `--set exit_cap=20000 --set window=3600` are the same. The
names are those of [rules.md](rules.md)."""


def commands() -> str:
    """Make the page."""
    exits = table(head=("exit code", "meaning"), rows=CODES)
    parts = [INTRODUCTION, "## Exit codes", exits, "## Changing a rule for one run", SET]
    parts += [_command(name) for name in COMMANDS]
    parts += ["## Only through dev.py", _doors()]
    return page(title="Commands", parts=parts)


def parser_of(name: str) -> argparse.ArgumentParser:
    """Give the parser of a command, as the dispatcher makes it."""
    module = importlib.import_module(f"gongxiang.cli.{COMMANDS[name].module}")
    parser = argparse.ArgumentParser(prog=f"gongxiang {name}", allow_abbrev=False)
    module.add_arguments(parser)
    return parser


def arguments_of(name: str) -> Iterator[argparse.Action]:
    """Give the arguments of a command, without --help, which all of them have."""
    for action in parser_of(name)._actions:  # noqa: SLF001  argparse lists them nowhere else
        if action.dest != "help":
            yield action


def _command(name: str) -> str:
    module = importlib.import_module(f"gongxiang.cli.{COMMANDS[name].module}")
    said = (module.__doc__ or "").split("\n\n")
    rows = [(code(_written(action)), _meaning(action)) for action in arguments_of(name)]
    parts = [f"## {name}", f"{COMMANDS[name].summary.capitalize()}. {_more(said)}".strip()]
    if rows:
        parts.append(table(head=("argument", "meaning"), rows=rows))
    return "\n\n".join(parts)


def _more(paragraphs: list[str]) -> str:
    """Give what a module says of its command after its first line."""
    first, *rest = paragraphs
    second = first.strip().split("\n", 1)[1:]
    plain = [one_line(text) for text in second + rest if not text.startswith("    ")]
    return " ".join(text for text in plain if not text.startswith(("Units:", "Source:")))


def _written(action: argparse.Action) -> str:
    """Write an argument as it is typed."""
    name = "/".join(action.choices) if action.choices else str(action.metavar or action.dest)
    if not action.option_strings:
        return f"[{name}]" if action.nargs == "?" else name
    options = ", ".join(action.option_strings)
    return options if action.nargs == 0 else f"{options} {name if action.metavar else name.upper()}"


def _meaning(action: argparse.Action) -> str:
    """Write what an argument does, and what is so when it is not given."""
    text = (action.help or "").replace("%(default)s", str(action.default))
    is_said = action.default in (None, False, []) or str(action.default) in text
    return text if is_said else f"{text} (default {action.default})"


def _doors() -> str:
    rows = [(code(name), said) for name, said in dev.DOORS.items() if name not in COMMANDS]
    return table(head=("command", "meaning"), rows=rows)
