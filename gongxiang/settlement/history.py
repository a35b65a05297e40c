"""The platform's history as lines of an event file, streamed in its order.

Each fact is put together again from the table of its kind; nothing is kept of lines that went by,
so memory does not grow with history. Everything is read in the caller's transaction: one snapshot.

Units: fen, atoms, microseconds.
Source: spec/events.md (export, Lines).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from msgspec import UNSET
from psycopg import Connection, Cursor

from gongxiang.base.clock import BEGINNING, format_at, shanghai_date
from gongxiang.base.money import FEN
from gongxiang.lab.lines import (
    AgentEndedLine,
    AgentLine,
    ClaimedLine,
    ClockLine,
    GrandRegionLine,
    InjectedLine,
    Line,
    MemberLine,
    OwnerChangedLine,
    PaidLine,
    RateChangedLine,
    RefundedLine,
    SoldLine,
    StoreLine,
    StorePaidInLine,
    StoreReceivedLine,
    WithdrawalReturnedLine,
    WithdrawnLine,
)
from gongxiang.orders.models import Kind

FACTS_AT_ONCE: Final = 5_000

_OF_OUTCOME: Final = 4
"""Columns of an outcome, the last of a detail that has one."""

MICROSECONDS: Final = "CASE WHEN isfinite({0}) THEN (extract(epoch FROM {0}) * 1000000)::bigint END"
_FACTS: Final = f"""
SELECT id, {MICROSECONDS.format("at")}, kind, home_id, amount, digest, row_digest, key,
       is_dated
  FROM orders_fact ORDER BY at, id
"""  # noqa: S608  no value is spliced in
_OF_HOME: Final = "JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted (home, fact)"
_MEMBERS: Final = f"""
SELECT member_id, referrer_id, via_store_id, is_introduced, {MICROSECONDS.format("joined_at")}
  FROM members_member WHERE member_id = ANY(%s)
"""  # noqa: S608  no value is spliced in
_STORES: Final = f"""
SELECT store_id, opened_by_id, recruiter_id, division_code, commission_rate,
       {MICROSECONDS.format("opened_at")}
  FROM merchants_store WHERE store_id = ANY(%s)
"""  # noqa: S608  no value is spliced in
_RATES: Final = f"""
SELECT id, commission_rate, {MICROSECONDS.format("since_at")} FROM merchants_ratechange {_OF_HOME}
    ON (store_id, id) = (home, fact)
"""  # noqa: S608  no value is spliced in
_OWNERS: Final = f"""
SELECT id, owner_id FROM merchants_ownerchange {_OF_HOME} ON (store_id, id) = (home, fact)
"""  # noqa: S608  no value is spliced in
_PROVINCES: Final = "SELECT id, provinces, name FROM regions_grandregion WHERE id = ANY(%s)"
_CONTRACTS: Final = "SELECT id, level, region, member_id FROM regions_contract WHERE id = ANY(%s)"
_ENDED: Final = (
    "SELECT ended_by_id, level, region FROM regions_contract WHERE ended_by_id = ANY(%s)"
)
_ORDERS: Final = f"""
SELECT id, store_id, commission_rate, version_id, direct_id, indirect_id, recruiter_id,
       district_id, city_id, province_id, grand_region_id, amount,
       {MICROSECONDS.format("paid_at")}, {MICROSECONDS.format("due_at")}, due_rank
  FROM orders_order {_OF_HOME} ON (member_id, id) = (home, fact)
"""  # noqa: S608  no value is spliced in
_REFUNDS: Final = f"""
SELECT refund.id, paid.key, refund.amount, refund.is_by_case, refund.must_be_covered,
       refund.own_rate
  FROM orders_refund refund {_OF_HOME}
    ON (refund.member_id, refund.id) = (home, fact)
  JOIN orders_order bought ON (bought.member_id, bought.id) = (refund.member_id, refund.order_id)
  JOIN orders_fact paid ON (paid.at, paid.id) = (bought.paid_at, bought.id)
