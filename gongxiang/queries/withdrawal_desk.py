"""What a withdrawal is looked at with, on the page and in the API: all of one moment.

Units: µ¥, microseconds. Source: P4, H5; design/ui/faces.md 7 (d).
"""

from dataclasses import dataclass

from gongxiang.governance.withdrawing import WithdrawalRules, withdrawal_rules
from gongxiang.queries import cash, payees
from gongxiang.queries import pool as public
from gongxiang.queries.cash_data import Purse
from gongxiang.queries.payees import Own


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalDesk:
    """What a member has, what he may still ask for today, who he is, and by which rules."""

    now: int
    version: int
    purse: Purse
    own: Own
    rules: WithdrawalRules
    rest: int


def withdrawal_desk(*, member: int) -> WithdrawalDesk:
    """Ask for all of it in one moment."""
    with public.one_moment():
        pool, versions = public.pool_and_versions()
        rules = withdrawal_rules()
        return WithdrawalDesk(
            now=pool.now,
            version=max(versions),
            purse=cash.purse(member=member),
            own=payees.own(member=member),
            rules=rules,
            rest=cash.left_today(member=member, now=pool.now, rules=rules),
        )
