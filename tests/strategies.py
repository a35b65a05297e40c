"""Random event files and rule sets, rich enough to reach every clause.

`scenario(seed, lines)` and `rules(seed)` are for loops over seeds; `scenarios()` is the same
writer led by hypothesis, which then shrinks what it finds. The writer watches the oracle while
it writes, so that it can sell exactly what is held or refund at the very end of a window.

Units: fen on the lines; inside micro-yuan, atoms, microseconds.
Source: events.md "Lines".
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.oracle import World, moment
from tests.oracle.oracle import AMOUNT_MAX, FEN
from tests.oracle.pool import Lot
from tests.places import NO_REGIONS, NO_STORE_DIVISIONS, PROVINCES, REGIONS, STORE_DIVISIONS
from tests.rule_sets import random_rules, rule_sets, rules

__all__ = ["Writer", "random_rules", "rule_sets", "rules", "scenario", "scenarios"]

Event = dict[str, Any]
T = TypeVar("T")

SECOND = 1_000_000
DAY = 86_400 * SECOND
EIGHT = 8 * 3_600 * SECOND
BEGIN = moment("2026-02-28T23:59:58+08:00")
_1970 = datetime(1970, 1, 1, tzinfo=UTC)

# What is written, and how often among others.
ACTS = (
    *(("paid", 36), ("refunded", 15), ("sold", 16), ("injected", 5), ("withdrawn", 5)),
    *(("member", 6), ("store", 3), ("grand_region", 1), ("agent", 4), ("agent_ended", 2)),
    *(("clock", 2), ("again", 3), ("otherwise", 2), ("store_received", 3), ("store_paid_in", 1)),
    *(("rate_changed", 3), ("owner_changed", 1)),
)
OPENING = (
    *(("member", 40), ("store", 28), ("agent", 26)),
    *(("grand_region", 5), ("agent_ended", 1)),
)


def scenario(
    seed: int,
    lines: int,
    terms: dict[str, int | str] | None = None,
    divisions: Path | None = None,
) -> list[str]:
    """Return a random event file, at its richest when it is run by rules(seed)."""
    chance = Random(f"scenario {seed}")  # noqa: S311 - chance, not a secret
    return Writer(chance, terms or rules(seed), divisions).write(lines)


@st.composite
def scenarios(draw: st.DrawFn, lines_max: int = 60) -> tuple[dict[str, int | str], list[str]]:
    """Draw a set of rules and an event file for it."""
    terms = draw(rule_sets())
    lines = draw(st.integers(min_value=1, max_value=lines_max))
    chance = draw(st.randoms(use_true_random=False))
    return terms, Writer(chance, terms, None).write(lines)


class Writer:
    """Writes an event file line by line, watching what the oracle makes of it."""

    def __init__(self, chance: Random, terms: dict[str, int | str], divisions: Path | None) -> None:
        self.chance = chance
        self.world = World(terms, divisions)
        self.terms = {name: value for name, value in terms.items() if isinstance(value, int)}
        self.least = self.terms["platform_rate"] + self.terms["distribution_rate"]
        self.scale = chance.choice(("tiny", "even", "even", "mixed", "mixed", "wild"))
        self.events: list[Event] = []
        self.free: list[str] = []
        self.made: dict[str, int] = {}

    def write(self, lines: int) -> list[str]:
        """Write so many lines and return them."""
        opening = min(30, lines // 4)
        texts = []
        for number in range(1, lines + 1):
            event = self._next(OPENING if number <= opening else ACTS)
            if number == lines:
                event = self._pick(event, event, self._clock(), self._last_clock())
            texts.append(self._text(event))
            outcome = self.world.step(number, event)
            if outcome == "accepted":
                self.events.append(event)
            elif event["id"] not in self.world.accepted:
                self.free.append(event["id"])
        return texts

    def _next(self, acts: tuple[tuple[str, int], ...]) -> Event:
        names = [name for name, share in acts for _ in range(share)]
        make: Callable[[], Event] = getattr(self, "_" + self.chance.choice(names))
        event = self._succession() if acts is ACTS and self._one_in(3) else None
        event = event or make()
        if acts is OPENING and "at" in event and not self._one_in(8):
            del event["at"]
        return event

    def _one_in(self, number: int) -> bool:
        return self.chance.randrange(number) == 0

    def _pick(self, *choices: T) -> T:
        return self.chance.choice(choices)

    def _of(self, known: list[str], other: str) -> str:
        """Return one of the known ids, now and then another, which may be unknown."""
        return self.chance.choice(known) if known and not self._one_in(25) else other

    def _text(self, event: Event) -> str:
        names = list(event)
        if self._one_in(10):
            self.chance.shuffle(names)
        spaced = (",", ":") if self._one_in(10) else (", ", ": ")
        plain = {name: event[name] for name in names}
        return json.dumps(plain, ensure_ascii=self._one_in(2), separators=spaced)

    # Ids.

    def _id(self, letter: str) -> str:
        if self.free and self._one_in(10):
            return self.chance.choice(self.free)
        if self.events and self._one_in(80):
            return str(self.chance.choice(self.events)["id"])
        number = self.made[letter] = self.made.get(letter, 0) + 1
        name = f"{letter}{number}"
        return self._pick(name + "·会员", f"{name} 'a", f"é{name}") if self._one_in(15) else name

    def _ghost(self, letter: str) -> str:
        """Return one of a few ids that may be named long before they are introduced."""
        return f"{letter}-{self._pick('ghost', 'walk-in', '路人')}-{self.chance.randrange(4)}"

    def _member_id(self) -> str:
        return self._of(list(self.world.people.members), self._ghost("m"))

    def _lots(self) -> list[Lot]:
        return list(self.world.pool.lots.values())

    def _store_id(self) -> str:
        return self._of(list(self.world.people.stores), self._ghost("s"))

    def _or_null(self, name: str) -> str | None:
        return None if self._one_in(3) else name

    # Time.

    def _at(self) -> str:
        return self._written(self._when(max(self.world.clock, BEGIN)))

    def _when(self, now: int) -> int:
        steps: tuple[tuple[int, Callable[[], int]], ...] = (
            (30, lambda: now),
            (6, lambda: now + 1),
            (22, lambda: now + self.chance.randrange(1, 90) * SECOND),
            (10, lambda: now + self.chance.randrange(3_600) * SECOND),
            (6, lambda: now + self.chance.randrange(2 * DAY)),
            (10, lambda: self._near(now, [order.due for order in self.world.pending[-5:]])),
            (7, lambda: self._near(now, self._turns(now))),
            (5, lambda: self._near(now, [lot.unlocked_at for lot in self._lots()[-9:]])),
            (2, lambda: now - self._pick(1, SECOND, DAY)),
            (2, lambda: now + self.chance.randrange(30) * DAY),
        )
        return self.chance.choice([step for share, step in steps for _ in range(share)])()

    def _turns(self, now: int) -> list[int]:
        """Return the next midnights (+08:00), and when agents begin and end."""
        periods = [each for turn in self.world.people.agents.values() for each in turn]
        turns = [each.start for each in periods] + [each.end for each in periods if each.end]
        midnights = [(now // DAY + days) * DAY - EIGHT for days in (1, 2)]
        return midnights + [turn for turn in turns if turn >= now]

    def _near(self, now: int, moments: list[int]) -> int:
        """Return one of the moments that are to come, or a microsecond beside it."""
        near = self._pick(-1, 0, 0, 0, 1)
        later = [at for at in moments if at + near >= now]
        return self.chance.choice(later) + near if later else now

    def _written(self, at: int) -> str:
        zone = timezone(timedelta(minutes=self._pick(480, 480, 480, 0, -330, 845)))
        there = (_1970 + timedelta(microseconds=at)).astimezone(zone)
        exact = "microseconds" if at % SECOND or self._one_in(20) else "seconds"
        text = there.isoformat(timespec=exact)
        return text.replace("+00:00", "Z") if self._one_in(2) else text

    # Amounts, in fen.

    def _amount(self) -> int:
        dice = self.chance.randrange(100)
        if dice < 4:
            return self._pick(0, -5, AMOUNT_MAX + 1, 10**30)
        if self.scale == "tiny":
            return self.chance.randrange(1, 300)
        if self.scale == "even" and dice < 80:
            return 100_000
        if self.scale == "wild" and dice < 30:
            return self._pick(AMOUNT_MAX, 1, self.chance.randrange(1, AMOUNT_MAX))
        digits: int = 10 ** self.chance.randrange(8)
        return digits * self.chance.randrange(1, 10) + self._pick(0, 0, 1, 7)

    def _part(self, most: int) -> int:
        """Return an amount in relation to the most that is possible."""
        most = max(most, 0)
        some = self.chance.randrange(1, most + 1) if most else 1
        return self._pick(some, some, some, min(1, most) or 1, most, most, most + 1, 0)

    # Events, named by their types.

    def _member(self) -> Event:
        name = self._ghost("m") if self._one_in(4) else self._id("m")
        referrer = self._ghost("m") if self._one_in(4) else self._member_id()
        if self._one_in(20):
            referrer = name
        event = {"type": "member", "id": name, "referrer": self._or_null(referrer)}
        event["via_store"] = self._or_null(self._store_id())
        return event | self._pick({}, {"at": self._at()})

    def _store(self) -> Event:
        name = self._ghost("s") if self._one_in(5) else self._id("s")
        owner, recruiter = self._or_null(self._member_id()), self._or_null(self._member_id())
        if self._one_in(12):
            recruiter = owner
        code: str | None = self.chance.choice(STORE_DIVISIONS)
        if self._one_in(6):
            code = self._pick(None, *NO_STORE_DIVISIONS)
        rate = self.chance.randrange(self.least, 3_001)
        rate = self._pick(2_000, 2_000, rate, rate, self.least, 10_000, 1_999, 2_001)
        if self._one_in(9):
            rate = self._pick(self.least - 1, 10_001, -1, 0, 10**25)
        event: Event = {"type": "store", "id": name, "owner": owner, "recruiter": recruiter}
        event |= {"district": code, "commission_rate": rate}
        return event | self._pick({}, {"at": self._at()})

    def _grand_region(self) -> Event:
        codes = self.chance.sample(PROVINCES, self.chance.randrange(1, 5))
        if self._one_in(6):
            codes.append(self._pick("440100", "999999"))
        event = {"type": "grand_region", "id": self._id("g"), "provinces": codes}
        return event | self._pick({}, {"at": self._at()})

    def _region(self) -> tuple[str, str]:
        grand = list(self.world.people.grand_regions)
        stores = self.world.people.stores.values()
        codes = [store["district"] for store in stores if store["district"]]
        if grand and self._one_in(3):
            return "grand_region", self.chance.choice(grand)
        if self._one_in(12):
            return self.chance.choice(NO_REGIONS)
        if codes and not self._one_in(4):
            divisions = self.world.people.divisions
            return self.chance.choice(list(divisions.path(self.chance.choice(codes)).items()))
        return self.chance.choice(REGIONS)

    def _succession(self) -> Event | None:
        """Return what follows an agent's line on its heels: his end, or the next one."""
        last = self.events[-1] if self.events else {}
        if last.get("type") not in ("agent", "agent_ended"):
            return None
        event = self._agent_ended() if last["type"] == "agent" else self._agent()
        if "at" in event and self.world.clock >= BEGIN:
            event["at"] = self._written(self.world.clock + self.chance.randrange(9))
        return event | {"level": last["level"], "region": last["region"]}

    def _agent(self) -> Event:
        level, region = self._region()
        agents = self.world.people.agents
        ended = [key for key, periods in agents.items() if periods and periods[-1].end]
        if ended and self._one_in(3):
            level, region = self.chance.choice(ended)
        event = {"type": "agent", "id": self._id("a"), "member": self._member_id()}
        event |= {"level": level, "region": region}
        return event | self._pick({}, {"at": self._at()})

    def _agent_ended(self) -> Event:
        open_ended = [
            key
            for key, periods in self.world.people.agents.items()
            if any(period.end is None for period in periods)
        ]
        level, region = self._region()
        if open_ended and not self._one_in(5):
            level, region = self.chance.choice(open_ended)
        event = {"type": "agent_ended", "id": self._id("e"), "level": level, "region": region}
        return event | self._pick({}, {"at": self._at()})

    def _rate_changed(self) -> Event:
        rate = self._pick(self.least, 1_500, 2_000, 2_500, self.chance.randrange(self.least, 9_999))
        if self._one_in(9):
            rate = self._pick(self.least - 1, 10_001, 0)
        now = max(self.world.clock, BEGIN)
        days = self._pick(-1, 0, 1, 1, 1, 2, 2, 3, 9)
        since = (_1970 + timedelta(microseconds=now + EIGHT + days * DAY)).date()
        event: Event = {"type": "rate_changed", "id": self._id("h"), "store": self._store_id()}
        return event | {"commission_rate": rate, "since": since.isoformat(), "at": self._at()}

    def _owner_changed(self) -> Event:
        event: Event = {"type": "owner_changed", "id": self._id("n"), "store": self._store_id()}
        recruiters = [store["recruiter"] for store in self.world.people.stores.values()]
        owner = self._pick(self._member_id(), *filter(None, recruiters[:3]))
        return event | {"owner": owner, "at": self._at()}

    def _paid(self) -> Event:
        member = self._ghost("m") if self._one_in(6) else self._member_id()
        name = member if self._one_in(150) else self._id("o")
        event = {"type": "paid", "id": name, "member": member, "store": self._store_id()}
        return event | {"amount_fen": self._amount(), "at": self._at()}

    def _refunded(self) -> Event:
        orders = list(self.world.orders.values())
        if self._one_in(3):
            orders = orders[-4:]
        elif self._one_in(3):
            orders = [self.world.orders[lot.order] for lot in self._lots() if lot.sold]
        elif self._one_in(2):
            orders = [order for order in orders if order.left]
        event: Event = {"type": "refunded", "id": self._id("r"), "order": self._ghost("o")}
        event |= {"amount_fen": self._amount(), "at": self._at()}
        if orders and not self._one_in(25):
            order = self.chance.choice(orders)
            event |= {"order": order.id, "amount_fen": self._part(order.left // FEN)}
            if not order.is_settled and self._one_in(2):
                event["at"] = self._written(self._near(max(self.world.clock, BEGIN), [order.due]))
            event |= self._own([rate for _, _, rate in order.rewards])
        return event

    def _own(self, rates: list[int]) -> Event:
        """Return what of an order's rewards its own person got: one, all, none, or anything."""
        own = (0, 10_000, self.chance.randrange(10_001), sum(rates), sum(rates), *rates)
        return self._pick({}, {"own_rate": self._pick(*own)})

    def _sold(self) -> Event:
        member = self._member_id()
        open_lots = [lot for lot in self._lots() if lot.left]
        now = self.world.clock if self._one_in(2) else self.world.clock + 30 * DAY
        open_lots = [lot for lot in open_lots if lot.unlocked_at <= now] or open_lots
        if not open_lots and not self._one_in(4):
            return self._paid()
        if open_lots and not self._one_in(8):
            member = self.chance.choice(open_lots).member
        held = sum(lot.left for lot in self.world.pool.open_lots(member))
        unlocked = self.world.unlocked(member)
        points = str(self._part(self._pick(unlocked, unlocked, unlocked, held)))
        if self._one_in(20):
            points = self._pick("0" + points, "00", "9" * 40)
        event = {"type": "sold", "id": self._id("x"), "member": member}
        return event | {"points": points, "at": self._at()}

    def _injected(self) -> Event:
        amount = self._amount()
        if self._one_in(2):
            amount = self.world.pool.money // FEN * self._pick(1, 1, 3, 20) + 1
        event = {"type": "injected", "id": self._id("i"), "amount_fen": min(amount, AMOUNT_MAX + 1)}
        return event | {"at": self._at()}

    def _withdrawn(self) -> Event:
        rich = [name for name, amount in self.world.cash.items() if amount >= FEN]
        member = self._of(rich, self._member_id())
        event: Event = {"type": "withdrawn", "id": self._id("w"), "member": member}
        event |= {"amount_fen": self._part(self.world.cash.get(member, 0) // FEN)}
        return event | {"at": self._at()}

    def _store_received(self) -> Event:
        return self._at_store("store_received", "e")

    def _store_paid_in(self) -> Event:
        return self._at_store("store_paid_in", "f")

    def _at_store(self, kind: str, letter: str) -> Event:
        stores = self._of(sorted(self.world.people.stores), "nowhere")
        store = "nowhere" if self._one_in(10) else stores
        event: Event = {"type": kind, "id": self._id(letter), "store": store}
        owed = max(0, self.world.stores.get(store, 0))
        amount = self._part(owed // FEN) if kind == "store_received" else self._amount()
        return event | {"amount_fen": amount, "at": self._at()}

    def _clock(self) -> Event:
        return {"type": "clock", "id": self._id("c"), "at": self._at()}

    def _last_clock(self) -> Event:
        """Return the last clock line again, if there was one."""
        clocks = [event for event in self.events if event["type"] == "clock"]
        return dict(clocks[-1]) if clocks else self._clock()

    def _again(self) -> Event:
        """Return an object that was accepted before."""
        return dict(self.chance.choice(self.events)) if self.events else self._clock()

    def _otherwise(self) -> Event:
        """Return another object under an id that was accepted before."""
        event = self._again()
        if "amount_fen" in event:
            return event | {"amount_fen": event["amount_fen"] + 1}
        return event | {"at": self._at()}
