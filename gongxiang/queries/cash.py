"""What the pages of cash ask the ledger: postings at the member's home, each with its moment.

A posting's moment is that of its step, found in the batch's own stretch of the sequence, or of
its fact. Pages of entries go on from a key, so a long history costs no more than a short one.

Units: µ¥, atoms, microseconds. Source: design/scale.md rules 2, 5; P4, R10.
"""

from collections import defaultdict
from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.economy import accounts
from gongxiang.governance.withdrawing import WithdrawalRules
from gongxiang.ledger import raw
from gongxiang.ledger.chart import purpose_of
from gongxiang.members import clusters
from gongxiang.queries.cash_data import (
    Entry,
    Place,
    Purse,
    Statement,
    Sum,
    VoucherOrigin,
    Withdrawal,
)
from gongxiang.treasury.daily import asked_that_day
from gongxiang.treasury.models import PayoutState

PURSE: Final = """
SELECT coalesce(sum(amount) FILTER (WHERE account = 108), 0),
       coalesce(sum(amount) FILTER (WHERE account = 203), 0),
       coalesce(sum(amount) FILTER (WHERE account = 302), 0),
       (SELECT coalesce(sum(fact.amount), 0) FROM orders_fact fact
          LEFT JOIN orders_outcome outcome
               ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id)
         WHERE fact.home_id = %(member)s AND fact.kind = 11 AND outcome.fact_id IS NULL)
  FROM ledger_balance WHERE party_id = %(member)s
"""
WITHDRAWALS: Final = """
SELECT withdrawal.id, (extract(epoch FROM fact.at) * 1000000)::bigint, withdrawal.amount,
       outcome.is_accepted, payout.state, coalesce(payout.reason, ''),
       (extract(epoch FROM payout.reviewed_at) * 1000000)::bigint,
       (extract(epoch FROM payout.confirm_until) * 1000000)::bigint,
       (extract(epoch FROM payout.ended_at) * 1000000)::bigint, back.id IS NOT NULL,
       coalesce(payout.provider, ''), coalesce(payout.payee_shown, ''), coalesce(payout.tax, 0)
  FROM treasury_withdrawal withdrawal
  JOIN orders_fact fact ON (fact.home_id, fact.id) = (withdrawal.member_id, withdrawal.id)
       AND fact.kind IN (9, 11, 13)
  LEFT JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (withdrawal.member_id, withdrawal.id)
  LEFT JOIN treasury_payout payout
       ON (payout.member_id, payout.withdrawal_id) = (withdrawal.member_id, withdrawal.id)
  LEFT JOIN treasury_withdrawalreturn back
       ON (back.member_id, back.withdrawal_id) = (withdrawal.member_id, withdrawal.id)
 WHERE withdrawal.member_id = %(member)s AND withdrawal.id <= %(upto)s
 ORDER BY withdrawal.id DESC LIMIT %(size)s
"""
UNDER_WAY: Final = """
SELECT coalesce(sum(withdrawal.amount), 0)
  FROM treasury_payout payout
  JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
  LEFT JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (payout.member_id, payout.withdrawal_id)
 WHERE payout.member_id = %(member)s AND payout.state < 5 AND outcome.is_accepted IS NOT false
"""
_ENTRIES: Final = """
SELECT posting.batch_id, posting.event_id, posting.leg, posting.amount,
       (extract(epoch FROM coalesce(step.at, fact.at, batch.until_at)) * 1000000)::bigint,
       coalesce(-step.points, 0), coalesce(step.money - step.amount, 0),
       coalesce(step.circulating - step.points, 0), coalesce(step.amount, 0),
       coalesce(step.id, 0), coalesce(step.home_id, 0), coalesce(step.order_id, 0),
       coalesce(payout.state, 0), coalesce(payout.provider, '')
  FROM ({postings}) AS posting
  JOIN ledger_batch batch ON batch.id = posting.batch_id
  LEFT JOIN ledger_batch before ON before.id = posting.batch_id - 1
  LEFT JOIN LATERAL (
      SELECT * FROM points_step found
       WHERE found.id > before.last_step AND found.id <= batch.last_step
         AND found.event_id = posting.event_id
         AND found.kind = CASE posting.leg / 1000 WHEN 9 THEN 2 WHEN 10 THEN 3 WHEN 11 THEN 4
                          ELSE 1 END
  ) AS step ON true
  LEFT JOIN orders_fact fact ON (fact.home_id, fact.id) = (%(member)s, posting.event_id)
       AND fact.kind IN (9, 11, 13)
  LEFT JOIN treasury_payout payout
       ON (payout.member_id, payout.withdrawal_id) = (%(member)s, posting.event_id)
"""
_POSTINGS: Final = """
SELECT batch_id, event_id, leg, coalesce(credit, 0) - coalesce(debit, 0) AS amount
  FROM ledger_posting WHERE home_id = %(member)s AND leg %% 1000 = 108
"""
_NEWEST_FIRST: Final = " ORDER BY posting.batch_id DESC, posting.event_id DESC, posting.leg DESC"
_PAGE: Final = (
    _ENTRIES.format(
        postings=_POSTINGS
        + """ AND (batch_id, event_id, leg) < (%(batch)s, %(event)s, %(leg)s)
 ORDER BY batch_id DESC, event_id DESC, leg DESC LIMIT %(size)s"""
    )
    + _NEWEST_FIRST
)
_ONE: Final = _ENTRIES.format(
    postings=_POSTINGS + " AND (batch_id, event_id, leg) = (%(batch)s, %(event)s, %(leg)s)"
)
_MONTH: Final = _ENTRIES.format(postings=_POSTINGS + " AND batch_id BETWEEN %(first)s AND %(last)s")
_NEWER: Final = """
SELECT coalesce(sum(coalesce(credit, 0) - coalesce(debit, 0)), 0) FROM ledger_posting
 WHERE home_id = %(member)s AND leg %% 1000 = 108
   AND (batch_id, event_id, leg) >= (%(batch)s, %(event)s, %(leg)s)
"""
_BEFORE: Final = """
SELECT coalesce(sum(coalesce(credit, 0) - coalesce(debit, 0)), 0) FROM ledger_posting
 WHERE home_id = %(member)s AND leg %% 1000 = 108 AND batch_id < %(first)s
"""
_BATCHES: Final = """
SELECT coalesce((SELECT batch_id FROM points_step WHERE at < %(start)s
                  ORDER BY at DESC, id DESC LIMIT 1), 1),
       coalesce((SELECT batch_id FROM points_step WHERE at >= %(end)s
                  ORDER BY at, id LIMIT 1), 9223372036854775807)
"""
_VOUCHERS: Final = """
SELECT coalesce(store.name, ''), count(*), sum(lot.vouchers)
  FROM points_lot lot JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
  LEFT JOIN merchants_store store ON store.store_id = paid.store_id
 WHERE lot.member_id = %s GROUP BY paid.store_id, store.name ORDER BY 3 DESC, 1
"""
_ORDER: Final = """
SELECT lot.settled_spend, paid.version_id, paid.district_id, paid.city_id, paid.province_id,
       paid.grand_region_id
  FROM points_lot lot JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
 WHERE lot.member_id = %s AND lot.id = %s
"""
_END: Final = Place(batch=2**62, event=0, leg=0)


