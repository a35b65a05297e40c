"""The whole fold: duplicates, then the clock, then the event, then the exits.

Units: micro-yuan, atoms, per-myriads, microseconds.
Source: events.md "Lines" and "Result", economy.md E6 to E16, ADR 0024 (rewards within one person).
"""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.oracle.lines import SECOND, Event, moment, read, read_table, whole
from tests.oracle.people import ALWAYS, Divisions, People, Reward
from tests.oracle.pool import Lot, Pool
from tests.oracle.rulebook import WHOLE, Rules, complete

CHECKOUT = Path(__file__).parents[2]
FEN = 10_000
AMOUNT_MAX = 4 * 10**14
VOUCHERS_WHOLE_FROM = 2_000
TABLE_RATE = 2_000
ACCEPTED, REPEATED = "accepted", "repeated"


@dataclass
class Order:
    """A paid order with all that is fixed when it is paid."""

    id: str
    member: str
    store: str
    left: int
    due: int
    commission_rate: int
    rewards: list[Reward]
    is_settled: bool = False


def shared() -> Path:
    """Return the folder with the rules, data and examples: beside the checkout, or as told."""
    beside = CHECKOUT.parent.joinpath("shared")
    return Path(os.environ.get("GONGXIANG_SHARED", beside))


@cache
def _divisions(path: Path | None) -> Divisions:
    if path is None:
        path = shared().joinpath("data", "divisions.csv")
        path = path if path.exists() else CHECKOUT.joinpath("rules", "divisions.csv")
    return Divisions(path)


def run(
    lines: Iterable[str | bytes], rules: Rules, divisions: Path | None = None
) -> dict[str, Any]:
    """Return the result of an event file; raise Malformed or RulebookRefused."""
    world = World(rules, divisions)
    last = ""
    for number, event in read(lines):
        outcome = world.step(number, event)
        last = event["type"] if outcome == ACCEPTED else ""
    if last != "clock":
        world.settle(None)
    return world.result()


def run_table(
    lines: Iterable[str | bytes], rules: Rules, divisions: Path | None = None
) -> dict[str, Any]:
    """Return the result of an orders table; raise Malformed or RulebookRefused."""
    world = World(rules, divisions)
    for number, row, event in read_table(lines):
        world.introduce(row["store_id"])
        world.step(number, event, row)
    world.settle(None)
    return world.result()


