"""The audit of what stands beside the ledger: payouts, transfers, shares, and what went back.

    withdrawal = transfer + tax                  a payout is where its one transfer says
    commission = settled spend - what the ledger owes the store of it
    to carry   = commissions - shares            of each store at each channel
                 - what others pay of its refunds + what of them goes back out of shares

None of this moves the ledger, so no fold gives it; each row is held against the facts and postings
that it follows from. What is still pending is no error and is told by name (`Outside`).

Units: micro-yuan, fen where the name says so.
Source: P2, P4, E6, E16; I-6, I-23, I-26.
"""

from typing import Any, Final, NamedTuple

from psycopg import Connection

from gongxiang.base.money import FEN
from gongxiang.economy import accounts
from gongxiang.governance.withdrawing import every_withdrawal_rules
from gongxiang.ledger.chart import LEGS
from gongxiang.members import sealed
from gongxiang.points.models import StepKind
from gongxiang.settlement.rows import ROWS_AT_ONCE
from gongxiang.settlement.wrong import Wrong

_STRAY_PAYOUT: Final = """
SELECT payout.withdrawal_id, payout.member_id FROM treasury_payout payout
  LEFT JOIN treasury_withdrawal withdrawal
    ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
 WHERE withdrawal.id IS NULL ORDER BY 1 LIMIT 1
"""
_TAXES: Final = """
SELECT payout.withdrawal_id, withdrawal.amount, payout.tax FROM treasury_payout payout
  JOIN treasury_withdrawal withdrawal
    ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
 ORDER BY 1
"""
_UNSIGNED: Final = """
SELECT withdrawal_id, maker, checker FROM treasury_payout
 WHERE state <> 1 AND (maker = '' OR checker = '' OR maker = checker) ORDER BY 1 LIMIT 1
"""
_UNSENT: Final = """
SELECT withdrawal_id, state FROM treasury_payout
 WHERE CASE WHEN transfer_id IS NULL THEN payee <> '' AND state NOT IN (1, 6)
            ELSE state IN (1, 6) OR (payee = '' AND state < 5) END
 ORDER BY 1 LIMIT 1
"""
"""A payout without an account is paid by hand; one in review or declined has no transfer.

Of who has left the account is forgotten, and his transfers are over.
"""
_LOST_TRANSFER: Final = """
SELECT payout.withdrawal_id, payout.transfer_id FROM treasury_payout payout
  LEFT JOIN treasury_transfer transfer ON transfer.id = payout.transfer_id
 WHERE payout.transfer_id IS NOT NULL AND transfer.id IS NULL ORDER BY 1 LIMIT 1
"""
_STRAY_TRANSFER: Final = """
SELECT transfer.id, transfer.withdrawal_id FROM treasury_transfer transfer
  LEFT JOIN treasury_payout payout
    ON (payout.member_id, payout.withdrawal_id, payout.transfer_id)
       = (transfer.member_id, transfer.withdrawal_id, transfer.id)
 WHERE payout.withdrawal_id IS NULL ORDER BY 1 LIMIT 1
"""
_CARRIED_OUT: Final = """
  FROM treasury_transfer transfer
  JOIN treasury_payout payout ON payout.transfer_id = transfer.id
  JOIN treasury_withdrawal withdrawal
    ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
"""
_OTHER_AMOUNT: Final = f"""
SELECT transfer.id, transfer.amount_fen * {FEN}, payout.withdrawal_id, withdrawal.amount, payout.tax
  {_CARRIED_OUT}
 WHERE withdrawal.amount <> transfer.amount_fen * {FEN} + payout.tax ORDER BY 1 LIMIT 1
"""
_OTHER_CHANNEL: Final = f"""
SELECT transfer.id, payout.withdrawal_id {_CARRIED_OUT}
 WHERE transfer.provider <> payout.provider ORDER BY 1 LIMIT 1
"""
_PAYEES: Final = f"""
SELECT transfer.id, payout.withdrawal_id, transfer.payee, payout.payee {_CARRIED_OUT}
 WHERE transfer.payee <> payout.payee ORDER BY 1
"""
"""Sealed anew, each by itself, one account is two texts."""
_OTHER_END: Final = f"""
SELECT payout.withdrawal_id, payout.state, transfer.id, transfer.state {_CARRIED_OUT}
 WHERE transfer.state <> CASE WHEN payout.state IN (2, 3, 4) THEN 'open'
                              WHEN payout.state = 5 THEN 'done' ELSE 'closed' END
 ORDER BY 1 LIMIT 1
"""
_RETURNS: Final = """
SELECT payout.withdrawal_id, payout.state, count(back.id) FROM treasury_payout payout
  LEFT JOIN treasury_withdrawalreturn back
    ON (back.member_id, back.withdrawal_id) = (payout.member_id, payout.withdrawal_id)
 GROUP BY 1, 2 HAVING (count(back.id) = 1) <> (payout.state IN (6, 7, 8)) ORDER BY 1 LIMIT 1
"""
_UNSHARED: Final = f"""
SELECT step.order_id, step.id FROM points_step step
  JOIN payments_attempt attempt
    ON (attempt.member_id, attempt.order_id) = (step.home_id, step.order_id)
  JOIN payments_transaction money ON money.attempt_number = attempt.number AND NOT money.is_surplus
  LEFT JOIN payments_share share
    ON (share.provider, share.transaction_id) = (money.provider, money.transaction_id)
 WHERE step.kind = {StepKind.MINT.value} AND share.number IS NULL
   AND step.id <= (SELECT step_id FROM payments_sharecursor WHERE id = 1)
 ORDER BY step.id LIMIT 1
"""  # noqa: S608  no value is spliced in
_DUE: Final = f"""
SELECT share.number, share.commission, share.spend_fen, lot.settled_spend,
       lot.settled_spend - coalesce(posting.credit, 0)::bigint + coalesce(posting.debit, 0)::bigint
  FROM payments_share share
  LEFT JOIN payments_attempt attempt ON attempt.number = share.attempt_number
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (attempt.member_id, attempt.order_id)
  LEFT JOIN ledger_posting posting
    ON (posting.home_id, posting.event_id, posting.leg)
       = (attempt.store_id, attempt.order_id, {LEGS["settled", accounts.STORE]})
"""  # noqa: S608  no value is spliced in
_OTHER_COMMISSION: Final = f"""
SELECT * FROM ({_DUE}) AS due (number, commission, spend_fen, spend, posted)
 WHERE (commission, spend_fen * {FEN}) IS DISTINCT FROM (posted, spend) ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_OTHER_PAYMENT: Final = """
