"""Cash of a withdrawal back to its member: one fact, once for each withdrawal (P4).

Units: micro-yuan, moments in microseconds. Source: P4; I-4, I-18.
"""

from typing import Any, Final

from psycopg import Cursor

from gongxiang.lab.lines import WithdrawalReturnedLine
from gongxiang.orders import facts
from gongxiang.orders.facts import Recorded
from gongxiang.orders.models import Kind

_WITHDRAWAL: Final = """
SELECT fact.key, withdrawal.amount
  FROM treasury_withdrawal withdrawal
  JOIN orders_fact fact ON (fact.home_id, fact.id) = (withdrawal.member_id, withdrawal.id)
       AND fact.kind IN (9, 11, 13)
  JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (withdrawal.member_id, withdrawal.id)
 WHERE withdrawal.member_id = %s AND withdrawal.id = %s AND outcome.is_accepted
"""
_RETURN: Final = """
INSERT INTO treasury_withdrawalreturn (withdrawal_id, member_id, id, withdrawal_key)
VALUES (%s, %s, %s, %s)
"""


def return_cash(cursor: Cursor[Any], *, member: int, withdrawal: int, at: int) -> Recorded:
    """Record that a withdrawal came back; the second time gives the first answer."""
    cursor.execute(_WITHDRAWAL, (member, withdrawal))
    row = cursor.fetchone()
    assert row is not None, f"withdrawal {withdrawal} never left the balance: nothing to return"
    key, amount = row
    recorded = facts.record(
        cursor,
        lambda moment: WithdrawalReturnedLine(f"{key}/returned", key, moment),
        kind=Kind.WITHDRAWAL_RETURNED,
        home=member,
        amount=amount,
        at=at,
    )
    if recorded.is_new:
        cursor.execute(_RETURN, (withdrawal, member, recorded.number, key))
    return recorded
