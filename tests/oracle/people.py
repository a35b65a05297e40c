"""Who is paid for an order: referrers, recruiters and the agents of the store's region.

Units: rates per myriad; moments in microseconds; a period is [start, end).
Source: rewards.md R2 to R5, events.md "An agent is paid for orders".
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from tests.oracle.lines import SECOND, Event, moment
from tests.oracle.rulebook import LEVELS, Rules

DAY = 86_400 * SECOND
SHANGHAI = 8 * 3_600 * SECOND
ALWAYS = -(10**30)

Reward = tuple[str, str, int]


class Divisions:
    """The administrative divisions: level and parent of each code."""

    def __init__(self, path: Path) -> None:
        """Read code, level (1 province, 2 city, 3 district) and parent of every division."""
        with path.open(encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        self.parent = {row["code"]: row["parent_code"] for row in rows}
        names = {"1": "province", "2": "city", "3": "district"}
        self.level = {row["code"]: names[row["level"]] for row in rows}
        self.parents = set(self.parent.values())

    def may_hold_a_store(self, code: str) -> bool:
        """Tell whether it is a district, or a city that has none."""
        level = self.level.get(code)
        return level == "district" or (level == "city" and code not in self.parents)

    def path(self, code: str) -> dict[str, str]:
        """Return the code of each level from this division upward."""
        found: dict[str, str] = {}
        while code:
            found[self.level[code]] = code
            code = self.parent[code]
        return found


@dataclass
class Period:
    """One agent's time in one region."""

    member: str
    start: int
    end: int | None = None

    def is_empty(self) -> bool:
        """Tell whether it ended before it began."""
        return self.end is not None and self.end <= self.start

    def covers(self, at: int) -> bool:
        """Tell whether the moment lies in it."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass
class People:
    """Members, stores, grand regions and agents, as the lines introduced them."""

    divisions: Divisions
    members: dict[str, Event] = field(default_factory=dict)
    stores: dict[str, Event] = field(default_factory=dict)
    grand_regions: dict[str, list[str]] = field(default_factory=dict)
    agents: dict[tuple[str, str], list[Period]] = field(default_factory=dict)
    rates: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def add_member(self, event: Event) -> str | None:
        """Introduce a member; return why not."""
        if event["id"] in self.members:
            return "exists"
        above = event["referrer"]
        while above is not None:
            if above == event["id"]:
                return "cycle"
            above = self.members.get(above, {}).get("referrer")
        self.members[event["id"]] = event
        return None

    def meet(self, member: str) -> None:
        """Make a member whom an order names exist, bound to nobody."""
        self.members.setdefault(member, {"referrer": None, "via_store": None})

    def add_store(self, event: Event, rules: Rules) -> str | None:
        """Introduce a store; return why not."""
        least = int(rules["platform_rate"]) + int(rules["distribution_rate"])
        if not least <= event["commission_rate"] <= 10_000:
            return "commission rate"
        code = event["district"]
        if code is not None and not self.divisions.may_hold_a_store(code):
            return "division"
        if event["recruiter"] is not None and event["recruiter"] == event["owner"]:
            return "recruiter"
        self.stores[event["id"]] = event
        return None

    def change_rate(self, event: Event, clock: int, rules: Rules) -> str | None:
        """Promise a store another commission from a day on; return why not."""
        if event["store"] not in self.stores:
            return "unknown store"
        least = int(rules["platform_rate"]) + int(rules["distribution_rate"])
        if not least <= event["commission_rate"] <= 10_000:
            return "commission rate"
        since = moment(f"{event['since']}T00:00:00+08:00")
        known = self.rates.setdefault(event["store"], [])
        if since <= clock or any(begins >= since for begins, _ in known if begins > clock):
            return "since"
        known.append((since, event["commission_rate"]))
        return None

    def rate(self, store: str, at: int) -> int:
        """Return the commission that a store gives at a moment."""
        begun = [rate for since, rate in self.rates.get(store, []) if since <= at]
        return begun[-1] if begun else int(self.stores[store]["commission_rate"])

    def change_owner(self, event: Event) -> str | None:
        """Give a store another owner; return why not."""
        if event["store"] not in self.stores:
            return "unknown store"
        if event["owner"] == self.stores[event["store"]]["recruiter"]:
            return "recruiter"
        self.owners[event["store"]] = event["owner"]
        return None

    def add_grand_region(self, event: Event) -> str | None:
        """Introduce a set of provinces; return why not."""
        taken = {code for codes in self.grand_regions.values() for code in codes}
        for code in event["provinces"]:
            if self.divisions.level.get(code) != "province" or code in taken:
                return "region"
        self.grand_regions[event["id"]] = event["provinces"]
        return None

    def add_agent(self, event: Event, clock: int) -> str | None:
        """Begin an agent's period; return why not."""
        if not self._is_region(event["level"], event["region"]):
            return "region"
        start = _takes_effect(event, clock)
        periods = self.agents.setdefault((event["level"], event["region"]), [])
        for period in periods:
            if not period.is_empty() and (period.end is None or period.end > start):
                return "region taken"
        periods.append(Period(event["member"], start))
        return None

    def end_agent(self, event: Event, clock: int) -> str | None:
        """End the period that has no end; return why not."""
        if not self._is_region(event["level"], event["region"]):
            return "region"
        for period in self.agents.get((event["level"], event["region"]), []):
            if period.end is None:
                period.end = _takes_effect(event, clock)
                return None
        return "no agent"

    def rewards(self, member: str, store: str, at: int, rules: Rules) -> list[Reward]:
        """Return (kind, person, rate) of everybody an order paid at that moment rewards."""
        found: list[Reward] = []
        bound = self.members[member]
        direct = bound["referrer"]
        if direct is not None:
            found.append(("direct", direct, int(rules["direct"])))
            brought = self.stores.get(bound["via_store"], {}).get("recruiter")
            indirect = brought or self.members.get(direct, {}).get("referrer")
            if indirect is not None:
                found.append(("indirect", indirect, int(rules["indirect"])))
        recruiter = self.stores[store]["recruiter"]
        if recruiter is not None:
            found.append(("recruiter", recruiter, int(rules["recruiter"])))
        return found + self._agent_rewards(store, at, rules)

    def _agent_rewards(self, store: str, at: int, rules: Rules) -> list[Reward]:
        found: list[Reward] = []
        highest = 0
        for level in LEVELS:
            agent = self._agent(level, store, at)
            if agent is None:
                continue
            rate = int(rules[level])
            below = highest if rules["agent_mode"] == "differential" else 0
            found.append((level, agent, max(0, rate - below)))
            highest = max(highest, rate)
        return found

    def _agent(self, level: str, store: str, at: int) -> str | None:
        code = self.stores[store]["district"]
        path = {} if code is None else self.divisions.path(code)
        for name, provinces in self.grand_regions.items():
            if path.get("province") in provinces:
                path["grand_region"] = name
        for period in self.agents.get((level, path.get(level, "")), []):
            if period.covers(at):
                return period.member
        return None

    def _is_region(self, level: str, region: str) -> bool:
        if level == "grand_region":
            return region in self.grand_regions
        return self.divisions.level.get(region) == level


def _takes_effect(event: Event, clock: int) -> int:
    if "at" not in event:
        return clock
    day = (moment(event["at"]) + SHANGHAI) // DAY
    return (day + 1) * DAY - SHANGHAI