SELECT share.number, share.transaction_id FROM payments_share share
  LEFT JOIN payments_transaction money
    ON (money.provider, money.transaction_id) = (share.provider, share.transaction_id)
  LEFT JOIN payments_attempt attempt ON attempt.number = money.attempt_number
 WHERE (share.attempt_number, share.payee, share.store_id)
       IS DISTINCT FROM (money.attempt_number, money.payee, attempt.store_id)
 ORDER BY 1 LIMIT 1
"""
_ACCOUNTS: Final = f"""
WITH shared AS (
    SELECT store_id, provider, sum(commission) AS commission,
           sum(CASE state WHEN 'failed' THEN 0 ELSE amount_fen END) * {FEN} AS moved,
           sum(CASE state WHEN 'done' THEN amount_fen ELSE 0 END) * {FEN} AS done,
           sum(greatest(0, commission
               - CASE state WHEN 'failed' THEN 0 ELSE amount_fen END * {FEN})) AS spared
      FROM payments_share GROUP BY store_id, provider
), borne AS (
    SELECT attempt.store_id, attempt.provider, count(*) AS cases,
           sum(outcome.amount - coalesce(posting.debit, 0) + coalesce(posting.credit, 0)) AS others
      FROM treasury_refundcase "case"
      JOIN payments_attempt attempt
        ON (attempt.member_id, attempt.order_id) = ("case".member_id, "case".order_id)
      JOIN payments_transaction money
        ON money.attempt_number = attempt.number AND NOT money.is_surplus
      JOIN orders_outcome outcome
        ON (outcome.home_id, outcome.fact_id) = ("case".member_id, "case".refund_id)
      LEFT JOIN ledger_posting posting
        ON (posting.home_id, posting.event_id, posting.leg)
           = ("case".store_id, "case".refund_id, {LEGS["case", accounts.STORE]})
     WHERE "case".state = 4 GROUP BY attempt.store_id, attempt.provider
), back AS (
    SELECT attempt.store_id, attempt.provider,
           coalesce(sum(refund.returned_fen) FILTER (WHERE NOT refund.is_replaced), 0) * {FEN}
               AS planned,
           coalesce(sum(refund.returned_fen) FILTER (
               WHERE refund.state = 'failed' AND refund.returned_at IS NOT NULL), 0) * {FEN}
               AS again
      FROM payments_channelrefund refund
      JOIN payments_transaction money USING (provider, transaction_id)
      JOIN payments_attempt attempt ON attempt.number = money.attempt_number
     GROUP BY attempt.store_id, attempt.provider
), account AS (
    SELECT store_id, provider, coalesce(account.carried, 0) AS carried,
           coalesce(commission, 0) AS commission, coalesce(moved, 0) AS moved,
           coalesce(done, 0) AS done, coalesce(spared, 0) AS spared, coalesce(cases, 0) AS cases,
           coalesce(others, 0) AS others, coalesce(planned, 0) + coalesce(again, 0) AS returned,
           coalesce(again, 0) AS again
      FROM payments_submerchant account
      FULL JOIN shared USING (store_id, provider)
      FULL JOIN borne USING (store_id, provider)
      FULL JOIN back USING (store_id, provider)
)
"""  # noqa: S608  no value is spliced in
_OVER: Final = f"""{_ACCOUNTS}
SELECT share.number, share.amount_fen * {FEN}, share.commission, share.store_id
  FROM payments_share share JOIN account USING (store_id, provider)
 WHERE share.amount_fen * {FEN} > share.commission
       + account.spared + account.again + account.cases * {FEN} + greatest(0, -account.others)
 ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_UNBALANCED: Final = f"""{_ACCOUNTS}
SELECT store_id, provider, carried::bigint, commission::bigint, moved::bigint, others::bigint,
       returned::bigint, (commission - moved - others + returned)::bigint
  FROM account WHERE carried <> commission - moved - others + returned ORDER BY 1, 2 LIMIT 1
"""  # noqa: S608  no value is spliced in
_MONEY: Final = f"""
SELECT money.transaction_id, money.amount_fen * {FEN}, attempt.order_id, fact.amount
  FROM payments_transaction money
  LEFT JOIN payments_attempt attempt ON attempt.number = money.attempt_number
  LEFT JOIN orders_fact fact ON (fact.home_id, fact.id) = (attempt.member_id, attempt.order_id)
 WHERE NOT money.is_surplus AND money.amount_fen * {FEN} IS DISTINCT FROM fact.amount
 ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_SURPLUS: Final = """
