"""What the rows of a fact must say beside the line that they tell.

    fact       its kind, whose it is, its amount, its moment
    order      commission, persons and due time as the rules froze them when it was paid (E7)
    member     introduced by his fact at its moment, or a guest, met first in an order
    contract   its agent, its period, and what ended it (R5)

Everything comes from a fold over the lines; the numbers of parties are the database's own.

Units: micro-yuan, moments in microseconds.
Source: E7, R2, R5; I-3, I-20, I-21.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import Connection

from gongxiang.base.clock import BEGINNING, shanghai_day_start
from gongxiang.economy.agency import Contract
from gongxiang.economy.events import (
    Event,
    Injected,
    Key,
    Paid,
    Refunded,
    Sold,
    StorePaidIn,
    StoreReceived,
    WithdrawalReturned,
    Withdrawn,
)
from gongxiang.economy.reward import ROLES
from gongxiang.lab.lines import (
    AgentEndedLine,
    AgentLine,
    ClaimedLine,
    ClockLine,
    GrandRegionLine,
    Line,
    MemberLine,
    OwnerChangedLine,
    RateChangedLine,
    StoreLine,
)
from gongxiang.lab.replay import Replay
from gongxiang.members.models import Party
from gongxiang.orders.models import Kind
from gongxiang.settlement.history import MICROSECONDS, Recorded
from gongxiang.settlement.place import due_rank
from gongxiang.settlement.wrong import Wrong

Parties = Mapping[tuple[int, str], int]
"""The number of a party by its kind and outside key."""

_Wanted = tuple[Kind, int, int, tuple[Any, ...]]
"""The kind, home and amount of a fact, and what its row says beside the line."""

ROWS_AT_ONCE: Final = 10_000

_MUST_BE_COVERED: Final = 2
_NOBODY: Final = 0
_VERSION: Final = 1
_GUESTS: Final = f"""
SELECT member_id, referrer_id, via_store_id, {MICROSECONDS.format("joined_at")}
  FROM members_member WHERE NOT is_introduced ORDER BY member_id
"""  # noqa: S608  no value is spliced in
_CONTRACTS: Final = f"""
SELECT id, member_id, level, region, {MICROSECONDS.format("start_at")},
       {MICROSECONDS.format("end_at")}, ended_by_id
  FROM regions_contract ORDER BY id
"""  # noqa: S608  no value is spliced in
_PROVINCES: Final = """
SELECT province_code, grand_region_id FROM regions_grandregionprovince ORDER BY province_code
"""
_OWNERS: Final = "SELECT store_id, owner_id FROM merchants_store ORDER BY store_id"
_RETURNED: Final = "SELECT id, returned FROM orders_order WHERE returned <> 0 ORDER BY id"


@dataclass(slots=True, eq=False)
class _Office:
    """A contract, its agent's number, and the number of the fact that ended it."""

    member: int
    line: AgentLine
    contract: Contract
    ended_by: int | None = None

    def row(self) -> tuple[Any, ...]:
        """Give the row without its number; a period that ends before it begins is empty."""
        start_at, end_at = self.contract.start_at, self.contract.end_at
        end_at = None if end_at is None else max(start_at, end_at)
        is_without_beginning = start_at == BEGINNING != end_at
        return (
            self.member,
            self.line.level,
            self.line.region,
            None if is_without_beginning else start_at,
            end_at,
            self.ended_by,
        )


