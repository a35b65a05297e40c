"""The channels' bills of the days that are over, fetched and compared until they are whole.

    missing days planned -> due ones fetched -> the day compared

A bill is there from ten o'clock of the next day on; one that does not come is asked for again.

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
from gongxiang.payments.provider import Provider
from gongxiang.payments.submerchants import ACCOUNTS
from gongxiang.payments.wire import Declined, Payee, Unknown

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
DAYS_BACK: Final = 30
_PLAN: Final = f"""
WITH first AS (
    SELECT provider,
           greatest(min(paid_at), clock_timestamp() - make_interval(days => %(back)s)) AS at
      FROM payments_transaction WHERE paid_at IS NOT NULL GROUP BY provider
), accounts AS (
    SELECT 'wechat' AS provider, '' AS payee
    UNION SELECT provider, number FROM {ACCOUNTS} account WHERE provider = 'alipay'
)
INSERT INTO payments_bill (provider, payee, day, is_whole, tries, next_at)
SELECT accounts.provider, accounts.payee, over.day::date, false, 0,
       {BILL_DUE.format(day="over.day::date")}
  FROM accounts JOIN first USING (provider),
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
_WHOLE: Final = """
UPDATE payments_bill SET is_whole = true WHERE (provider, payee, day) = (%s, %s, %s::date)
"""


def fetch_bills() -> int:
    """Fetch what is due and compare those days; give how many bills were taken up."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_PLAN, {"back": DAYS_BACK})
        cursor.execute(_CLAIM, (AT_ONCE,))
        due = cursor.fetchall()
    for day in sorted({(row[0], row[2]) for row in due if _fetch(row)}):
        reconcile_day(provider=Provider(day[0]), day=day[1])
    return len(due)


def _fetch(row: tuple[Any, ...]) -> bool:
    """Fetch one bill; tell whether it came."""
    provider, account, day, leave = row
    try:
        payee = Payee(number=account, authorization=leave)
        fetch_bill(provider=Provider(provider), payee=payee, day=day)
    except (Unknown, Declined, NoChannel) as error:
        log.warning("no bill of %s %s %s yet: %r", provider, account, day, error)
        return False
    except BillChanged:
        log.exception("a bill was rewritten")
        return False
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_WHOLE, (provider, account, day))
    return True
