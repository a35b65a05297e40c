"""A member's messages: read from what is recorded, so that settling writes none of them.

    settled      the lot and its step            withdrawal   the payout's review and its end
    exited       the lot's last step             refund       the refund and its fact
    not sold     the outcome of a sale           declined     the store's answer to a request
    the rest     written where it happens

Each source is a range of the member's own rows; a page goes on from the last message's place
(moment, source, number). Unread is what is later than the member's mark.

Units: µ¥, atoms, microseconds since 1970 UTC.
Source: design/ui/faces.md 6.2, 7 (a 9, b 7); design/scale.md rules 1 and 2.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.ledger.together import Together
from gongxiang.members.models import MessageKind
from gongxiang.queries.moment import NOW, now_of
from gongxiang.treasury.models import PayoutState

COUNTED_MAX: Final = 100
"""More unread ones are not counted: a page says 99+."""


class Source(IntEnum):
    """What a message was read from."""

    SETTLED = 1
    EXITED = 2
    NOT_SOLD = 3
    NOT_WITHDRAWN = 4
    REVIEWED = 5
    PAID_OUT = 6
    RETURNED = 7
    CASE = 8
    WRITTEN = 9
    DECLINED = 10


# Steps are numbered as they follow one another in time: what is before a place is before a step.
_PLACE: Final = "(%(at)s::timestamptz, %(source)s, %(number)s)"
_BOUND: Final = f"""
SELECT id FROM points_step
 WHERE at <= %(at)s::timestamptz AND (at, {{source}}, id) < {_PLACE}
 ORDER BY at DESC, id DESC LIMIT 1
