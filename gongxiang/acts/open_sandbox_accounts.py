"""Every store gets an account at the sandbox's channels, so that it can be paid by hand.

The sandbox admits whoever has a number; an account that exists already stays as it is.

Units: none. Source: P2.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import raw

_OPEN: Final = """
INSERT INTO payments_submerchant
    (store_id, provider, number, "authorization", state, reason, officer, changed_at,
     is_bound, carried)
SELECT store.store_id, given.provider, given.number, given.leave, 'open', '沙箱自动开通', 'sandbox',
       clock_timestamp(), false, 0
  FROM merchants_store store, LATERAL (VALUES
       ('wechat', '16' || lpad((store.store_id %% 100000000)::text, 8, '0'), ''),
       ('alipay', '2088' || lpad((store.store_id %% 1000000000000)::text, 12, '0'),
        'sandbox-2088' || lpad((store.store_id %% 1000000000000)::text, 12, '0'))
       ) AS given (provider, number, leave)
 WHERE NOT EXISTS (SELECT FROM payments_submerchant account
                    WHERE (account.store_id, account.provider) = (store.store_id, given.provider))
ON CONFLICT DO NOTHING
"""


def open_sandbox_accounts() -> int:
    """Open what is missing; give how many accounts were opened."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_OPEN, ())
        return cursor.rowcount
