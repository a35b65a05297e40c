"""`staff [list|reset NAME] [--reason TEXT]`: who of the staff there is, and a way back in.

An admin does all of this in the console. The command is for the day on which the only admin has
lost his phone: it takes factor and password away and prints a new password, once.
"""

import argparse

from gongxiang.cli.failure import Failure
from gongxiang.cli.operator import operator
from gongxiang.cli.start import platform


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's words."""
    parser.add_argument("what", nargs="?", choices=("list", "reset"), default="list")
    parser.add_argument("name", nargs="?", metavar="NAME", help="who signs in by this name")
    parser.add_argument("--reason", metavar="TEXT", default="", help="why, for the audit log")


def run(arguments: argparse.Namespace) -> int:
    """List the staff, or reset one of them."""
    with platform():
        if arguments.what == "list":
            return _list()
        if not arguments.name:
            raise Failure("reset: whom? `staff` lists them")
        return _reset(arguments.name, arguments.reason)


def _list() -> int:
    from gongxiang.governance.models import Officer, Role  # noqa: PLC0415  after Django's set-up

    for officer in Officer.objects.select_related("user").order_by("user__username"):
        state = "启用" if officer.user.is_active else "停用"
        print(f"{officer.user.get_username()}\t{Role(officer.role).label}\t{state}")
    return 0


def _reset(name: str, reason: str) -> int:
    from gongxiang.acts.change_officer import WhyMissing  # noqa: PLC0415  after Django's set-up
    from gongxiang.acts.reset_factor import reset_factor  # noqa: PLC0415
    from gongxiang.governance.models import Officer  # noqa: PLC0415

    officer = Officer.objects.filter(user__username=name).first()
    if officer is None:
        raise Failure(f"nobody of the staff signs in as {name}: `staff` lists them")
    try:
        print(reset_factor(user=officer.pk, officer=operator(), why=reason))
    except WhyMissing as refusal:
        raise Failure("--reason TEXT: a reset says why") from refusal
    return 0