"""  # noqa: S608  no value is spliced in
_CASES: Final = f"""
SELECT refund.id, paid.key, refund.amount, refund.is_by_case, refund.must_be_covered,
       refund.own_rate, outcome.batch_id, is_accepted, reason, outcome.amount
  FROM orders_refund refund {_OF_HOME} ON (refund.member_id, refund.id) = (home, fact)
  JOIN orders_order bought ON (bought.member_id, bought.id) = (refund.member_id, refund.order_id)
  JOIN orders_fact paid ON (paid.at, paid.id) = (bought.paid_at, bought.id)
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (home, fact)
"""  # noqa: S608  no value is spliced in
_ANSWERED: Final = """
  LEFT JOIN orders_outcome outcome ON (outcome.home_id, outcome.fact_id) = (member_id, id)
"""
_SALES: Final = f"""
SELECT id, points, shown_net, outcome.batch_id, is_accepted, reason, outcome.amount
  FROM points_sale {_OF_HOME} ON (member_id, id) = (home, fact) {_ANSWERED}
"""  # noqa: S608  no value is spliced in
_WITHDRAWALS: Final = f"""
SELECT id, taken.amount, outcome.batch_id, is_accepted, reason, outcome.amount
  FROM treasury_withdrawal taken {_OF_HOME} ON (member_id, id) = (home, fact) {_ANSWERED}
"""  # noqa: S608  no value is spliced in
_RETURNS: Final = """
SELECT id, withdrawal_key, withdrawal_id, member_id FROM treasury_withdrawalreturn
 WHERE id = ANY(%s)
"""
_INJECTIONS: Final = "SELECT id, amount FROM treasury_injection WHERE id = ANY(%s)"
_PARTIES: Final = "SELECT id, key FROM members_party WHERE id = ANY(%s)"


_Row = tuple[Any, ...]
_Details = dict[int, tuple[Any, ...]]
_Load = Callable[[Cursor[Any], int, list[_Row]], _Details]
_Keys = dict[int | None, str | None]


class BrokenHistory(Exception):
    """A fact that cannot be put together from its rows."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a fact that only its place decides, as the database has it."""

    batch: int
    is_accepted: bool
    reason: str
    amount: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as the database has it, the line that it reads as, and what its row says beside it."""

    number: int
    at: int
    kind: int
    home: int
    amount: int
    digest: bytes
    row_digest: bytes
    line: Line
    rest: tuple[Any, ...]
    outcome: Outcome | None = None

    @property
    def name(self) -> str:
        """Name the fact, and whose it is."""
        return _name(self.number, self.line.id, self.home)

    @property
    def is_refused(self) -> bool:
        """Tell whether the platform refused it at its place: it moved nothing."""
        return self.outcome is not None and not self.outcome.is_accepted


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of fact is put together: details, how many of them the line tells, the line."""

    load: _Load
    told: int
    line: Callable[..., Line]
    is_answered: bool = False


def recorded(connection: Connection[Any]) -> Iterator[Recorded]:
    """Stream all facts in their order, each with its line.

    Raises `BrokenHistory` naming the fact that cannot be put together.
    """
    with connection.cursor(name="history") as facts, connection.cursor() as cursor:
        facts.itersize = FACTS_AT_ONCE
        facts.execute(_FACTS)
        while rows := facts.fetchmany(FACTS_AT_ONCE):
            yield from _put_together(cursor, rows)


