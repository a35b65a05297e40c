"""The command `rules`: what a rulebook says, why, and whether it holds.

    gongxiang rules check town --set direct=40      refused or not, and what to look at
    gongxiang rules show seed-1 --on 2026-12-01     every rule in force on a day
    gongxiang rules explain exit_cap                one rule with its source and history
    gongxiang rules publish town                    open an empty platform with these rules
    gongxiang rules schema                          what rules/*.toml may contain

Units: as the rules' own units, written out.
Source: events.md (Commands: exit 1 when `rules check` refuses, 2 for wrong usage); R1, R9, E4.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from gongxiang.cli.failure import Failure, WrongUsage
from gongxiang.cli.operator import operator
from gongxiang.cli.rules_check import print_check
from gongxiang.cli.table import columns
from gongxiang.rulebook.book import Book, RulebookError
from gongxiang.rulebook.check import require
from gongxiang.rulebook.explain import explain, explain_all
from gongxiang.rulebook.json_schema import json_schema
from gongxiang.rulebook.load import DEFAULT_PRESET, load_book, read_library, split_settings
from gongxiang.rulebook.schema import MalformedRules


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("action", choices=tuple(ACTIONS), help="what to do")
    parser.add_argument(
        "name", nargs="?", help="check, show, publish: a preset (default seed-1); explain: a rule"
    )
    parser.add_argument("--preset", "--rules", default=None, help="explain: in which preset")
    parser.add_argument("--on", type=_day, metavar="DATE", help="the rules of that day")
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a rule"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="publish: for the audit log")


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says and give the exit code."""
    try:
        return ACTIONS[arguments.action](arguments)
    except MalformedRules as error:
        raise Failure(error) from error
    except RulebookError as error:
        raise WrongUsage(error) from error


def _check(arguments: argparse.Namespace) -> int:
    return print_check(book=_book(arguments, preset=_preset(arguments)))


def _show(arguments: argparse.Namespace) -> int:
    book = _book(arguments, preset=_preset(arguments))
    print(f"{book.preset.name} ({book.preset.title}): {book.preset.sentence_en}")
    day = book.on.isoformat() if book.on else "the last of each rule"
    print(f"Values in force: {day}")
    group = ""
    rows: list[tuple[str, ...]] = []
    for told in explain_all(book=book):
        if told.rule.group != group:
            group = told.rule.group
            rows += [(), (group,)]
        line = told.in_force
        rows.append(
            (
                f"  {told.rule.name}",
                told.rule.title,
                line.english,
                f"since {line.since}",
                told.rule.clause,
                line.source,
            )
        )
    print(columns(rows=rows))
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    if arguments.name is None:
        rules = ", ".join(read_library().rules)
        raise WrongUsage(f"explain which rule? There are: {rules}")
    book = _book(arguments, preset=arguments.preset or DEFAULT_PRESET)
    told = explain(book=book, name=arguments.name)
    rule, line = told.rule, told.in_force
    print(f"{rule.name} ({rule.title}) is {line.english} in {book.preset.name}")
    rows = [
        ("what", rule.sentence_en),
        ("说明", rule.sentence_zh),
        ("stored", f"{_stored(line.value)} ({rule.unit.name}: {rule.unit.sentence_en})"),
        ("in force", f"since {line.since}"),
        ("source", line.source),
        ("clause", rule.clause),
        ("file", f"rules/{rule.group}.toml, rules/presets/{book.preset.name}.toml"),
    ]
    print(columns(rows=[(f"  {key}", value) for key, value in rows]))
    print("  history")
    print(columns(rows=[(f"    {past.since}", past.english, past.source) for past in told.history]))
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    preset = arguments.name or arguments.preset
    if preset is None:
        raise WrongUsage(f"publish which preset? There are: {', '.join(read_library().presets)}")
    book = _book(arguments, preset=_preset(arguments))
    require(book=book)
    from gongxiang.cli.start import platform  # noqa: PLC0415  the other actions need no database

    with platform():
        from gongxiang.acts.publish_rules import RulesInForce, publish_rules  # noqa: PLC0415

        try:
            publish_rules(
                terms=book.terms,
                preset=book.preset.name,
                settings=arguments.set,
                officer=operator(),
                why=arguments.reason,
            )
        except RulesInForce:
            raise Failure("the platform is open already: its rules are in force") from None
    print(f"{book.preset.name}: version 1 of the rules is in force")
    return 0


def _schema(_arguments: argparse.Namespace) -> int:
    print(json.dumps(json_schema(), ensure_ascii=False, indent=2))
    return 0


ACTIONS: Final[Mapping[str, Callable[[argparse.Namespace], int]]] = {
    "check": _check,
    "show": _show,
    "explain": _explain,
    "publish": _publish,
    "schema": _schema,
}


def _preset(arguments: argparse.Namespace) -> str:
    """Give the preset that was named: after the action, by --preset, or none at all."""
    named = {name for name in (arguments.name, arguments.preset) if name is not None}
    if len(named) > 1:
        raise WrongUsage(f"one preset at a time, not {' and '.join(sorted(named))}")
    return str(named.pop()) if named else DEFAULT_PRESET


def _book(arguments: argparse.Namespace, *, preset: str) -> Book:
    """Load the book that the arguments name."""
    settings = [setting for text in arguments.set for setting in split_settings(text=text)]
    return load_book(preset=preset, on=arguments.on, settings=settings)


def _day(text: str) -> date:
    """Read a day.

    >>> _day("2026-11-01")
    datetime.date(2026, 11, 1)
    """
    return date.fromisoformat(text)


def _stored(value: object) -> str:
    """Write a value as the file has it."""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