class World:
    """Everything that a file of events has made so far."""

    def __init__(self, rules: Rules, divisions: Path | None = None) -> None:
        """Begin with nobody and the genesis holding."""
        self.rules = complete(rules)
        self.pool = Pool(self.rules)
        self.people = People(_divisions(divisions))
        self.clock = ALWAYS
        self.accepted: dict[str, Event] = {}
        self.orders: dict[str, Order] = {}
        self.pending: list[Order] = []  # by (due, sequence of payment): one window for all
        self.refused: list[dict[str, Any]] = []
        self.repeated = 0
        self.platform = self.unspent = 0
        self.own_returned: list[tuple[int, int]] = []  # asked for and returned, a refund each
        self.refunded_out = 0  # what the payment channel gave back for settled orders
        self.cash: dict[str, int] = defaultdict(int)
        self.stores: dict[str, int] = defaultdict(int)
        self.vouchers: dict[str, int] = defaultdict(int)
        self.rewards: dict[str, int] = defaultdict(int)

    def introduce(self, store: str) -> None:
        """Make the store of a table's row exist, unless the id is in use."""
        event: Event = {"type": "store", "id": store, "owner": None, "recruiter": None}
        event |= {"district": None, "commission_rate": TABLE_RATE}
        if store not in self.accepted and not self.people.add_store(event, self.rules):
            self.accepted[store] = event

    def step(self, number: int, event: Event, whole_line: Event | None = None) -> str:
        """Handle one line; return accepted, repeated or why it is refused."""
        line = whole_line or event
        before = self.accepted.get(event["id"])
        if before == line:
            self.repeated += 1
            return REPEATED
        reason = "duplicate" if before is not None else self._advance(event)
        reason = reason or getattr(self, "_" + event["type"])(event)
        if reason:
            self.refused.append({"line": number, "reason": reason})
            return str(reason)
        self.accepted[event["id"]] = line
        self.settle(self.clock)
        self._run_exits()
        return ACCEPTED

    def _advance(self, event: Event) -> str | None:
        if "at" not in event:
            return None
        at = moment(event["at"])
        if at < self.clock:
            return "clock"
        self.clock = at
        self.settle(at)
        return None

    def settle(self, until: int | None) -> None:
        """Settle every pending order that is due by then (all of them: None)."""
        while self.pending and (until is None or self.pending[0].due <= until):
            order = self.pending.pop(0)
            if order.left:
                self._settle(order)
                self._run_exits()

    def _settle(self, order: Order) -> None:
        order.is_settled = True
        spend = order.left
        platform, distribution, inflow, merchant = self._split(order, spend)
        self.stores[order.store] += merchant
        self.platform += platform
        for kind, person, rate in order.rewards:
            reward = _share(spend, rate)
            self.cash[person] += reward
            self.rewards[kind] += reward
            distribution -= reward
        assert distribution >= 0, "rewards above the budget"
        self.unspent += distribution
        self.vouchers[order.member] += self._vouchers(order, spend)
        minted = self.pool.mint(inflow)
        unlocked_at = order.due + int(self.rules["mint_lock"]) * SECOND
        self.pool.lots[order.id] = Lot(
            order.id, order.member, unlocked_at, spend, spend, minted, minted
        )

    def _split(self, order: Order, amount: int) -> tuple[int, int, int, int]:
        """Return what platform, distribution, pool and merchant get of the amount."""
        platform = _share(amount, int(self.rules["platform_rate"]))
        distribution = _share(amount, int(self.rules["distribution_rate"]))
        commission = _share(amount, order.commission_rate)
        inflow = commission - platform - distribution
        assert inflow >= 0, "a commission below platform and distribution"
        return platform, distribution, inflow, amount - commission

    def _vouchers(self, order: Order, spend: int) -> int:
        counted = min(order.commission_rate, VOUCHERS_WHOLE_FROM)
        multiple = int(self.rules["voucher_multiple"])
        return multiple * spend * counted // (WHOLE * VOUCHERS_WHOLE_FROM)

    def _run_exits(self) -> None:
        while closed := self.pool.exit_next():
            self.cash[closed[0]] += closed[1]

    def _member(self, event: Event) -> str | None:
        return self.people.add_member(event)

    def _store(self, event: Event) -> str | None:
        return self.people.add_store(event, self.rules)

    def _rate_changed(self, event: Event) -> str | None:
        return self.people.change_rate(event, self.clock, self.rules)

    def _owner_changed(self, event: Event) -> str | None:
        return self.people.change_owner(event)

    def _grand_region(self, event: Event) -> str | None:
        return self.people.add_grand_region(event)

    def _agent(self, event: Event) -> str | None:
        return self.people.add_agent(event, self.clock)

    def _agent_ended(self, event: Event) -> str | None:
        return self.people.end_agent(event, self.clock)

    def _clock(self, event: Event) -> None:
        """Do nothing: the clock has moved before the event."""

    def _paid(self, event: Event) -> str | None:
        if not 1 <= event["amount_fen"] <= AMOUNT_MAX:
            return "amount"
        member, store = event["member"], event["store"]
        if store not in self.people.stores:
            return "unknown store"
        self.people.meet(member)
        order = Order(
            event["id"],
            member,
            store,
            left=event["amount_fen"] * FEN,
            due=self.clock + int(self.rules["window"]) * SECOND,
            commission_rate=self.people.rate(store, self.clock),
            rewards=self.people.rewards(member, store, self.clock, self.rules),
        )
        self.orders[order.id] = order
        self.pending.append(order)
        return None

    def _refunded(self, event: Event) -> str | None:
        if not 1 <= event["amount_fen"] <= AMOUNT_MAX:
            return "amount"
        order = self.orders.get(event["order"])
        amount = event["amount_fen"] * FEN
        if order is None or amount > order.left:
            return "refund"
        if order.is_settled:
            self._take_back(order, amount, event.get("own_rate", 0))
        order.left -= amount
        return None

    def _take_back(self, order: Order, amount: int, own_rate: int) -> None:
        platform, distribution, inflow, _ = self._split(order, amount)
        unspent = distribution - sum(_share(amount, rate) for _, _, rate in order.rewards)
        kept, pays = self.pool.refund(self.pool.lots[order.id], amount, inflow)
        # What he was rewarded himself comes out of what is left for him, for the store (ADR 0024).
        left_for_him, own = amount - kept, _share(amount, own_rate)
        returned = min(left_for_him, own)
        self.own_returned.append((own, returned))
        gets = left_for_him - returned
        self.cash[order.member] += gets % FEN
        self.refunded_out += gets // FEN * FEN
        self.platform -= platform
        self.unspent -= unspent
        self.stores[order.store] -= amount - pays - platform - unspent - returned
        self.vouchers[order.member] -= self._vouchers(order, order.left)
        self.vouchers[order.member] += self._vouchers(order, order.left - amount)

    def unlocked(self, member: str) -> int:
        """Return how many points the member may sell now."""
        lots = self.pool.open_lots(member)
        return sum(lot.left for lot in lots if lot.unlocked_at <= self.clock)

    def _sold(self, event: Event) -> str | None:
        member, points = event["member"], whole(event["points"])
        if not 0 < points <= self.unlocked(member):
            return "points"
        self.cash[member] += self.pool.sell(member, points)
        return None

    def _injected(self, event: Event) -> str | None:
        if not 1 <= event["amount_fen"] <= AMOUNT_MAX:
            return "amount"
        self.pool.inject(event["amount_fen"] * FEN)
        return None

    def _withdrawn(self, event: Event) -> str | None:
        if not 1 <= event["amount_fen"] <= AMOUNT_MAX:
            return "amount"
        amount = event["amount_fen"] * FEN
        if amount > self.cash.get(event["member"], 0):
            return "balance"
        self.cash[event["member"]] -= amount
        return None

    def _store_received(self, event: Event) -> str | None:
        return self._move_at_store(event, -1)

    def _store_paid_in(self, event: Event) -> str | None:
        return self._move_at_store(event, 1)

    def _move_at_store(self, event: Event, sign: int) -> str | None:
        if not 1 <= event["amount_fen"] <= AMOUNT_MAX:
            return "amount"
        if event["store"] not in self.people.stores:
            return "unknown store"
        self.stores[event["store"]] += sign * event["amount_fen"] * FEN
        return None

    def result(self) -> dict[str, Any]:
        """Return the state in the form of events.md."""
        lots = self.pool.lots
        points: dict[str, int] = defaultdict(int)
        for lot in lots.values():
            points[lot.member] += lot.left
        pool = {"money": str(self.pool.money), "circulating": str(self.pool.circulating)}
        return {
            "pool": pool,
            "platform": str(self.platform),
            "unspent": str(self.unspent),
            "cash": _not_zero(self.cash),
            "stores": _not_zero(self.stores),
            "vouchers": _not_zero(self.vouchers),
            "points": _not_zero(points),
            "rewards": _not_zero(self.rewards),
            "lots": {order: lots[order].numbers() for order in sorted(lots)},
            "exits": self.pool.exits,
            "refused": self.refused,
            "repeated": self.repeated,
            "facts": self._facts(),
        }

    def _facts(self) -> dict[str, Any]:
        lots = self.pool.lots.values()
        paid = sum(lot.net for lot in lots)
        spend = sum(lot.spend for lot in lots)
        return {
            "orders": len(lots),
            "lots_open": sum(1 for lot in lots if lot.left),
            "lots_exited": len(self.pool.exits),
            "paid_to_members": str(paid),
            "spend": str(spend),
            "share_returned_bp": WHOLE * paid // spend if spend else 0,
            "pending": sum(1 for order in self.pending if order.left),
        }


def _share(amount: int, rate: int) -> int:
    """Return the exact per-myriads of an amount of whole fen."""
    share, rest = divmod(amount * rate, WHOLE)
    assert rest == 0, "a share of whole fen is exact"
    return share


def _not_zero(amounts: dict[str, int]) -> dict[str, str]:
    return {name: str(amounts[name]) for name in sorted(amounts) if amounts[name]}