def _put_together(cursor: Cursor[Any], rows: list[_Row]) -> Iterator[Recorded]:
    details = {kind: form.load(cursor, kind, rows) for kind, form in _FORMS.items()}
    keys = _keys(cursor, rows, details)
    for row in rows:
        number, at, kind, home, amount, of_line, of_row, key, is_dated = row
        name = _name(number, key, home)
        form = _FORMS.get(kind)
        if form is None:
            raise BrokenHistory(f"{name} is of kind {kind}, which does not exist")
        if at is None or at < BEGINNING:
            raise BrokenHistory(f"{name} has no moment that can be written")
        found = details[kind].get(home if form.load is _by_home else number)
        if found is None:
            raise BrokenHistory(f"{name} has no row in the table of its kind")
        try:
            moment = format_at(at) if is_dated else UNSET
            line = form.line(key, moment, keys, home, amount, found)
        except (KeyError, OverflowError, TypeError) as error:
            raise BrokenHistory(f"{name} cannot be read from its rows: {error!r}") from None
        rest, outcome = found[form.told :], None
        if form.is_answered:
            rest, answer = rest[:-_OF_OUTCOME], rest[-_OF_OUTCOME:]
            outcome = None if answer[0] is None else Outcome(*answer)
        digests = bytes(of_line), bytes(of_row)
        yield Recorded(number, at, kind, home, amount, *digests, line, rest, outcome)


def _name(number: int, key: str, home: int) -> str:
    return f"fact {number} ({key}, party {home})" if home else f"fact {number} ({key})"


def _keys(cursor: Cursor[Any], rows: list[_Row], details: dict[int, _Details]) -> _Keys:
    """Load the outside keys of every party that these facts name."""
    wanted = {row[3] for row in rows}
    wanted.update(party for found in details[Kind.MEMBER].values() for party in found[:2])
    wanted.update(party for found in details[Kind.STORE].values() for party in found[:2])
    wanted.update(party for found in details[Kind.CLAIMED].values() for party in found[:2])
    for kind in (Kind.PAID, Kind.OWNER_CHANGED):
        wanted.update(found[0] for found in details[kind].values())
    cursor.execute(_PARTIES, (sorted(wanted - {None, 0}),))
    keys: _Keys = dict(cursor.fetchall())
    keys[None] = None
    return keys


def _by_home(cursor: Cursor[Any], kind: int, rows: list[_Row]) -> _Details:
    """Load details that are keyed by the party the fact is about."""
    wanted = [row[3] for row in rows if row[2] == kind]
    return _fetch(cursor, _QUERIES[kind], (wanted,)) if wanted else {}


def _by_number(cursor: Cursor[Any], kind: int, rows: list[_Row]) -> _Details:
    """Load details that are keyed by the fact's number."""
    wanted = [row[0] for row in rows if row[2] == kind]
    return _fetch(cursor, _QUERIES[kind], (wanted,)) if wanted else {}


def _by_key(cursor: Cursor[Any], kind: int, rows: list[_Row]) -> _Details:
    """Load details that are keyed by home and number."""
    homes = [row[3] for row in rows if row[2] == kind]
    numbers = [row[0] for row in rows if row[2] == kind]
    return _fetch(cursor, _QUERIES[kind], (homes, numbers)) if homes else {}


def _nothing(_cursor: Cursor[Any], kind: int, rows: list[_Row]) -> _Details:
    """Load nothing: the fact says it all."""
    return {row[0]: () for row in rows if row[2] == kind}


def _fetch(cursor: Cursor[Any], query: str, values: tuple[Any, ...]) -> _Details:
    cursor.execute(query, values)
    return {row[0]: row[1:] for row in cursor.fetchall()}


_QUERIES: Final[dict[int, str]] = {
    Kind.MEMBER: _MEMBERS,
    Kind.STORE: _STORES,
    Kind.CLAIMED: _MEMBERS,
    Kind.RATE_CHANGED: _RATES,
    Kind.OWNER_CHANGED: _OWNERS,
    Kind.WITHDRAWAL_RETURNED: _RETURNS,
    Kind.GRAND_REGION: _PROVINCES,
    Kind.AGENT: _CONTRACTS,
    Kind.AGENT_ENDED: _ENDED,
    Kind.PAID: _ORDERS,
    Kind.RETURNED: _REFUNDS,
    Kind.CASE: _CASES,
    Kind.SOLD: _SALES,
    Kind.INJECTED: _INJECTIONS,
    Kind.WITHDRAWN: _WITHDRAWALS,
}


def _rate_changed(
    key: str, at: str, keys: _Keys, home: int, _amount: int, found: _Row
) -> RateChangedLine:
    return RateChangedLine(key, _name_of(keys, home), found[0], shanghai_date(found[1]), at)