SELECT money.transaction_id FROM payments_transaction money
  LEFT JOIN payments_channelrefund back
    ON (back.provider, back.transaction_id, back.amount_fen, back.is_replaced)
       = (money.provider, money.transaction_id, money.amount_fen, false)
 WHERE money.is_surplus AND back.number IS NULL ORDER BY 1 LIMIT 1
"""
_NOT_SENT_BACK: Final = f"""
SELECT refund.id, money.transaction_id FROM orders_refund refund
  JOIN payments_attempt attempt
    ON (attempt.member_id, attempt.order_id) = (refund.member_id, refund.order_id)
  JOIN payments_transaction money ON money.attempt_number = attempt.number AND NOT money.is_surplus
  LEFT JOIN treasury_refundcase "case"
    ON ("case".member_id, "case".refund_id, "case".state) = (refund.member_id, refund.id, 4)
  LEFT JOIN orders_outcome outcome
    ON (outcome.home_id, outcome.fact_id) = (refund.member_id, refund.id)
  LEFT JOIN payments_channelrefund back ON back.refund_id = refund.id AND NOT back.is_replaced
 WHERE back.number IS NULL
   AND (NOT refund.is_by_case OR "case".id IS NOT NULL AND outcome.amount >= {FEN})
 ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_REFUNDS: Final = f"""
SELECT back.number, back.amount_fen * {FEN}, back.refund_id,
       CASE fact.kind WHEN 7 THEN fact.amount ELSE outcome.amount END
  FROM payments_channelrefund back
  LEFT JOIN orders_fact fact ON fact.id = back.refund_id
  LEFT JOIN orders_outcome outcome
    ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id) AND outcome.is_accepted
 WHERE back.refund_id IS NOT NULL
   AND back.amount_fen * {FEN} IS DISTINCT FROM
       CASE fact.kind WHEN 7 THEN fact.amount
                      WHEN 8 THEN outcome.amount - outcome.amount % {FEN} END
 ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_TWICE: Final = """
