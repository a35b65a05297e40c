"""Intake: accepted lines of an event file as rows of the platform's tables.

A replay decides what is accepted (the very engine and checks that everybody uses); this turns each
accepted line, and the event that it became, into rows: the fact under its key, its details, the
parties and members it names first. Numbers are handed out in the order of the lines, so that
(moment, number) is the order of the history.

Units: micro-yuan, atoms, microseconds.
Source: spec/events.md (import); E7; design/scale.md rules 1-3.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import UNSET

from gongxiang.base.clock import BEGINNING, format_at, shanghai_day_start
from gongxiang.economy.agency import Contract
from gongxiang.economy.events import (
    Event,
    Injected,
    Paid,
    Refunded,
    Sold,
    StorePaidIn,
    StoreReceived,
    WithdrawalReturned,
    Withdrawn,
)
from gongxiang.economy.reward import ROLES
from gongxiang.lab.canonical import digest
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
from gongxiang.orders.row_digest import row_digest
from gongxiang.settlement.place import due_rank

COLUMNS: Final = {
    "members_party": "id, kind, key",
    "members_partykey": "key, kind, party_id",
    "members_member": "member_id, referrer_id, via_store_id, is_introduced, joined_at",
    "merchants_store": (
        "store_id, name, owner_id, opened_by_id, recruiter_id, division_code, commission_rate,"
        " opened_at"
    ),
    "merchants_ratechange": "id, store_id, commission_rate, since_at",
    "merchants_ownerchange": "id, store_id, owner_id",
    "regions_grandregion": "id, name, provinces",
    "regions_grandregionprovince": "province_code, grand_region_id",
    "regions_contract": "id, member_id, level, region, start_at, end_at, ended_by_id",
    "orders_fact": "id, key, kind, at, is_dated, home_id, amount, digest, row_digest",
    "orders_order": (
        "id, member_id, store_id, amount, returned, commission_rate, version_id, direct_id,"
        " indirect_id, recruiter_id, district_id, city_id, province_id, grand_region_id, paid_at,"
        " due_at, due_rank"
    ),
    "orders_refund": "id, member_id, order_id, amount, is_by_case, own_rate",
    "points_sale": "id, member_id, points",
    "treasury_injection": "id, amount",
    "treasury_withdrawal": "id, member_id, amount",
    "treasury_withdrawalreturn": "withdrawal_id, member_id, id, withdrawal_key",
}
"""The tables an import fills, in the order it fills them."""

Value = str | int | bool | bytes | None
_NOBODY: Final = 0
_ESCAPES: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(slots=True, eq=False)
class Chunk:
    """Rows to be written together, and what they change of rows written before."""

    tables: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    returned: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    contracts: dict[int, list[Value]] = field(default_factory=dict)
    ended: list[tuple[int, int, int]] = field(default_factory=list)
    owners: list[tuple[int, int]] = field(default_factory=list)
    claimed: list[tuple[int, int | None, int | None, str]] = field(default_factory=list)
    facts: int = 0

    def add(self, table: str, *values: Value) -> None:
        """Add a row, as the database's COPY reads it."""
        self.tables[table].append("\t".join(map(_text, values)) + "\n")

    def end(self, contract: int, *, end_at: int, ended_by: int) -> None:
        """End a contract, of this chunk or of one that was written before."""
        row = self.contracts.get(contract)
        if row is None:
            self.ended.append((contract, end_at, ended_by))
            return
        row[-2:] = moment(end_at), ended_by
        if end_at == BEGINNING:
            row[-3] = moment(BEGINNING)

    def rows(self, table: str) -> list[str]:
        """Give the rows of a table as the database's COPY reads them."""
        if table == "regions_contract":
            return ["\t".join(map(_text, row)) + "\n" for row in self.contracts.values()]
        return self.tables.get(table, [])


