"""Opened payments are asked about when no notice came: after 30 s, 5 min, when they end, hourly.

    due attempts claimed (commit) -> each asked outside a transaction -> confirmed or closed

Source: P1; reliability 1.4 (9), C8.
"""

import logging
from typing import Final

from django.db import transaction

from gongxiang.acts.confirm_payment import confirm_payment
from gongxiang.ledger import raw
from gongxiang.payments import gateway
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.models import Attempt
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, Trade, TradeState, Unknown

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
STEPS: Final = (30, 300, 930, 3_600)
"""Seconds after the opening; after the last one, every hour until it is known."""
_CLAIM: Final = f"""
WITH due AS (
    SELECT number FROM payments_attempt
     WHERE query_at <= clock_timestamp()
     ORDER BY query_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE payments_attempt attempt
   SET queries = queries + 1,
       query_at = coalesce(
           (SELECT min(at) FROM unnest(%(steps)s::int[]) AS step (seconds),
                   LATERAL (SELECT opened_at + make_interval(secs => step.seconds) AS at) AS place
             WHERE at > clock_timestamp() + interval '5 seconds'),
           clock_timestamp() + interval '1 hour')
  FROM due WHERE attempt.number = due.number
RETURNING attempt.number, attempt.provider, attempt.expires_at <= clock_timestamp(), attempt.payee,
          coalesce((SELECT "authorization" FROM {ACCOUNTS} account
                     WHERE (account.store_id, account.provider, account.number)
                           = (attempt.store_id, attempt.provider, attempt.payee)), '')
"""  # noqa: S608  no value is spliced in
_CLOSED: Final = """
UPDATE payments_attempt SET state = %s, query_at = NULL WHERE number = %s AND state <> %s
"""


def sweep_payments() -> int:
    """Ask about what is due; give how many were asked about."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        values = {"limit": AT_ONCE, "steps": list(STEPS)}
        cursor.execute(_CLAIM, values)
        due = cursor.fetchall()
    for number, provider, is_over, account, leave in due:
        payee = Payee(number=account, authorization=leave)
        try:
            _ask(Provider(provider), number, payee, is_over=is_over)
        except (Unknown, Declined, NoChannel) as error:
            log.warning("%s stays open: %r", number, error)
    return len(due)


def _ask(provider: Provider, number: str, payee: Payee, *, is_over: bool) -> None:
    """Ask about one payment, and close it where its time is over."""
    trade = gateway.query(provider=provider, number=number, payee=payee)
    if trade.number != number:
        raise Unknown("an answer about another payment")
    if trade.state is TradeState.PAID:
        confirm_payment(trade=trade)
    elif trade.state is TradeState.CLOSED or (is_over and _is_shut(provider, trade, payee)):
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            paid = Attempt.State.PAID.value
            cursor.execute(_CLOSED, (Attempt.State.CLOSED.value, number, paid))


def _is_shut(provider: Provider, trade: Trade, payee: Payee) -> bool:
    """Shut a payment at the channel, so that nobody pays it any more."""
    if trade.state is not TradeState.ABSENT:
        gateway.close(provider=provider, number=trade.number, payee=payee)
    return True