SELECT refund_id, count(*) FROM payments_channelrefund
 WHERE refund_id IS NOT NULL AND NOT is_replaced
 GROUP BY provider, transaction_id, refund_id HAVING count(*) > 1 ORDER BY 1 LIMIT 1
"""
_RETURNED: Final = """
SELECT share.number, sum(back.returned_fen)::bigint, share.amount_fen FROM payments_share share
  JOIN payments_channelrefund back USING (provider, transaction_id)
 WHERE share.state = 'done' AND back.returned_at IS NOT NULL
 GROUP BY share.number, share.amount_fen HAVING sum(back.returned_fen) > share.amount_fen
 ORDER BY 1 LIMIT 1
"""
_ARRIVED: Final = f"""
WITH back AS (
    SELECT refund.paid_in_id, refund.came_back_id, refund.amount_fen,
           CASE share.state WHEN 'done' THEN least(refund.returned_fen, share.amount_fen) ELSE 0 END
               AS returned_fen
      FROM payments_channelrefund refund
      LEFT JOIN payments_share share USING (provider, transaction_id)
     WHERE refund.paid_in_id IS NOT NULL OR refund.came_back_id IS NOT NULL
), moved AS (
    SELECT received_id AS number,
           spend_fen - CASE WHEN freed_at IS NULL THEN amount_fen ELSE 0 END AS fen
      FROM payments_share WHERE received_id IS NOT NULL
    UNION ALL
    SELECT taken_id, -amount_fen FROM payments_share WHERE taken_id IS NOT NULL
    UNION ALL
    SELECT paid_in_id, CASE WHEN came_back_id IS NULL THEN returned_fen ELSE 0 END - amount_fen
      FROM back WHERE paid_in_id IS NOT NULL
    UNION ALL
    SELECT came_back_id, returned_fen FROM back WHERE came_back_id IS NOT NULL
    UNION ALL
    SELECT received_id, amount_fen FROM treasury_payin WHERE received_id IS NOT NULL
), arrived AS (
    SELECT number, sum(fen)::bigint * {FEN} AS amount FROM moved GROUP BY number
), booked AS (
    SELECT arrived.number, arrived.amount,
           coalesce(sum(CASE fact.kind WHEN 16 THEN fact.amount ELSE -fact.amount END), 0)::bigint
      FROM arrived LEFT JOIN orders_fact fact
        ON fact.key IN ('store_received-' || number, 'store_paid_in-' || number)
     GROUP BY arrived.number, arrived.amount
)
SELECT * FROM booked AS booked (number, amount, posted) WHERE amount <> posted ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_CHECKS: Final = (
    (_STRAY_PAYOUT, "payout {} of member {} belongs to no withdrawal"),
    (_UNSIGNED, "payout {} left its review by '{}' and '{}' instead of two officers"),
    (_UNSENT, "payout {} in state {} has a transfer and should have none, or the other way round"),
    (_LOST_TRANSFER, "payout {} is carried by transfer {}, which is missing"),
    (_STRAY_TRANSFER, "transfer {} of withdrawal {} is the one that no payout names"),
    (_OTHER_AMOUNT, "transfer {} pays {} µ¥; withdrawal {} is {} µ¥ and its tax {} µ¥"),
    (_OTHER_CHANNEL, "transfer {} goes through another channel than payout {} names"),
    (_OTHER_END, "payout {} is in state {} while its transfer {} is {}"),
    (_RETURNS, "payout {} is in state {} and its cash came back {} times"),
    (_UNSHARED, "order {} settled in step {} and has no share"),
    (_OTHER_PAYMENT, "share {} is not of payment {}: its attempt, account or store is another"),
    (
        _OTHER_COMMISSION,
        "share {} says a commission of {} µ¥ on {} fen; of {} µ¥ settled the ledger gives {} µ¥",
    ),
    (
        _OVER,
        "share {} moves {} µ¥ of a commission of {} µ¥: store {} left less over elsewhere",
    ),
    (
        _UNBALANCED,
        "store {} at {} carries {} µ¥; commissions {} - shares {} - refunds {} + returned {} = {}",
    ),
    (_MONEY, "payment {} brought {} µ¥; order {} is {} µ¥"),
    (_SURPLUS, "payment {} was one too many and does not go back"),
    (_NOT_SENT_BACK, "refund {} goes back by no channel; its order was paid by payment {}"),
    (_REFUNDS, "channel refund {} pays {} µ¥; refund {} is {} µ¥"),
    (_TWICE, "refund {} is paid by {} channel refunds of one payment"),
    (_ARRIVED, "arrival {} stands for {} µ¥ that reached the store; its fact says {} µ¥"),
    (_RETURNED, "of share {} came {} fen back, more than its {} fen"),
)
"""What is looked for, and the sentence of its first row."""
_PENDING: Final = f"""{_ACCOUNTS}
SELECT (SELECT count(*) FROM treasury_payout), (SELECT count(*) FROM treasury_transfer),
       coalesce(sum(commission), 0)::bigint, coalesce(sum(done), 0)::bigint,
       coalesce(sum(moved - done), 0)::bigint, coalesce(sum(carried), 0)::bigint
  FROM account
"""  # noqa: S608  no value is spliced in