@dataclass(slots=True, eq=False)
class Rows:
    """What the rows must say, learnt line by line."""

    replay: Replay
    parties: Parties
    numbers: dict[Key, int] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)
    members: set[int] = field(default_factory=set)
    guests: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    offices: dict[int, _Office] = field(default_factory=dict)
    returned: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def compare(self, one: Recorded, line: Line, clock: int, event: Event | None) -> None:
        """Compare an accepted fact with what the fold makes of its line; raises `Wrong`."""
        told = line if event is None else event
        kind, home, amount, rest = _WANTED[type(told)](self, one, told)
        found, wanted = (one.kind, one.home, one.amount, one.at), (kind.value, home, amount, clock)
        if found != wanted:
            what = "kind, home, amount and moment"
            raise Wrong(f"{one.name}: {what} are {found}; the history gives {wanted}")
        if one.rest != rest:
            raise Wrong(
                f"the {kind.name.lower()} row of {one.name} says {one.rest}; the history gives"
                f" {rest}"
            )

    def compare_all(self, connection: Connection[Any]) -> None:
        """Compare what the whole history leaves: guests, contracts, provinces, returns."""
        world = self.replay.world
        contracts = {number: office.row() for number, office in self.offices.items()}
        provinces = {
            code: (self.regions[region],) for code, region in world.grand_region_of.items()
        }
        owners = {
            self.party(Party.STORE, store.id): (
                None if store.owner is None else self.person(store.owner),
            )
            for store in world.stores.values()
        }
        returned = {number: (amount,) for number, amount in self.returned.items()}
        compare_table(connection, "guest", _GUESTS, self.guests)
        compare_table(connection, "contract", _CONTRACTS, contracts)
        compare_table(connection, "province", _PROVINCES, provinces)
        compare_table(connection, "the owner of store", _OWNERS, owners)
        compare_table(
            connection, "what was returned before settlement of order", _RETURNED, returned
        )

    def party(self, kind: int, key: Key) -> int:
        """Give the number of a person or a store; raises `Wrong` where it has none."""
        number = self.parties.get((kind, str(key)))
        if number is None:
            raise Wrong(f"{key} is not among the parties")
        return number

    def person(self, key: Key) -> int:
        """Give a person's number; raises `Wrong` where he has none."""
        return self.party(Party.PERSON, key)


def compare_table(
    connection: Connection[Any],
    name: str,
    query: str,
    wanted: Mapping[Any, tuple[Any, ...]],
) -> None:
    """Compare a table's rows, keyed by their first column, with what they must be."""
    rest = dict(wanted)
    with connection.cursor(name="rows") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(query)
        for key, *row in cursor:
            gives = rest.pop(key, None)
            if tuple(row) != gives:
                raise Wrong(f"{name} {key} says {tuple(row)}; the history gives {gives}")
    if rest:
        key = min(rest)
        raise Wrong(f"{name} {key} is missing; the history gives {rest[key]}")


def _joined(rows: Rows, one: Recorded, line: MemberLine) -> _Wanted:
    member = rows.person(line.id)
    rows.members.add(member)
    return Kind.MEMBER, member, 0, (True, one.at)


def _claimed(rows: Rows, one: Recorded, line: ClaimedLine) -> _Wanted:
    member = rows.person(line.member)
    rows.guests.pop(member, None)
    return Kind.CLAIMED, member, 0, (True, one.at)


def _opened(rows: Rows, one: Recorded, line: StoreLine) -> _Wanted:
    return Kind.STORE, rows.party(Party.STORE, line.id), 0, (one.at,)


def _rate_changed(rows: Rows, _one: Recorded, line: RateChangedLine) -> _Wanted:
    return (
        Kind.RATE_CHANGED,
        rows.party(Party.STORE, line.store),
        0,
        (shanghai_day_start(line.since),),
    )


def _owner_changed(rows: Rows, _one: Recorded, line: OwnerChangedLine) -> _Wanted:
    return Kind.OWNER_CHANGED, rows.party(Party.STORE, line.store), 0, ()


def _region(rows: Rows, one: Recorded, line: GrandRegionLine) -> _Wanted:
    rows.regions[line.id] = one.number
    return Kind.GRAND_REGION, _NOBODY, 0, (line.id,)