"""  # noqa: S608  no value is spliced in
# The newest lots before anything is joined to them, however many the member has.
_LOTS: Final = f"""
SELECT step.at AS at, {{source}} AS source, step.id AS id, lot.id AS number, store.name AS name,
       {{figures}}, '' AS words, 0 AS state, paid.paid_at AS until
  FROM (SELECT * FROM points_lot
         WHERE member_id = %(member)s AND {{step}} <= ({_BOUND})
         ORDER BY {{step}} DESC LIMIT {{size}}) AS lot
  JOIN points_step step ON step.id = lot.{{step}}
  JOIN orders_order paid ON (paid.member_id, paid.id) = (lot.member_id, lot.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
"""  # noqa: S608  no value is spliced in
_MINTED: Final = "lot.settled_spend AS amount, lot.minted AS points, lot.vouchers AS vouchers"
_CLOSED: Final = "-step.amount AS amount, lot.gross AS points, lot.net AS vouchers"
_OUTCOMES: Final = """
SELECT fact.at AS at, {source} AS source, fact.id AS id, fact.id AS number, '' AS name,
       fact.amount AS amount, 0 AS points, 0 AS vouchers, outcome.reason AS words, 0 AS state,
       NULL::timestamptz AS until
  FROM orders_fact fact JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (fact.home_id, fact.id) AND NOT outcome.is_accepted
 WHERE fact.home_id = %(member)s AND fact.kind IN (9, 11, 13) AND fact.kind = {kind}
"""
_PAYOUTS: Final = """
SELECT payout.{moment} AS at, {source} AS source, payout.withdrawal_id AS id,
       payout.withdrawal_id AS number, payout.provider AS name, withdrawal.amount AS amount,
       0 AS points, 0 AS vouchers, payout.reason AS words, payout.state AS state,
       payout.confirm_until AS until
  FROM treasury_payout payout JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
 WHERE payout.member_id = %(member)s AND payout.{moment} IS NOT NULL AND payout.state IN ({states})
"""
_REFUNDS: Final = """
SELECT fact.at AS at, {source} AS source, fact.id AS id, refund.order_id AS number,
       store.name AS name, refund.amount AS amount, 0 AS points, 0 AS vouchers,
       paid_fact.key AS words, 0 AS state, NULL::timestamptz AS until
  FROM orders_fact fact
  JOIN orders_refund refund ON (refund.member_id, refund.id) = (fact.home_id, fact.id)
  JOIN orders_order paid ON (paid.member_id, paid.id) = (refund.member_id, refund.order_id)
  JOIN orders_fact paid_fact ON (paid_fact.at, paid_fact.id) = (paid.paid_at, paid.id)
  JOIN merchants_store store ON store.store_id = paid.store_id
 WHERE fact.home_id = %(member)s AND fact.kind IN (7, 8) AND fact.kind = {kind}
"""
_REVIEW_STATES: Final = "2, 3, 4, 5, 6, 7, 8"
_END_STATES: Final = "5, 7, 8"
_WRITTEN: Final = """
SELECT at, 9 AS source, id, 0 AS number, subject AS name, 0 AS amount, 0 AS points, 0 AS vouchers,
       kind AS words, 0 AS state, NULL::timestamptz AS until
  FROM members_message WHERE member_id = %(member)s
"""
_DECLINED: Final = """
SELECT asked.answered_at AS at, 10 AS source, asked.order_id AS id, asked.order_id AS number,
       store.name AS name, asked.amount_fen * 10000 AS amount, 0 AS points, 0 AS vouchers,
       paid_fact.key || ' ' || asked.answer AS words, 0 AS state, NULL::timestamptz AS until
  FROM payments_refundrequest asked
  JOIN orders_order paid ON (paid.member_id, paid.id) = (asked.member_id, asked.order_id)
  JOIN orders_fact paid_fact ON (paid_fact.at, paid_fact.id) = (paid.paid_at, paid.id)
  JOIN merchants_store store ON store.store_id = asked.store_id
 WHERE asked.member_id = %(member)s AND asked.state = 'declined'
"""
_OTHERS: Final = (
    _OUTCOMES.format(source=Source.NOT_SOLD.value, kind=9),
    _OUTCOMES.format(source=Source.NOT_WITHDRAWN.value, kind=11),
    _PAYOUTS.format(source=Source.REVIEWED.value, moment="reviewed_at", states=_REVIEW_STATES),
    _PAYOUTS.format(source=Source.PAID_OUT.value, moment="ended_at", states=_END_STATES),
    _REFUNDS.format(source=Source.RETURNED.value, kind=7),
    _REFUNDS.format(source=Source.CASE.value, kind=8),
    _WRITTEN,
    _DECLINED,
)
"""All but the lots."""
_PLACE_ORDER: Final = "ORDER BY at DESC, source DESC, id DESC"


@cache
def _page(size: int) -> str:
    """Write the question of a page, and how many into it: the server plans it once."""
    parts = (
        *(
            _LOTS.format(source=source.value, step=step, figures=figures, size=size)
            for source, step, figures in (
                (Source.SETTLED, "step", _MINTED),
                (Source.EXITED, "exited_step", _CLOSED),
            )
        ),
        *(
            f"SELECT * FROM ({source}) AS one WHERE (at, source, id) < {_PLACE}"  # noqa: S608
            f" {_PLACE_ORDER} LIMIT {size}"
            for source in _OTHERS
        ),
    )
    return f"""
SELECT (extract(epoch FROM at) * 1000000)::bigint, source, id, number, name, amount,
       points, vouchers, words, state, (extract(epoch FROM until) * 1000000)::bigint
  FROM ({" UNION ALL ".join(f"({part})" for part in parts)}) AS found
 {_PLACE_ORDER} LIMIT {size}
"""  # noqa: S608  no value is spliced in


def _unread(what: str, since: str) -> str:
    """Write the question for how many rows of a source are later than the mark."""
    return f"(SELECT count(*) FROM (SELECT FROM {what} AND {since} LIMIT {COUNTED_MAX}) AS new)"  # noqa: S608


_SEEN: Final = "{} > (SELECT at FROM seen)"
_BEHIND: Final = "{} > (SELECT step FROM mark)"
_UNREAD: Final = (
    _unread("points_lot WHERE member_id = %(member)s", _BEHIND.format("step")),
    _unread("points_lot WHERE member_id = %(member)s", _BEHIND.format("exited_step")),
    _unread(
        "orders_fact fact JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id)"
        " = (fact.home_id, fact.id) AND NOT outcome.is_accepted"
        " WHERE fact.home_id = %(member)s AND fact.kind IN (9, 11, 13) AND fact.kind IN (9, 11)",
        _SEEN.format("fact.at"),
    ),
    *(
        _unread(
            f"treasury_payout WHERE member_id = %(member)s AND state IN ({states})",
            _SEEN.format(moment),
        )
        for moment, states in (("reviewed_at", _REVIEW_STATES), ("ended_at", _END_STATES))
    ),
    _unread("orders_fact WHERE home_id = %(member)s AND kind IN (7, 8)", _SEEN.format("at")),
    _unread("members_message WHERE member_id = %(member)s", _SEEN.format("at")),
    _unread(
        "payments_refundrequest WHERE member_id = %(member)s AND state = 'declined'",
        _SEEN.format("answered_at"),
    ),
)
"""Of each source, from its own rows alone: what is only counted needs no name and no amount."""
COUNT: Final = f"""
WITH seen AS (SELECT coalesce((SELECT read_at FROM members_messagemark
                                WHERE member_id = %(member)s), '-infinity') AS at),
     mark AS (SELECT coalesce((SELECT id FROM points_step WHERE at <= (SELECT at FROM seen)
                                ORDER BY at DESC, id DESC LIMIT 1), 0) AS step)
SELECT {" + ".join(_UNREAD)}
"""  # noqa: S608  no value is spliced in
_READ: Final = """
SELECT (extract(epoch FROM read_at) * 1000000)::bigint FROM members_messagemark
 WHERE member_id = %(member)s
"""
_OF_STORE: Final = {
    kind.value
    for kind in (
        MessageKind.STORE_INCOMPLETE,
        MessageKind.STORE_OPENED,
        MessageKind.STORE_DECLINED,
    )
}
_ENTRY: Final = re.compile(r"(\d{1,17})-(\d{1,2})-(\d{1,19})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message stands among all of its member."""

    at: int
    source: int
    number: int

    @property
    def name(self) -> str:
        """Write it as a page's address carries it."""
        return f"{self.at}-{self.source}-{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: what happened, when, about which lot, order or withdrawal, in plain values."""

    place: Place
    number: int
    name: str
    amount: int
    points: int
    vouchers: int
    words: str
    state: int
    until: int | None

    @property
    def kind(self) -> str:
        """Name its source for the template."""
        return Source(self.place.source).name.lower()

    @property
    def payout(self) -> str:
        """Name the state of the withdrawal that it is about."""
        return PayoutState(self.state).name.lower() if self.state else ""

    @property
    def order(self) -> str:
        """Give the key of the order whose request was declined."""
        return self.words.partition(" ")[0]

    @property
    def answer(self) -> str:
        """Give what the store wrote when it declined."""
        return self.words.partition(" ")[2]

    @property
    def is_of_store(self) -> bool:
        """Tell whether it is about an application for a store."""
        return self.words in _OF_STORE

    @property
    def written(self) -> str:
        """Give the sentence of one that was written where it happened."""
        return MessageKind(self.words).label.format(subject=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of messages, newest first; the moment now, and up to which one was read (or 0)."""

    now: int
    read_upto: int
    messages: tuple[Message, ...]


def inbox(*, member: int, size: int, before: Place | None = None) -> Inbox:
    """Give a page of the member's messages in one question; raises `NotOpen`."""
    told = _inbox(size).ask(member=member, **_where(before))
    return Inbox(
        now=now_of(told["now"]),
        read_upto=told["read"][0][0] if told["read"] else 0,
        messages=tuple(map(_message, told["page"])),
    )


def place(written: str) -> Place | None:
    """Read a place from a page's address; None for what is none."""
    found = _ENTRY.fullmatch(written)
    if found is None:
        return None
    at, source, number = (int(part) for part in found.groups())
    return Place(at=at, source=source, number=number) if number < 2**63 else None


@cache
def _inbox(size: int) -> Together:
    return Together(now=NOW, read=_READ, page=_page(size))


def _where(before: Place | None) -> dict[str, int | str]:
    if before is None:
        return {"at": "infinity", "source": 99, "number": 0}
    return {"at": format_at(before.at), "source": before.source, "number": before.number}


def _message(row: tuple[Any, ...]) -> Message:
    at, source, entry, number, name, amount, points, vouchers, words, state, until = row
    return Message(
        place=Place(at=at, source=source, number=entry),
        number=number,
        name=name,
        amount=int(amount),
        points=int(points),
        vouchers=int(vouchers),
        words=words,
        state=state,
        until=until,
    )