def purse(*, member: int) -> Purse:
    """Give the member's three pockets."""
    return purse_of(_rows(PURSE, {"member": member})[0])


def purse_of(row: tuple[Any, ...]) -> Purse:
    """Read the row of `PURSE`."""
    cash, points, vouchers, asked = row
    return Purse(cash=cash, points=points, vouchers=vouchers, asked=asked)


def under_way_of(row: tuple[Any, ...]) -> int:
    """Read the row of `UNDER_WAY`."""
    return int(row[0])


def under_way(*, member: int) -> int:
    """Give the sum of what was asked for and neither arrived nor came back."""
    return under_way_of(_rows(UNDER_WAY, {"member": member})[0])


def left_today(*, member: int, now: int, rules: WithdrawalRules) -> int:
    """Give what a person may still ask for today by all his accounts (P4)."""
    with raw.cursor() as cursor:
        person = clusters.accounts_of(cursor, member=member)
        return max(0, rules.day_max - asked_that_day(cursor, person=person, at=now))


def withdrawals(*, member: int, size: int, upto: int = 2**62) -> tuple[Withdrawal, ...]:
    """Give the member's withdrawals, newest first."""
    rows = _rows(WITHDRAWALS, {"member": member, "upto": upto, "size": size})
    return tuple(map(withdrawal_of, rows))


