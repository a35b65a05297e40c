"""The desk a member withdraws at: what is free, where it goes, what the rules and the day allow.

Units: µ¥, moments in microseconds. Source: P4; design/ui/faces.md 7 (d).
"""

from dataclasses import dataclass

from gongxiang.governance.withdrawing import WithdrawalRules, withdrawal_rules
from gongxiang.queries import cash as queries
from gongxiang.queries import payees, pool
from gongxiang.queries.cash_data import Purse
from gongxiang.queries.payees import Own


@dataclass(frozen=True, slots=True, kw_only=True)
class CashDesk:
    """What a withdrawal is looked at with: all of one moment, asked for once."""

    now: int
    version: int
    purse: Purse
    own: Own
    rules: WithdrawalRules
    rest: int


def cash_desk_of(*, member: int) -> CashDesk:
    """Set up the desk of a member, inside one moment of the database; raises `NotOpen`."""
    now, versions = pool.pool_and_versions()
    rules = withdrawal_rules()
    return CashDesk(
        now=now.now,
        version=max(versions),
        purse=queries.purse(member=member),
        own=payees.own(member=member),
        rules=rules,
        rest=queries.left_today(member=member, now=now.now, rules=rules),
    )
