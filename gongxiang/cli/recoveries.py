"""`recoveries [list|approve|decline] [NUMBER] [--officer NAME] [--reason TEXT]`.

Lists who asks for the account of a lost number, and lets an officer who has checked the real name
say so. An approved one opens the account after the waiting period, unless its owner signs in.
"""

import argparse

from gongxiang.cli.failure import Failure
from gongxiang.cli.start import platform

_OPEN = """
SELECT id, member_id, shown, state, ready_at AT TIME ZONE 'Asia/Shanghai' FROM members_recovery
 WHERE state IN ('asked', 'approved') ORDER BY id
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    words = ("list", "approve", "decline")
    parser.add_argument("what", nargs="?", choices=words, default="list")
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="the request")
    parser.add_argument("--officer", metavar="NAME", help="who checked the real name")
    parser.add_argument("--reason", metavar="TEXT", default="", help="by what, for the audit log")


def run(arguments: argparse.Namespace) -> int:
    """List what is asked, or review one."""
    with platform():
        from gongxiang.members.models import Recovery  # noqa: PLC0415  after Django's set-up

        rows = _rows()
        if arguments.what == "list":
            for number, _, shown, state, ready in rows:
                until = f"\t{ready:%Y-%m-%d %H:%M}" if ready else ""
                print(f"{number}\t{shown}\t{Recovery.State(state).label}{until}")
            return 0
        if arguments.number is None:
            raise Failure(f"{arguments.what}: which one? `recoveries` lists them")
        return _review(arguments, {number: member for number, member, *_ in rows})


def _review(arguments: argparse.Namespace, owners: dict[int, int]) -> int:
    from gongxiang.acts.review_recovery import (  # noqa: PLC0415  after Django's set-up
        NotAsked,
        ReasonMissing,
        review_recovery,
    )

    if not arguments.officer:
        raise Failure("--officer NAME: a verdict is somebody's")
    try:
        state = review_recovery(
            member=owners.get(arguments.number, 0),
            number=arguments.number,
            officer=arguments.officer,
            is_approved=arguments.what == "approve",
            reason=arguments.reason,
        )
    except (NotAsked, ReasonMissing) as refusal:
        raise Failure(str(refusal)) from refusal
    print(state.label)
    return 0


def _rows() -> list[tuple[int, int, str, str, object]]:
    from gongxiang.ledger import raw  # noqa: PLC0415  after Django's set-up

    with raw.cursor() as cursor:
        cursor.execute(_OPEN)
        return cursor.fetchall()