def _owner_changed(
    key: str, at: str, keys: _Keys, home: int, _amount: int, found: _Row
) -> OwnerChangedLine:
    return OwnerChangedLine(key, _name_of(keys, home), _name_of(keys, found[0]), at)


def _name_of(keys: _Keys, party: int) -> str:
    """Give the key of a party that a line must name."""
    name = keys[party]
    assert name is not None, "only nobody has no key"
    return name


_OWN_RATE: Final = 4


def _refunded(
    key: str, at: str, _keys: _Keys, _home: int, amount: int, found: _Row
) -> RefundedLine:
    return RefundedLine(key, found[0], amount // FEN, at, found[_OWN_RATE])


_FORMS: Final[dict[int, _Form]] = {
    Kind.MEMBER: _Form(
        _by_home,
        2,
        lambda key, at, keys, _home, _amount, found: MemberLine(
            key, keys[found[0]], keys[found[1]], at
        ),
    ),
    Kind.STORE: _Form(
        _by_home,
        4,
        lambda key, at, keys, _home, _amount, found: StoreLine(
            key, keys[found[0]], keys[found[1]], found[2], found[3], at
        ),
    ),
    Kind.GRAND_REGION: _Form(
        _by_number,
        1,
        lambda key, at, _keys, _home, _amount, found: GrandRegionLine(key, tuple(found[0]), at),
    ),
    Kind.CLAIMED: _Form(
        _by_home,
        2,
        lambda key, at, keys, home, _amount, found: ClaimedLine(
            key, keys[home], keys[found[0]], keys[found[1]], at
        ),
    ),
    Kind.WITHDRAWAL_RETURNED: _Form(
        _by_number,
        1,
        lambda key, at, _keys, _home, _amount, found: WithdrawalReturnedLine(key, found[0], at),
    ),
    Kind.AGENT: _Form(
        _by_number,
        2,
        lambda key, at, keys, home, _amount, found: AgentLine(
            key, keys[home], found[0], found[1], at
        ),
    ),
    Kind.AGENT_ENDED: _Form(
        _by_number,
        2,
        lambda key, at, _keys, _home, _amount, found: AgentEndedLine(key, found[0], found[1], at),
    ),
    Kind.PAID: _Form(
        _by_key,
        1,
        lambda key, at, keys, home, amount, found: PaidLine(
            key, keys[home], keys[found[0]], amount // FEN, at
        ),
    ),
    Kind.RETURNED: _Form(_by_key, 1, _refunded),
    Kind.CASE: _Form(_by_key, 1, _refunded, is_answered=True),
    Kind.SOLD: _Form(
        _by_key,
        1,
        lambda key, at, keys, home, _amount, found: SoldLine(key, keys[home], str(found[0]), at),
        is_answered=True,
    ),
    Kind.INJECTED: _Form(
        _by_number,
        0,
        lambda key, at, _keys, _home, amount, _found: InjectedLine(key, amount // FEN, at),
    ),
    Kind.WITHDRAWN: _Form(
        _by_key,
        0,
        lambda key, at, keys, home, amount, _found: WithdrawnLine(
            key, keys[home], amount // FEN, at
        ),
        is_answered=True,
    ),
    Kind.STORE_RECEIVED: _Form(
        _nothing,
        0,
        lambda key, at, keys, home, amount, _found: StoreReceivedLine(
            key, keys[home], amount // FEN, at
        ),
    ),
    Kind.STORE_PAID_IN: _Form(
        _nothing,
        0,
        lambda key, at, keys, home, amount, _found: StorePaidInLine(
            key, keys[home], amount // FEN, at
        ),
    ),
    Kind.RATE_CHANGED: _Form(_by_key, 1, _rate_changed),
    Kind.OWNER_CHANGED: _Form(_by_key, 1, _owner_changed),
    Kind.CLOCK: _Form(
        _nothing, 0, lambda key, at, _keys, _home, _amount, _found: ClockLine(key, at)
    ),
}