class Outside(NamedTuple):
    """What stands beside the ledger and agrees with it; money in micro-yuan."""

    payouts: int
    transfers: int
    commission: int
    shared: int
    on_way: int
    """What of the commissions waits for a channel, or for its answer."""
    carried: int
    """What waits for the stores' next payments; below zero it is the stores'."""


def compare_outside(connection: Connection[Any]) -> Outside:
    """Compare payouts, transfers, shares and returns; raises `Wrong` naming the first."""
    _compare_taxes(connection)
    _compare_payees(connection)
    for query, sentence in _CHECKS:
        row = connection.execute(query).fetchone()
        if row is not None:
            raise Wrong(sentence.format(*row))
    row = connection.execute(_PENDING).fetchone()
    assert row is not None, "a question of sums has one row"
    return Outside(*row)


def _compare_taxes(connection: Connection[Any]) -> None:
    """Compare what each payout keeps back with what a version of the rules keeps back (P4)."""
    rules = every_withdrawal_rules()
    with connection.cursor(name="taxes") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_TAXES)
        for withdrawal, amount, tax in cursor:
            wanted = sorted({one.withheld(amount) for one in rules})
            if tax not in wanted:
                raise Wrong(
                    f"payout {withdrawal} keeps {tax} µ¥ of {amount} µ¥ back as tax;"
                    f" the rules give {' or '.join(map(str, wanted))} µ¥"
                )


def _compare_payees(connection: Connection[Any]) -> None:
    """Compare the accounts that transfers go to with those that their payouts name."""
    with connection.cursor(name="payees") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(_PAYEES)
        for transfer, withdrawal, *texts in cursor:
            if not _is_one_account(*texts):
                raise Wrong(
                    f"transfer {transfer} goes to another account than payout {withdrawal} names"
                )


def _is_one_account(*texts: str) -> bool:
    try:
        return len({sealed.unseal(purpose=sealed.ACCOUNT, sealed=text) for text in texts}) == 1
    except sealed.Unreadable:
        return False
