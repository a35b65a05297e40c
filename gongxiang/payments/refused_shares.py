"""A share that its channel refused for good: what it was, and what the channel says of it now.

    failed, absent -> over     done, under way -> `ShareNotOver`     no answer -> `MayStillShare`

No question is asked inside a transaction.

Units: fen. Source: P2, P4; I-18, I-23.
"""

from dataclasses import dataclass
from typing import Any, Final

from gongxiang.ledger import raw
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, RefundState, ShareOrder, Unknown

FIELDS: Final = f"""
SELECT share.number, share.provider, share.transaction_id, share.amount_fen, share.payee,
       coalesce(account."authorization", ''),
       share.freed_at IS NOT NULL OR share.last_at <= clock_timestamp()
  FROM payments_share share LEFT JOIN {ACCOUNTS} account
    ON (account.store_id, account.provider, account.number)
       = (share.store_id, share.provider, share.payee)
"""  # noqa: S608  no value is spliced in
_ONE: Final = f"{FIELDS} WHERE share.number = %s AND share.state = 'failed'"


class NoShareRefused(Exception):
    """No such share that failed for good and was not sent again."""


class MayStillShare(Exception):
    """The channel does not say that the number is over: it may share under it yet."""


class ShareNotOver(MayStillShare):
    """The channel says that it shared under the number, or is about to (`reopen_share`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedShare:
    """One of them, as it was when it was looked at."""

    provider: Provider
    order: ShareOrder
    is_late: bool
    """Nothing of its payment is shared any more: it is too old, given up, or freed."""


def read(row: tuple[Any, ...]) -> RefusedShare:
    """Read what `FIELDS` gives."""
    number, provider, transaction_id, amount_fen, account, leave, is_late = row
    order = ShareOrder(
        number=number,
        payee=Payee(number=account, authorization=leave),
        transaction_id=transaction_id,
        amount_fen=amount_fen,
    )
    return RefusedShare(provider=Provider(provider), order=order, is_late=is_late)


def find(number: str) -> RefusedShare:
    """Find one by its number; raises `NoShareRefused`."""
    with raw.cursor() as cursor:
        cursor.execute(_ONE, (number,))
        row = cursor.fetchone()
    if row is None:
        raise NoShareRefused(number)
    return read(row)


def be_sure(refused: RefusedShare) -> None:
    """Ask the channel whether it is over; raises `MayStillShare`, and of it `ShareNotOver`."""
    number = refused.order.number
    try:
        state = gateway.query_share(provider=refused.provider, order=refused.order).state
    except (Unknown, Declined, NoChannel) as error:
        raise MayStillShare(f"{number}: {error!r}") from error
    if state not in {RefundState.FAILED, RefundState.ABSENT}:
        raise ShareNotOver(f"{number} is {state.value}")
