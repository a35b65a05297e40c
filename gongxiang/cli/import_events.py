"""`import FILE [--pending]`: drive a file of events or an orders table through the platform.

The file is folded in memory first: a malformed line stops everything before the first write. Then
accepted lines are recorded in bulk, and everything is settled as a replay settles it. A run that
was interrupted is simply run again: ids are the idempotency keys. What was refused and repeated
is printed as JSON.

Source: spec/events.md (import).
"""

import argparse
import json
from pathlib import Path

from gongxiang.cli.failure import Failure
from gongxiang.cli.progress import Progress
from gongxiang.cli.reading import explained
from gongxiang.cli.replay import add_rule_arguments, fold, terms_from
from gongxiang.cli.start import platform, say
from gongxiang.economy.terms import Terms
from gongxiang.lab.files import read_entries
from gongxiang.lab.replay import Replay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="events (.jsonl, .jsonl.gz) or orders (.csv, .csv.gz, .parquet)",
    )
    add_rule_arguments(parser)
    parser.add_argument(
        "--pending", action="store_true", help="record only: leave every order unsettled"
    )


def run(arguments: argparse.Namespace) -> int:
    """Record, settle, and print what was refused."""
    terms = terms_from(arguments.rules, arguments.set)
    folded = fold(arguments.file, terms)
    with platform():
        from gongxiang.cli.settling import only_settler  # noqa: PLC0415  after Django's set-up

        with only_settler(log=say):
            _publish(terms, preset=arguments.rules, settings=arguments.set)
            recorded = _record(arguments.file, terms)
            settled = 0 if arguments.pending else _settle(folded)
    say(f"recorded {recorded} new facts, settled {settled} orders")
    answer = {
        "refused": [{"line": line, "reason": reason} for line, reason in folded.refused],
        "repeated": folded.repeated,
    }
    print(json.dumps(answer, indent=1, sort_keys=True))
    return 0


def _publish(terms: Terms, *, preset: str, settings: list[str]) -> None:
    """Put the rules in force on an empty platform; on another they must be the same."""
    from gongxiang.acts.publish_rules import RulesInForce, publish_rules  # noqa: PLC0415
    from gongxiang.governance.terms import terms_of  # noqa: PLC0415

    try:
        publish_rules(terms=terms, preset=preset, settings=settings)
    except RulesInForce:
        if terms_of(1) != terms:
            raise Failure(
                "the platform has other rules in force than --rules and --set say: import with"
                " the rules it was opened with, or into an empty platform"
            ) from None


def _record(path: Path, terms: Terms) -> int:
    from gongxiang.cli.importing import import_lines  # noqa: PLC0415  after Django's set-up

    recorded = 0

    def count(facts: int) -> None:
        nonlocal recorded
        recorded += facts

    with explained(path), Progress("recording") as progress:
        import_lines(
            read_entries(path, watch=progress.show),
            terms=terms,
            on_chunk=lambda chunk: count(chunk.facts),
            source=path.name,
        )
    return recorded


def _settle(folded: Replay) -> int:
    """Settle as the replay did: everything, or what its last `clock` line reached (E8)."""
    from gongxiang.cli.settling import settle_all  # noqa: PLC0415  after Django's set-up

    until = folded.state.clock if folded.is_stopped_by_clock else None
    with Progress("settling", total=folded.state.orders, unit="orders") as progress:
        return settle_all(until=until, on_batch=lambda report: progress.add(report.orders))
