"""The platform's own account beside its bills: what is compared, what is missing, what is open.

    net of a number in the bill = net of it in our books, or a difference names it

A bill that is not there yet and a difference that no officer took on are no error of the books:
they are told by name.

Units: fen. Source: P3, P4; I-6; reliability Q4.
"""

from typing import Any, Final, NamedTuple

from psycopg import Connection

from gongxiang.payments.clock import BILL_DUE, LATE
from gongxiang.payments.ours import THEIRS
from gongxiang.payments.own import OWN
from gongxiang.settlement.wrong import Wrong
from gongxiang.treasury.own_funds import OWN_FUNDS

_UNNAMED: Final = f"""
WITH told AS (
    SELECT provider, kind, number, sum(amount_fen)::bigint AS amount_fen
      FROM ({THEIRS}) line JOIN payments_bill bill USING (provider, payee, day)
     WHERE payee = '{OWN}' AND bill.is_compared
     GROUP BY provider, kind, number HAVING sum(amount_fen) <> 0
)
SELECT provider, kind, number, told.amount_fen, coalesce(mine.amount_fen, 0)
  FROM told LEFT JOIN ({OWN_FUNDS}) mine USING (provider, kind, number)
 WHERE told.amount_fen IS DISTINCT FROM mine.amount_fen
   AND NOT EXISTS (SELECT FROM payments_difference known
                    WHERE (known.provider, known.kind, known.number)
                          = (told.provider, told.kind, told.number))
 ORDER BY provider, kind, number LIMIT 1
"""  # noqa: S608  no value is spliced in
_STAND: Final = f"""
SELECT count(*) FILTER (WHERE is_compared),
       count(*) FILTER (WHERE NOT is_whole AND {BILL_DUE.format(day="day")} < {LATE}),
       (SELECT count(*) FROM payments_difference WHERE (payee, state) = ('{OWN}', 'open'))
  FROM payments_bill WHERE payee = '{OWN}'
"""  # noqa: S608  no value is spliced in


class OwnFunds(NamedTuple):
    """How many bills of the own account are compared and how many late; differences still open."""

    compared: int
    missing: int
    open: int


def compare_own_funds(connection: Connection[Any]) -> OwnFunds:
    """Hold what the bills say against the books; raises `Wrong` naming the first."""
    row = connection.execute(_UNNAMED).fetchone()
    if row is not None:
        sentence = "the own account's bill at {} says {} {}: {} fen; our books {}, unnamed"
        raise Wrong(sentence.format(*row))
    row = connection.execute(_STAND).fetchone()
    assert row is not None, "a question of sums has one row"
    return OwnFunds(*row)
