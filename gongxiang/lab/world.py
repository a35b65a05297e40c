"""Who is who: members, stores, regions and agents, and whom an order rewards.

The world changes by introduction only; an order that is paid asks it once and freezes the answer
(E7). Nobody named in `referrer`, `via_store`, `owner` or `recruiter` need exist.

Units: moments in microseconds, rates per myriad.
Source: spec/events.md (Then the event), R2-R5.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from gongxiang.economy import agency, referral, reward, split
from gongxiang.economy.agency import LEVELS, Contract
from gongxiang.economy.events import Reward
from gongxiang.economy.recruit import may_recruit
from gongxiang.economy.refusal import Refused
from gongxiang.economy.terms import Terms
from gongxiang.lab.lines import (
    AgentEndedLine,
    AgentLine,
    ClaimedLine,
    GrandRegionLine,
    MemberLine,
    OwnerChangedLine,
    RateChangedLine,
    StoreLine,
)
from gongxiang.rulebook.divisions import PROVINCE, Divisions, DivisionUnknown, Place

_FOREVER: Final = 1 << 63


class MemberExists(Refused):
    """A member who is known already, also from an order: he is bound once, for ever (R2)."""

    reason = "exists"


class ReferralCycle(Refused):
    """A referrer who was himself brought by the new member (R2)."""

    reason = "cycle"


class CommissionOutOfRange(Refused):
    """A commission that does not cover platform and distribution, or is above the whole (E6)."""

    reason = "commission rate"


class NoSuchDivision(Refused):
    """A division that is unknown, a province, or a city that has districts (R5)."""

    reason = "division"


class OwnerRecruits(Refused):
    """A store whose owner is named as its recruiter (R4)."""

    reason = "recruiter"


class UnknownStore(Refused):
    """An order at a store that was not introduced."""

    reason = "unknown store"


class RateTooSoon(Refused):
    """A commission from a day that has begun, or that is not after the day of the one before."""

    reason = "since"


class NoSuchRegion(Refused):
    """A region that is unknown, of another level, or a province that is taken (R5)."""

    reason = "region"


class RegionTaken(Refused):
    """A region that has an agent in the period (R5)."""

    reason = "region taken"


class NoAgentInOffice(Refused):
    """A region that has no agent whose period is without an end (R5)."""

    reason = "no agent"


@dataclass(slots=True, eq=False)
class Person:
    """A member: who brought him, whose code he scanned, and whom his orders reward for that."""

    id: str
    referrer: str | None = None
    via_store: str | None = None
    is_introduced: bool = False
    rewards: tuple[Reward, ...] | None = None


@dataclass(slots=True, eq=False)
class Store:
    """A store, and the rewards its turnover earns until somebody's period begins or ends.

    They are looked up again after any change of regions and contracts.
    """

    id: str
    owner: str | None
    recruiter: str | None
    place: Place
    commission_rate: int
    next_rates: list[tuple[int, int]] = field(default_factory=list)
    """Commissions that are to come, each with the moment from which on."""
    rewards: tuple[Reward, ...] = ()
    agents: tuple[str | None, ...] = (None,) * len(LEVELS)
    valid_until: int = -_FOREVER
    changes_known: int = 0


@dataclass(slots=True, eq=False)
class World:
    """Everybody who is known."""

    terms: Terms
    divisions: Divisions
    members: dict[str, Person] = field(default_factory=dict)
    stores: dict[str, Store] = field(default_factory=dict)
    grand_region_of: dict[str, str] = field(default_factory=dict)
    grand_regions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    contracts: defaultdict[tuple[str, str], list[Contract]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _named: set[str] = field(default_factory=set)
    _tops: dict[str, str] = field(default_factory=dict)
    _changes: int = 0

    def join(self, line: MemberLine) -> None:
        """Introduce a member; raises `MemberExists` or `ReferralCycle`."""
        if line.id in self.members:
            raise MemberExists(f"{line.id} is a member already")
        if line.referrer is not None:
            self._refuse_cycle(line.id, line.referrer)
            self._named.add(line.referrer)
        referrer = _known(line.referrer, self.members)
        via_store = _known(line.via_store, self.stores)
        self.members[line.id] = Person(line.id, referrer, via_store, is_introduced=True)

    def claim(self, line: ClaimedLine) -> None:
        """Bind a guest who joins; raises `MemberExists` or `ReferralCycle`."""
        guest = self.members.get(line.member)
        if guest is None or guest.is_introduced:
            raise MemberExists(f"{line.member} is no guest: only who was named by an order is")
        if line.referrer is not None:
            self._refuse_cycle(line.member, line.referrer)
            self._named.add(line.referrer)
        guest.referrer = _known(line.referrer, self.members)
        guest.via_store = _known(line.via_store, self.stores)
        guest.is_introduced = True
        guest.rewards = None

    def meet(self, member: str) -> Person:
        """Give a member whom an order names; one who was not introduced exists from then on."""
        person = self.members.get(member)
        if person is None:
            person = self.members[member] = Person(member)
        return person

    def _refuse_cycle(self, member: str, referrer: str) -> None:
        """Look who stands at the top above the referrer: a member not yet bound stands there."""
        if referrer == member or (member in self._named and self._top(referrer) == member):
            raise ReferralCycle(f"{member} is above {referrer}: nobody is his own ancestor")

    def _top(self, name: str) -> str:
        """Give who stands at the top above somebody, and remember the way for the next time."""
        passed = []
        while above := self._tops.get(name) or self._referrer_of(name):
            passed.append(name)
            name = above
        self._tops.update(dict.fromkeys(passed, name))
        return name

    def _referrer_of(self, member: str) -> str | None:
        person = self.members.get(member)
        return None if person is None else person.referrer

    def open_store(self, line: StoreLine) -> None:
        """Introduce a store; raises the refusal that comes first in the spec's list."""
        if not split.allows(line.commission_rate, terms=self.terms):
            raise CommissionOutOfRange(f"{line.commission_rate} per myriad")
        try:
            place = self.divisions.place(line.district)
        except DivisionUnknown:
            raise NoSuchDivision(f"{line.district} cannot be a store's division") from None
        if not may_recruit(line.recruiter, owner=line.owner):
            raise OwnerRecruits(f"{line.recruiter} owns the store")
        self.stores[line.id] = Store(
            line.id, line.owner, line.recruiter, place, line.commission_rate
        )

    def change_rate(self, line: RateChangedLine, *, since: int, clock: int) -> None:
        """Give a store another commission from a moment on; raises the refusal that comes first."""
        store = self._store(line.store)
        if not split.allows(line.commission_rate, terms=self.terms):
            raise CommissionOutOfRange(f"{line.commission_rate} per myriad")
        if since <= clock or (store.next_rates and since <= store.next_rates[-1][0]):
            raise RateTooSoon(f"{line.since} has begun, or another commission begins later")
        store.next_rates.append((since, line.commission_rate))
        store.valid_until = -_FOREVER

    def change_owner(self, line: OwnerChangedLine) -> None:
        """Give a store another owner; raises `UnknownStore` or `OwnerRecruits`."""
        store = self._store(line.store)
        if not may_recruit(store.recruiter, owner=line.owner):
            raise OwnerRecruits(f"{line.owner} recruited the store")
        store.owner = line.owner

    def _store(self, name: str) -> Store:
        store = self.stores.get(name)
        if store is None:
            raise UnknownStore(f"{name} was not introduced")
        return store

    def name_region(self, line: GrandRegionLine) -> None:
        """Introduce a grand region; raises `NoSuchRegion`."""
        for code in line.provinces:
            division = self.divisions.get(code)
            if division is None or division.level != PROVINCE or code in self.grand_region_of:
                raise NoSuchRegion(f"{code} is no province, or belongs to a grand region")
        self.grand_regions[line.id] = line.provinces
        self.grand_region_of.update(dict.fromkeys(line.provinces, line.id))
        self._changes += 1

    def appoint(self, line: AgentLine, *, start_at: int) -> None:
        """Begin an agent's period; raises `NoSuchRegion` or `RegionTaken`."""
        self._refuse_unknown_region(line.level, line.region)
        contracts = self.contracts[line.level, line.region]
        if agency.is_taken(contracts, start_at=start_at):
            raise RegionTaken(f"{line.region} has an agent in the period")
        contracts.append(Contract(line.member, start_at))
        self._changes += 1

    def dismiss(self, line: AgentEndedLine, *, end_at: int) -> Contract:
        """End the period of a region's agent; raises `NoSuchRegion` or `NoAgentInOffice`."""
        self._refuse_unknown_region(line.level, line.region)
        for contract in self.contracts.get((line.level, line.region), ()):
            if contract.end_at is None:
                contract.end_at = end_at
                self._changes += 1
                return contract
        raise NoAgentInOffice(f"{line.region} has no agent without an end")

    def _refuse_unknown_region(self, level: str, region: str) -> None:
        if level == "grand_region":
            is_region = region in self.grand_regions
        else:
            is_region = self.divisions.is_region(region, level=level)
        if not is_region:
            raise NoSuchRegion(f"{region} is no {level}")

    def rewards(self, person: Person, store: Store, *, at: int) -> tuple[Reward, ...]:
        """Give whom an order paid now would reward, and at what rates (R1-R5).

        The store's commission is that of the moment from then on (E6).
        """
        if at >= store.valid_until or store.changes_known != self._changes:
            self._renew(store, at)
        of_person = person.rewards
        if of_person is None:
            of_person = self._of_person(person)
        return of_person + store.rewards

    def _of_person(self, person: Person) -> tuple[Reward, ...]:
        """Look up who brought a member; keep the answer when nothing can change it any more (R3).

        Stores and members are introduced once, for ever: the answer is final when those that it
        asks were; a guest, known from an order only, may still be bound.
        """
        referrer, scanned = person.referrer, person.via_store
        if referrer is None:
            person.rewards = ()
            return ()
        store = None if scanned is None else self.stores.get(scanned)
        above = self.members.get(referrer)
        indirect = referral.indirect(
            referrer=referrer,
            bound_by_recruiter=None if store is None else store.recruiter,
            referrer_of_referrer=None if above is None else above.referrer,
        )
        found = reward.of_referral(referrer, indirect, terms=self.terms)
        is_store_known = scanned is None or store is not None
        if is_store_known and above is not None and above.is_introduced:
            person.rewards = found
        return found

    def _renew(self, store: Store, at: int) -> None:
        """Look up a store's commission and who is in office on its path, and until when."""
        place = store.place
        regions = (
            place.district,
            place.city,
            place.province,
            self.grand_region_of.get(place.province or ""),
        )
        while store.next_rates and store.next_rates[0][0] <= at:
            _, store.commission_rate = store.next_rates.pop(0)
        until = store.next_rates[0][0] if store.next_rates else _FOREVER
        agents: list[str | None] = []
        for level, region in zip(LEVELS, regions, strict=True):
            contracts = self.contracts.get((level, region), []) if region is not None else []
            contract = agency.in_office(contracts, at=at)
            agents.append(None if contract is None else str(contract.member))
            for edge in (edge for one in contracts for edge in (one.start_at, one.end_at)):
                if edge is not None and at < edge < until:
                    until = edge
        store.agents = tuple(agents)
        store.rewards = reward.of_store(store.recruiter, store.agents, terms=self.terms)
        store.valid_until = until
        store.changes_known = self._changes


def _known(name: str | None, among: Mapping[str, Person] | Mapping[str, Store]) -> str | None:
    """Give the text by which somebody is known already: memory holds each name once."""
    known = None if name is None else among.get(name)
    return name if known is None else known.id
