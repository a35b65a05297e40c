"""`withdrawals [list|approve|decline|arrived|failed] [NUMBER] [--officer NAME] [--reason TEXT]`.

Lists what is under way, and lets officers review it: the verdict of one is noted, the same one of
another executes it. What has no account to be sent to is paid by hand in the channel's own console,
and told with `arrived` or `failed`. Each is a line of the audit log, in the name of `--officer` or,
for an end alone, of whoever runs the command.
"""

import argparse

from gongxiang.base import text
from gongxiang.cli.failure import Failure
from gongxiang.cli.operator import operator
from gongxiang.cli.start import platform

_OPEN = """
SELECT payout.withdrawal_id, payout.member_id, payout.state, withdrawal.amount, payout.maker
  FROM treasury_payout payout
  JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
  JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (payout.member_id, payout.withdrawal_id)
 WHERE payout.state < 5 AND outcome.is_accepted ORDER BY payout.withdrawal_id
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    words = ("list", "approve", "decline", "arrived", "failed")
    parser.add_argument("what", nargs="?", choices=words, default="list")
    parser.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="the withdrawal")
    parser.add_argument("--officer", metavar="NAME", help="who gives the verdict")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for its owner to read")


def run(arguments: argparse.Namespace) -> int:
    """List what is under way, or move one withdrawal on."""
    with platform():
        if arguments.what == "list":
            return _list()
        if arguments.number is None:
            raise Failure(f"{arguments.what}: which withdrawal? `withdrawals` lists them")
        member = _owner(arguments.number)
        if arguments.what in {"approve", "decline"}:
            return _review(arguments, member)
        return _tell(arguments, member)


def _list() -> int:
    from gongxiang.treasury.models import PayoutState  # noqa: PLC0415  after Django's set-up

    for number, _, state, amount, maker in _rows():
        noted = f"\t初审 {maker}" if maker else ""
        print(f"{number}\t{text.yuan(amount=amount)}\t{PayoutState(state).label}{noted}")
    return 0


def _review(arguments: argparse.Namespace, member: int) -> int:
    from gongxiang.acts.review_withdrawal import (  # noqa: PLC0415  after Django's set-up
        MakerIsChecker,
        NotInReview,
        ReasonMissing,
        review_withdrawal,
    )
    from gongxiang.treasury.models import Verdict  # noqa: PLC0415

    if not arguments.officer:
        raise Failure("--officer NAME: a verdict is somebody's")
    try:
        state = review_withdrawal(
            member=member,
            withdrawal=arguments.number,
            officer=arguments.officer,
            verdict=Verdict.APPROVE if arguments.what == "approve" else Verdict.DECLINE,
            reason=arguments.reason,
        )
    except (MakerIsChecker, NotInReview, ReasonMissing) as refusal:
        raise Failure(str(refusal)) from refusal
    print(state.label)
    return 0


def _tell(arguments: argparse.Namespace, member: int) -> int:
    from gongxiang.acts.end_payout import (  # noqa: PLC0415  after Django's set-up
        EndReasonMissing,
        NotByHand,
        end_payout,
    )
    from gongxiang.treasury.models import PayoutState  # noqa: PLC0415

    state = PayoutState.ARRIVED if arguments.what == "arrived" else PayoutState.FAILED
    try:
        end_payout(
            member=member,
            withdrawal=arguments.number,
            state=state,
            officer=arguments.officer or operator(),
            reason=arguments.reason,
        )
    except NotByHand as refusal:
        raise Failure(str(refusal)) from refusal
    except EndReasonMissing as refusal:
        raise Failure(
            "--reason TEXT: what did not arrive says why, its owner reads it"
        ) from refusal
    print(state.label)
    return 0


def _owner(number: int) -> int:
    for known, member, *_ in _rows():
        if known == number:
            return member
    raise Failure(f"withdrawal {number} is not under way")


def _rows() -> list[tuple[int, int, int, int, str]]:
    from gongxiang.ledger import raw  # noqa: PLC0415  after Django's set-up

    with raw.cursor() as cursor:
        cursor.execute(_OPEN)
        return cursor.fetchall()
