"""What we recorded of money that moved at the channels, in the same form as the lines of a bill.

    paid       a transaction, on the channel's own day
    refunded   a refund that is done           returned   what came back from a share first
    shared     a share that is done

One row a movement: provider, kind, number, payee, fen, moment, the payment it belongs to. `number`
is the one that a bill's line names too.

Units: fen. Source: P2, P3; I-6.
"""

from typing import Final

OURS: Final = """
SELECT money.provider, 'paid' AS kind, money.transaction_id AS number, money.payee,
       money.amount_fen, money.paid_at AS at, money.attempt_number, money.transaction_id
  FROM payments_transaction money
UNION ALL
SELECT back.provider, 'refunded', back.number, back.payee,
       back.amount_fen, back.done_at, money.attempt_number, back.transaction_id
  FROM payments_channelrefund back
  JOIN payments_transaction money USING (provider, transaction_id) WHERE back.state = 'done'
UNION ALL
SELECT back.provider, 'returned',
       back.number || CASE back.provider WHEN 'wechat' THEN 'B' ELSE '' END, back.payee,
       least(back.returned_fen, share.amount_fen), back.returned_at, share.attempt_number,
       back.transaction_id
  FROM payments_channelrefund back
  JOIN payments_share share USING (provider, transaction_id)
 WHERE back.returned_at IS NOT NULL AND share.state = 'done'
   AND back.returned_fen > 0 AND share.amount_fen > 0
UNION ALL
SELECT share.provider, 'shared', share.number, share.payee,
       share.amount_fen, share.done_at, share.attempt_number, share.transaction_id
  FROM payments_share share WHERE share.state = 'done' AND share.amount_fen > 0
"""

THEIRS: Final = """
SELECT provider, kind, CASE kind WHEN 'paid' THEN transaction_id ELSE number END AS number, payee,
       amount_fen, at, day, fee_fen, transaction_id
  FROM payments_billline
"""
