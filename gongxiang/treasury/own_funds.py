"""What we recorded of the platform's own account at each channel, as its bill would tell it (P3).

    transferred      a transfer that arrived          share_received   a share that is done
    share_returned   what went back of a share

One row a movement, in the form of `OURS`: nothing else moves that account by an instruction of
ours. What else a bill shows of it (a top-up, a fee, a payment into the bank) has no row here, and
stays a difference until an officer says what it is.

Units: fen. Source: P2, P3, P4; I-6.
"""

from typing import Final

from gongxiang.payments.ours import OURS
from gongxiang.payments.own import OWN, TRANSFER

OWN_FUNDS: Final = f"""
SELECT provider, CASE kind WHEN 'shared' THEN 'share_received' ELSE 'share_returned' END AS kind,
       number, '{OWN}' AS payee, amount_fen, at
  FROM ({OURS}) moved WHERE kind IN ('shared', 'returned')
UNION ALL
SELECT provider, 'transferred', '{TRANSFER}' || id::text, '{OWN}', amount_fen, done_at
  FROM treasury_transfer WHERE done_at IS NOT NULL
"""  # noqa: S608  no value is spliced in
