"""The tight loop: the fastest plain Python that folds the common workload, to compare with.

One function, no clause of its own, columns instead of objects, no movements, no check of a line:
it knows only what the workload holds (stores, members, agents, orders; nobody sells or refunds)
and the rules of preset `seed-1`. What it keeps is what a result needs: pool, balances, and six
numbers for each lot.

Units: micro-yuan, atoms, rates per myriad.
Source: design/speed.md (tight loop over event lines); economy.md E6-E14; rewards.md R3-R5.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from heapq import heappop, heappush
from typing import Any, NamedTuple

from gongxiang.rulebook.divisions import divisions

LEVELS = ("district", "city", "province")
SHIFT = 128


class Totals(NamedTuple):
    """What the loop ends with, to be compared with the replay's result."""

    money: int
    circulating: int
    platform: int
    unspent: int
    cash: int
    stores: int
    vouchers: int
    orders: int
    exits: int


def fold(lines: Iterable[bytes], decode: Callable[[bytes], Any]) -> Totals:  # noqa: C901, PLR0912, PLR0915 - one loop, so that nothing is faster
    """Fold event lines with a decoder from bytes to a dict."""
    places = divisions()
    money, circulating, platform, unspent, orders, exited = 100_000, 10**11, 0, 0, 0, 0
    cash: defaultdict[str, int] = defaultdict(int)
    owed: defaultdict[str, int] = defaultdict(int)
    vouchers: defaultdict[str, int] = defaultdict(int)
    stores: dict[str, tuple[int, list[tuple[str, int]]]] = {}
    brought: dict[str, str | None] = {}
    via: dict[str, str | None] = {}
    recruiters: dict[str, str] = {}
    regions: dict[str, tuple[str | None, ...]] = {}
    agents: dict[str, str] = {}
    seen: set[str] = set()
    clock = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    members: list[str] = []
    spends: list[int] = []
    minted: list[int] = []
    left: list[int] = []
    gross: list[int] = []
    net: list[int] = []
    heap: list[int] = []

    for raw in lines:
        line = decode(raw)
        kind = line["type"]
        if line["id"] in seen:
            continue
        seen.add(line["id"])
        if kind == "paid":
            at = datetime.fromisoformat(line["at"])
            if at < clock:
                continue
            clock = at
            member, store, spend = line["member"], line["store"], line["amount_fen"] * 10_000
            rate, earning = stores[store]
            inflow = spend * rate // 10_000 - spend * 400 // 10_000
            points = inflow * 7_000 // 10_000 * circulating // money
            money += inflow
            circulating += points
            rates = 0
            direct = brought[member]
            if direct is not None:
                cash[direct] += spend * 30 // 10_000
                rates = 30
                scanned = via[member]
                indirect = brought[direct] if scanned is None else recruiters[scanned]
                if indirect is not None:
                    cash[indirect] += spend * 20 // 10_000
                    rates = 50
            for person, share in earning:
                cash[person] += spend * share // 10_000
                rates += share
            platform += spend * 200 // 10_000
            unspent += spend * (200 - rates) // 10_000
            owed[store] += spend - spend * rate // 10_000
            vouchers[member] += 20_000 * spend * min(rate, 2_000) // 20_000_000
            heappush(heap, ((spend * 12_000 // 10_000 << SHIFT) // points << 32) + orders)
            orders += 1
            members.append(member)
            spends.append(spend)
            minted.append(points)
            left.append(points)
            gross.append(0)
            net.append(0)
            while True:
                lot = heap[0] & 0xFFFFFFFF
                cap = spends[lot] * 12_000 // 10_000
                if left[lot] * money < cap * circulating:
                    break
                heappop(heap)
                net[lot] = cap * 8_000 // 10_000
                gross[lot] = cap
                money -= net[lot]
                circulating -= left[lot]
                cash[members[lot]] += net[lot]
                left[lot] = 0
                exited += 1
        elif kind == "member":
            brought[line["id"]], via[line["id"]] = line["referrer"], line["via_store"]
        elif kind == "store":
            place = places.place(line["district"])
            regions[line["id"]] = (place.district, place.city, place.province)
            recruiters[line["id"]] = line["recruiter"]
            stores[line["id"]] = (line["commission_rate"], [(line["recruiter"], 50)])
        elif kind == "agent":
            agents[line["region"]] = line["member"]
            for name, path in regions.items():
                if line["region"] in path:
                    stores[name][1].append((line["member"], 10))

    return Totals(
        money,
        circulating,
        platform,
        unspent,
        sum(cash.values()),
        sum(owed.values()),
        sum(vouchers.values()),
        orders,
        exited,
    )
