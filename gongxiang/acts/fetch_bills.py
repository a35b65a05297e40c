"""The channels' bills of the days that are over, fetched and compared until they are whole.

    missing days planned -> due ones fetched -> what came compared

A bill is there from ten o'clock of the next day on; one that does not come is asked for again. Of
the stores they begin with the first payment, of the platform's own account with its first share or
transfer.

Units: days as YYYY-MM-DD. Source: P3, P5.
"""

import logging
from typing import Any, Final

from django.db import transaction

from gongxiang.acts.fetch_bill import BillChanged, fetch_bill
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.ledger import raw
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.clock import BILL_DUE
from gongxiang.payments.own import OWN
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, Unknown
from gongxiang.treasury.own_funds import OWN_FUNDS

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
DAYS_BACK: Final = 30
EMPTY_TRIES: Final = 24
"""So often a bill without a line, of a day on which our money moved, is not there yet: the channels
may say the same of both. Then, most of a day after it was due, it is taken at its word."""
_PLAN: Final = f"""
WITH first AS (
    SELECT provider, is_own,
           greatest(min(at), clock_timestamp() - make_interval(days => %(back)s)) AS at
      FROM unnest(%(providers)s::text[]) AS channel (provider), LATERAL (
        SELECT false AS is_own, (SELECT min(paid_at) FROM payments_transaction money
                                  WHERE money.provider = channel.provider) AS at
        UNION ALL SELECT true, (SELECT min(done_at) FROM payments_share share
                                 WHERE share.provider = channel.provider AND done_at IS NOT NULL)
        UNION ALL SELECT true, (SELECT min(sent_at) FROM treasury_transfer transfer
                                 WHERE transfer.provider = channel.provider AND sent_at IS NOT NULL)
    ) moved WHERE at IS NOT NULL GROUP BY provider, is_own
), accounts AS (
    SELECT 'wechat' AS provider, '' AS payee, false AS is_own
    UNION SELECT provider, number, false FROM {ACCOUNTS} account WHERE provider = 'alipay'
    UNION SELECT provider, '{OWN}', true FROM first WHERE is_own
)
INSERT INTO payments_bill (provider, payee, day, is_whole, tries, next_at)
SELECT accounts.provider, accounts.payee, over.day::date, false, 0,
       {BILL_DUE.format(day="over.day::date")}
  FROM accounts JOIN first USING (provider, is_own),
       generate_series((first.at AT TIME ZONE 'Asia/Shanghai')::date,
                       (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - 1,
                       interval '1 day') AS over (day)
ON CONFLICT DO NOTHING
"""  # noqa: S608  no value is spliced in
_CLAIM: Final = f"""
WITH due AS (
    SELECT provider, payee, day FROM payments_bill
     WHERE NOT is_whole AND next_at <= clock_timestamp()
     ORDER BY next_at LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE payments_bill bill
   SET tries = tries + 1,
       next_at = clock_timestamp() + make_interval(mins => least(60, 5 * (tries + 1)))
  FROM due WHERE (bill.provider, bill.payee, bill.day) = (due.provider, due.payee, due.day)
RETURNING bill.provider, bill.payee, bill.day::text,
          coalesce((SELECT "authorization" FROM {ACCOUNTS} account
                     WHERE (account.provider, account.number) = (bill.provider, bill.payee)
                     LIMIT 1), '')
"""  # noqa: S608  no value is spliced in
_WHOLE: Final = f"""
UPDATE payments_bill bill SET is_whole = true
 WHERE (provider, payee, day) = (%(provider)s, %(payee)s, %(day)s::date)
   AND (payee <> '{OWN}' OR tries > {EMPTY_TRIES}
     OR EXISTS (SELECT FROM payments_billline line
                 WHERE (line.payee, line.provider, line.day) = ('{OWN}', bill.provider, bill.day))
     OR NOT EXISTS (SELECT FROM ({OWN_FUNDS}) every
                     WHERE every.provider = bill.provider
                       AND at >= bill.day::timestamp AT TIME ZONE 'Asia/Shanghai'
                       AND at < (bill.day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'))
"""  # noqa: S608  no value is spliced in
_UNCOMPARED: Final = """
SELECT DISTINCT provider, day::text FROM payments_bill
 WHERE is_whole AND NOT is_compared ORDER BY provider, day
"""


def fetch_bills() -> int:
    """Fetch what is due and compare those days; give how many bills were taken up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        providers = [each.value for each in Provider]
        cursor.execute(_PLAN, {"back": DAYS_BACK, "providers": providers})
        cursor.execute(_CLAIM, (AT_ONCE,))
        due = cursor.fetchall()
    for row in due:
        _fetch(row)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_UNCOMPARED)
        days = cursor.fetchall()
    for provider, day in days:
        reconcile_day(provider=Provider(provider), day=day)
    return len(due)


def _fetch(row: tuple[Any, ...]) -> None:
    """Fetch one bill; what does not come is asked for again."""
    provider, account, day, leave = row
    try:
        payee = Payee(number=account, authorization=leave)
        fetch_bill(provider=Provider(provider), payee=payee, day=day)
    except (Unknown, Declined, NoChannel) as error:
        log.warning("no bill of %s %s %s yet: %r", provider, account, day, error)
        return
    except BillChanged:
        log.exception("a bill was rewritten")
        return
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_WHOLE, {"provider": provider, "payee": account, "day": day})
        if not cursor.rowcount:
            log.warning("no bill of %s %s %s yet: it has no line", provider, account, day)