def withdrawal(*, member: int, number: int) -> Withdrawal | None:
    """Give one withdrawal of the member."""
    found = withdrawals(member=member, size=1, upto=number)
    return found[0] if found and found[0].number == number else None


def entries(*, member: int, cash: int, size: int, before: Place | None = None) -> tuple[Entry, ...]:
    """Give a page of the member's cash, newest first, each with the balance that it left."""
    place = _END if before is None else before
    where = {"member": member, "batch": place.batch, "event": place.event, "leg": place.leg}
    balance = cash if before is None else cash - int(_rows(_NEWER, where)[0][0])
    found = []
    for row in _rows(_PAGE, {**where, "size": size}):
        found.append(_entry(row, balance))
        balance -= row[3]
    return tuple(found)


def entry(*, member: int, place: Place) -> Entry | None:
    """Give one line of the member's cash; its balance is not asked for."""
    where = {"member": member, "batch": place.batch, "event": place.event, "leg": place.leg}
    rows = _rows(_ONE, where)
    return _entry(rows[0], 0) if rows else None


def vouchers(*, member: int) -> tuple[VoucherOrigin, ...]:
    """Give the member's vouchers by the store they came from."""
    return tuple(
        VoucherOrigin(store=store, orders=orders, amount=int(amount))
        for store, orders, amount in _rows(_VOUCHERS, (member,))
    )


def order(*, payer: int, number: int) -> tuple[int, int, tuple[bool, ...]] | None:
    """Give what an order settled with, its rule version, and which agents were in office."""
    rows = _rows(_ORDER, (payer, number))
    if not rows:
        return None
    spend, version, *agents = rows[0]
    return spend, version, tuple(agent is not None for agent in agents)


def statement(*, member: int, start: int, end: int) -> Statement:
    """Add up the member's cash over `[start, end)`."""
    moments = {"start": format_at(start), "end": format_at(end)}
    first, last = _rows(_BATCHES, moments)[0]
    where = {"member": member, "first": first, "last": last}
    opening = int(_rows(_BEFORE, where)[0][0])
    moved: defaultdict[str, list[int]] = defaultdict(list)
    for row in _rows(_MONTH, where):
        line = _entry(row, 0)
        if line.at < start:
            opening += line.amount
        elif line.at < end:
            moved[line.purpose].append(line.amount)
    sums = tuple(
        Sum(purpose=purpose, count=len(amounts), amount=sum(amounts))
        for purpose, amounts in sorted(moved.items())
    )
    return Statement(opening=opening, sums=sums, closing=opening + sum(one.amount for one in sums))


def withdrawal_of(row: tuple[Any, ...]) -> Withdrawal:
    """Read a row of `WITHDRAWALS`."""
    number, at, amount, is_taken, state, reason, reviewed_at, until, ended_at, *rest = row
    is_returned, provider, payee, tax = rest
    return Withdrawal(
        number=number,
        at=at,
        amount=amount,
        is_taken=is_taken,
        state=None if state is None else PayoutState(state),
        reason=reason,
        reviewed_at=reviewed_at,
        confirm_until=until,
        ended_at=ended_at,
        is_returned=is_returned,
        provider=provider,
        payee=payee,
        tax=tax,
    )


def _entry(row: tuple[Any, ...], balance: int) -> Entry:
    batch, event, leg, amount, at, points, money, circulating, moved, step, payer, number = row[:12]
    assert leg % 1000 == accounts.CASH, f"leg {leg} is no cash"
    return Entry(
        place=Place(batch=batch, event=event, leg=leg),
        purpose=purpose_of(leg),
        at=at,
        amount=int(amount),
        balance=balance,
        points=int(points),
        money=int(money),
        circulating=int(circulating),
        moved=moved,
        step=step,
        payer=payer,
        order=number,
        payout=PayoutState(row[12]).label if row[12] else "",
        provider=row[13],
    )


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