def _appointed(rows: Rows, one: Recorded, line: AgentLine) -> _Wanted:
    member = rows.person(line.member)
    contract = rows.replay.world.contracts[line.level, line.region][-1]
    rows.offices[one.number] = _Office(member, line, contract)
    return Kind.AGENT, member, 0, (member,)


def _dismissed(rows: Rows, one: Recorded, line: AgentEndedLine) -> _Wanted:
    (office,) = (
        office
        for office in rows.offices.values()
        if (office.line.level, office.line.region) == (line.level, line.region)
        and office.contract.end_at is not None
        and office.ended_by is None
    )
    office.ended_by = one.number
    return Kind.AGENT_ENDED, office.member, 0, ()


def _paid(rows: Rows, one: Recorded, paid: Paid) -> _Wanted:
    member = rows.person(paid.member)
    if member not in rows.members:
        rows.members.add(member)
        rows.guests[member] = (None, None, one.at)
    persons = {role: rows.person(person) for role, person, _ in paid.rewards}
    frozen = (
        paid.commission_rate,
        _VERSION,
        *(persons.get(role) for role in ROLES),
        paid.spend,
        one.at,
        paid.due_at,
        due_rank(paid_at=one.at, due_at=paid.due_at),
    )
    return Kind.PAID, member, paid.spend, frozen


def _refunded(rows: Rows, one: Recorded, event: Refunded) -> _Wanted:
    is_by_case = event.order in rows.replay.state.lots
    if not is_by_case:
        rows.returned[rows.numbers[event.order]] += event.amount
    kind = Kind.CASE if is_by_case else Kind.RETURNED
    # Its home is that of the order, by whose key it was found.
    # Whether a store had to cover a case is compared with its outcome (answers.py).
    must_be_covered = is_by_case and one.rest[_MUST_BE_COVERED]
    return kind, one.home, event.amount, (event.amount, is_by_case, must_be_covered, event.own_rate)


def _sold(rows: Rows, one: Recorded, event: Sold) -> _Wanted:
    # What the page showed is compared with what the sale brought (answers.py).
    return Kind.SOLD, rows.person(event.member), 0, one.rest


def _injected(_rows: Rows, _one: Recorded, event: Injected) -> _Wanted:
    return Kind.INJECTED, _NOBODY, event.amount, (event.amount,)


def _withdrawn(rows: Rows, _one: Recorded, event: Withdrawn) -> _Wanted:
    return Kind.WITHDRAWN, rows.person(event.member), event.amount, (event.amount,)


def _taken_back(rows: Rows, _one: Recorded, event: WithdrawalReturned) -> _Wanted:
    member = rows.person(event.member)
    row = (rows.numbers[event.withdrawal], member)
    return Kind.WITHDRAWAL_RETURNED, member, event.amount, row


def _received(rows: Rows, _one: Recorded, event: StoreReceived) -> _Wanted:
    return Kind.STORE_RECEIVED, rows.party(Party.STORE, event.store), event.amount, ()


def _paid_in(rows: Rows, _one: Recorded, event: StorePaidIn) -> _Wanted:
    return Kind.STORE_PAID_IN, rows.party(Party.STORE, event.store), event.amount, ()


def _clock(_rows: Rows, _one: Recorded, _line: ClockLine) -> _Wanted:
    return Kind.CLOCK, _NOBODY, 0, ()


_WANTED: Final[dict[type, Callable[..., _Wanted]]] = {
    MemberLine: _joined,
    ClaimedLine: _claimed,
    StoreLine: _opened,
    RateChangedLine: _rate_changed,
    OwnerChangedLine: _owner_changed,
    GrandRegionLine: _region,
    AgentLine: _appointed,
    AgentEndedLine: _dismissed,
    ClockLine: _clock,
    Paid: _paid,
    Refunded: _refunded,
    Sold: _sold,
    Injected: _injected,
    Withdrawn: _withdrawn,
    WithdrawalReturned: _taken_back,
    StoreReceived: _received,
    StorePaidIn: _paid_in,
}
