"""A refused share ends where its channel says that nothing of the payment is frozen any more (P2).

    failed, once a day -> asked about: shared after all -> unknown again (`reopen_share`)
                          nothing is frozen any more    -> freed: the store has it whole
                          too late to be shared, frozen -> the channel is told to free it

A channel frees what was not shared by itself, sooner or later; where it does not, it is told to
once it shares nothing any more, or an officer gave it up (`end_share`). What was refused stays
carried: the store owes it, and its next shares take it along. Nothing is asked inside a
transaction.

Units: fen. Source: P2, P4, P5; I-5, I-23; reliability C8.
"""

import logging
from dataclasses import replace
from typing import Final

from django.db import transaction

from gongxiang.acts.reopen_share import reopen_share
from gongxiang.ledger import raw
from gongxiang.payments import gateway, refused_shares
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.further import further
from gongxiang.payments.refused_shares import MayStillShare, RefusedShare, ShareNotOver
from gongxiang.payments.wire import Declined, Unknown

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
_CLAIM: Final = f"""
WITH due AS (
    SELECT number FROM payments_share WHERE state = 'failed' AND next_at <= clock_timestamp()
     ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE payments_share share SET next_at = clock_timestamp() + interval '1 day'
      FROM due WHERE share.number = due.number RETURNING share.number
)
{refused_shares.FIELDS} WHERE share.number IN (SELECT number FROM claimed)
"""  # noqa: S608  no value is spliced in
_FREE: Final = """
UPDATE payments_share SET freed_at = coalesce(freed_at, clock_timestamp()), next_at = NULL
 WHERE number = %s AND state = 'failed'
"""


def free_shares() -> int:
    """Look at what was refused and is due; give how many shares were taken up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (AT_ONCE,))
        found = [refused_shares.read(row) for row in cursor.fetchall()]
    for refused in found:
        _look(refused)
    return len(found)


def _look(refused: RefusedShare) -> None:
    number = refused.order.number
    try:
        refused_shares.be_sure(refused)
        if _is_free(refused):
            with transaction.atomic(durable=True), raw.cursor() as cursor:
                cursor.execute(_FREE, (number,))
    except ShareNotOver as told:
        reopen_share(number=number, why=str(told))
    except (MayStillShare, Unknown, Declined, NoChannel) as error:
        log.warning("refused share %s is asked about tomorrow: %r", number, error)


def _is_free(refused: RefusedShare) -> bool:
    """Ask whether nothing is frozen any more; let it be freed where it cannot be shared."""
    left_fen = _left_fen(refused)
    if left_fen and refused.is_late:
        number = further(refused.order.number)
        order = replace(refused.order, number=number, amount_fen=0)
        gateway.share(provider=refused.provider, order=order)
        left_fen = _left_fen(refused)
    return left_fen == 0


def _left_fen(refused: RefusedShare) -> int:
    order = refused.order
    return gateway.unshared_fen(
        provider=refused.provider, payee=order.payee, transaction_id=order.transaction_id
    )