@dataclass(slots=True, eq=False)
class Intake:
    """Turns accepted lines into rows, knowing the parties that exist."""

    replay: Replay
    number: Iterator[int]
    parties: dict[tuple[int, str], int]
    members: set[int]
    version: int
    chunk: Chunk = field(default_factory=Chunk)
    orders: dict[str, tuple[int, int]] = field(default_factory=dict)
    withdrawals: dict[str, int] = field(default_factory=dict)
    contracts: dict[int, int] = field(default_factory=dict)
    _takers: dict[type, Callable[..., tuple[Kind, int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        """Know who takes which line or event."""
        self._takers = {
            MemberLine: self._join,
            StoreLine: self._open_store,
            GrandRegionLine: self._name_region,
            AgentLine: self._appoint,
            AgentEndedLine: self._dismiss,
            ClockLine: self._clock,
            ClaimedLine: self._claim,
            RateChangedLine: self._change_rate,
            OwnerChangedLine: self._change_owner,
            WithdrawalReturned: self._take_back,
            StoreReceived: self._receive,
            StorePaidIn: self._pay_in,
            Paid: self._pay,
            Refunded: self._refund,
            Sold: self._sell,
            Injected: self._inject,
            Withdrawn: self._withdraw,
        }

    def take(self, line: Line, clock: int, event: Event | None) -> None:
        """Add one accepted line, after the replay took it."""
        number = next(self.number)
        kind, home, amount = self._takers[type(line if event is None else event)](
            number, clock, line if event is None else event
        )
        self.chunk.facts += 1
        of_line = digest(line)
        self.chunk.add(
            "orders_fact",
            number,
            line.id,
            kind.value,
            moment(clock),
            line.at is not UNSET,
            home,
            amount,
            of_line,
            row_digest(number=number, home=home, condition=None, line=of_line),
        )

    def adopt(self, line: Line, event: Event | None, *, number: int, home: int) -> None:
        """Know an accepted line whose rows the database has already."""
        if isinstance(event, Paid):
            self.orders[line.id] = (home, number)
        elif isinstance(event, Withdrawn):
            self.withdrawals[line.id] = number
        elif isinstance(line, AgentLine):
            self.contracts[id(self._newest(line))] = number
        elif isinstance(line, AgentEndedLine):
            del self.contracts[id(self._just_ended(line))]

    def person(self, key: str) -> int:
        """Give the number of a person, making the party when it is new."""
        return self._party(Party.PERSON, key)

    def store(self, key: str) -> int:
        """Give the number of a store, making the party when it is new."""
        return self._party(Party.STORE, key)

    def _party(self, kind: int, key: str) -> int:
        party = self.parties.get((kind, key))
        if party is None:
            party = self.parties[kind, key] = next(self.number)
            self.chunk.add("members_party", party, kind, key)
            self.chunk.add("members_partykey", key, kind, party)
        return party

    def _join(self, number: int, clock: int, line: MemberLine) -> tuple[Kind, int, int]:
        del number
        member = self.person(line.id)
        referrer = None if line.referrer is None else self.person(line.referrer)
        via_store = None if line.via_store is None else self.store(line.via_store)
        self.members.add(member)
        self.chunk.add("members_member", member, referrer, via_store, "t", moment(clock))
        return Kind.MEMBER, member, 0

    def _open_store(self, number: int, clock: int, line: StoreLine) -> tuple[Kind, int, int]:
        del number
        store = self.store(line.id)
        owner = None if line.owner is None else self.person(line.owner)
        self.chunk.add(
            "merchants_store",
            store,
            line.id,
            owner,
            owner,
            None if line.recruiter is None else self.person(line.recruiter),
            line.district,
            line.commission_rate,
            moment(clock),
        )
        return Kind.STORE, store, 0

    def _name_region(self, number: int, clock: int, line: GrandRegionLine) -> tuple[Kind, int, int]:
        del clock
        provinces = msgspec.json.encode(line.provinces).decode()
        self.chunk.add("regions_grandregion", number, line.id, provinces)
        for code in sorted(set(line.provinces)):
            self.chunk.add("regions_grandregionprovince", code, number)
        return Kind.GRAND_REGION, _NOBODY, 0

    def _appoint(self, number: int, clock: int, line: AgentLine) -> tuple[Kind, int, int]:
        del clock
        member = self.person(line.member)
        contract = self._newest(line)
        self.contracts[id(contract)] = number
        start_at = None if contract.start_at == BEGINNING else moment(contract.start_at)
        row: list[Value] = [number, member, line.level, line.region, start_at, None, None]
        self.chunk.contracts[number] = row
        return Kind.AGENT, member, 0

    def _dismiss(self, number: int, clock: int, line: AgentEndedLine) -> tuple[Kind, int, int]:
        del clock
        contract = self._just_ended(line)
        assert contract.end_at is not None, "an ended contract has an end"
        # A period that ends before it begins is empty; the database writes [start, start).
        end_at = max(contract.start_at, contract.end_at)
        self.chunk.end(self.contracts.pop(id(contract)), end_at=end_at, ended_by=number)
        return Kind.AGENT_ENDED, self.person(str(contract.member)), 0

    def _newest(self, line: AgentLine) -> Contract:
        return self.replay.world.contracts[line.level, line.region][-1]

    def _just_ended(self, line: AgentEndedLine) -> Contract:
        """Find the contract that the line ended: the one with an end that was not yet told."""
        (contract,) = (
            contract
            for contract in self.replay.world.contracts[line.level, line.region]
            if contract.end_at is not None and id(contract) in self.contracts
        )
        return contract

    def _pay(self, number: int, clock: int, paid: Paid) -> tuple[Kind, int, int]:
        member = self.person(str(paid.member))
        if member not in self.members:
            self.members.add(member)
            self.chunk.add("members_member", member, None, None, "f", moment(clock))
        persons = {role: self.person(str(person)) for role, person, _ in paid.rewards}
        amount = paid.spend
        self.orders[str(paid.order)] = (member, number)
        self.chunk.add(
            "orders_order",
            number,
            member,
            self.store(str(paid.store)),
            amount,
            0,
            paid.commission_rate,
            self.version,
            *(persons.get(role) for role in ROLES),
            moment(clock),
            moment(paid.due_at),
            due_rank(paid_at=clock, due_at=paid.due_at),
        )
        return Kind.PAID, member, amount

    def _refund(self, number: int, clock: int, event: Refunded) -> tuple[Kind, int, int]:
        del clock
        member, order = self.orders[str(event.order)]
        is_by_case = event.order in self.replay.state.lots
        body = (event.amount, is_by_case, event.own_rate)
        self.chunk.add("orders_refund", number, member, order, *body)
        if not is_by_case:
            self.chunk.returned[member, order] += event.amount
        return (Kind.CASE if is_by_case else Kind.RETURNED), member, event.amount

    def _sell(self, number: int, clock: int, event: Sold) -> tuple[Kind, int, int]:
        del clock
        member = self.person(str(event.member))
        self.chunk.add("points_sale", number, member, event.points)
        return Kind.SOLD, member, 0

    def _inject(self, number: int, clock: int, event: Injected) -> tuple[Kind, int, int]:
        del clock
        self.chunk.add("treasury_injection", number, event.amount)
        return Kind.INJECTED, _NOBODY, event.amount

    def _withdraw(self, number: int, clock: int, event: Withdrawn) -> tuple[Kind, int, int]:
        del clock
        member = self.person(str(event.member))
        self.withdrawals[str(event.withdrawal)] = number
        self.chunk.add("treasury_withdrawal", number, member, event.amount)
        return Kind.WITHDRAWN, member, event.amount

    def _take_back(
        self, number: int, clock: int, event: WithdrawalReturned
    ) -> tuple[Kind, int, int]:
        del clock
        member, key = self.person(str(event.member)), str(event.withdrawal)
        self.chunk.add("treasury_withdrawalreturn", self.withdrawals[key], member, number, key)
        return Kind.WITHDRAWAL_RETURNED, member, event.amount

    def _receive(self, number: int, clock: int, event: StoreReceived) -> tuple[Kind, int, int]:
        del number, clock
        return Kind.STORE_RECEIVED, self.store(str(event.store)), event.amount

    def _pay_in(self, number: int, clock: int, event: StorePaidIn) -> tuple[Kind, int, int]:
        del number, clock
        return Kind.STORE_PAID_IN, self.store(str(event.store)), event.amount

    def _claim(self, number: int, clock: int, line: ClaimedLine) -> tuple[Kind, int, int]:
        del number
        member = self.person(line.member)
        referrer = None if line.referrer is None else self.person(line.referrer)
        via_store = None if line.via_store is None else self.store(line.via_store)
        self.chunk.claimed.append((member, referrer, via_store, moment(clock)))
        return Kind.CLAIMED, member, 0

    def _change_rate(self, number: int, clock: int, line: RateChangedLine) -> tuple[Kind, int, int]:
        del clock
        store = self.store(line.store)
        since = moment(shanghai_day_start(line.since))
        self.chunk.add("merchants_ratechange", number, store, line.commission_rate, since)
        return Kind.RATE_CHANGED, store, 0

    def _change_owner(
        self, number: int, clock: int, line: OwnerChangedLine
    ) -> tuple[Kind, int, int]:
        del clock
        store, owner = self.store(line.store), self.person(line.owner)
        self.chunk.add("merchants_ownerchange", number, store, owner)
        self.chunk.owners.append((store, owner))
        return Kind.OWNER_CHANGED, store, 0

    def _clock(self, number: int, clock: int, line: ClockLine) -> tuple[Kind, int, int]:
        del number, clock, line
        return Kind.CLOCK, _NOBODY, 0


def moment(at: int) -> str:
    """Give a moment as the database reads it."""
    return format_at(at)


def _text(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return value.translate(_ESCAPES)
