"""A small invented town: what a first look at the platform shows.

Some dozen stores in real districts, their owners, members and agents, and a month of orders with a
few sales, refunds and withdrawals, all from one seed. Names of shops and people are invented. The
lines go through the very import that every event file takes; one that the rules refuse is left
out, as in any file.

Units: fen, atoms, microseconds.
Source: spec/events.md (preset town); design/ui/README.md (names are invented).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from gongxiang.base.clock import DAY, SECOND, format_at, next_shanghai_midnight
from gongxiang.base.money import POINT
from gongxiang.lab.lines import (
    AgentLine,
    Line,
    MemberLine,
    PaidLine,
    RefundedLine,
    SoldLine,
    StoreLine,
    WithdrawnLine,
)
from gongxiang.lab.town_sites import SITES, Site

DAYS: Final = 30
MEMBERS: Final = 180
SEED: Final = 20_261_101
_PER_DAY: Final = (14, 30)
_HOURS: Final = (8, 9, 11, 12, 12, 13, 15, 17, 18, 18, 19, 19, 20, 21)

SHOPS: Final = (
    ("阿芳小馆", "440106", 2_000, (1_800, 16_000)),
    ("青禾眼镜", "440106", 2_500, (28_000, 128_000)),
    ("稻香面包房", "440106", 1_500, (900, 6_800)),
    ("石牌修车铺", "440106", 1_800, (4_000, 42_000)),
    ("一木花店", "440106", 2_000, (2_900, 26_800)),
    ("天河北书房", "440106", 1_200, (1_900, 15_000)),
    ("小满理发", "440106", 2_200, (3_800, 28_800)),
    ("阿婆糖水", "440104", 2_000, (800, 4_600)),
    ("北京路钟表", "440104", 2_000, (8_000, 88_000)),
    ("东山粥店", "440104", 1_800, (1_500, 9_800)),
    ("越秀裁缝", "440104", 2_000, (4_500, 68_000)),
    ("惠福鞋匠", "440104", 1_500, (1_500, 12_000)),
    ("永庆茶铺", "440103", 2_000, (3_000, 48_000)),
    ("西关云吞", "440103", 2_000, (1_400, 5_800)),
    ("恩宁五金", "440103", 1_000, (600, 22_000)),
    ("江南西烘焙", "440105", 1_800, (1_200, 9_600)),
    ("滨江渔家", "440105", 2_200, (6_800, 58_000)),
    ("赤岗洗衣", "440105", 1_600, (2_000, 12_800)),
    ("琶洲打印", "440105", 1_200, (300, 8_000)),
    ("白云山农家菜", "440111", 2_000, (8_800, 46_000)),
    ("同和水果", "440111", 1_000, (1_200, 9_900)),
    ("三元里皮具", "440111", 2_500, (9_900, 76_000)),
    ("市桥牙科", "440113", 2_500, (9_000, 180_000)),
    ("大石家电维修", "440113", 1_800, (5_000, 48_000)),
    ("沙湾姜撞奶", "440113", 2_000, (1_000, 4_200)),
    ("南山咖啡", "440305", 1_800, (1_800, 7_600)),
    ("蛇口潜水", "440305", 2_500, (29_800, 198_000)),
    ("福田健身", "440304", 2_000, (6_000, 36_000)),
    ("莲花琴行", "440304", 2_200, (12_000, 168_000)),
    ("禅城陶坊", "440604", 2_000, (3_800, 66_000)),
    ("祖庙双皮奶", "440604", 2_000, (900, 3_800)),
    ("东莞米粉", "441900", 1_800, (1_000, 4_500)),
    ("莞城自行车", "441900", 1_500, (6_000, 188_000)),
    ("中山灯具", "442000", 2_000, (8_000, 98_000)),
)
"""Name, division, commission rate (per myriad), amounts in fen from and to."""
assert len(SITES) == len(SHOPS), "every shop stands somewhere"

AGENTS: Final = (
    ("district", "440106"),
    ("city", "440100"),
    ("province", "440000"),
)


_ODDS_REFUND: Final = 3
_ODDS_WITHDRAWAL: Final = 6
_ODDS_OTHER: Final = 16
"""In a hundred orders, how many bring a refund, then a withdrawal, then a sale."""


@dataclass(slots=True, eq=False)
class _Town:
    """What the story remembers while it is told."""

    random: Random
    orders: list[tuple[str, str, int, int]] = field(default_factory=list)
    number: int = 0

    def id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}{self.number:06d}"


def town_lines(*, until: int, seed: int = SEED) -> Iterator[Line]:
    """Tell the town's month up to a moment."""
    town = _Town(Random(seed))  # noqa: S311  a story, not a secret
    start = next_shanghai_midnight(until) - (DAYS + 1) * DAY
    yield from _people(town, start)
    for day in range(DAYS + 1):
        yield from _day(town, start + day * DAY, until)


def store_names() -> dict[str, str]:
    """Give the name of each store by its key."""
    return {_store(place): shop[0] for place, shop in enumerate(SHOPS)}


def store_sites() -> dict[str, Site]:
    """Give the site of each store by its key."""
    return {_store(place): site for place, site in enumerate(SITES)}


def _people(town: _Town, start: int) -> Iterator[Line]:
    at = format_at(start)
    for place, (_, division, rate, _) in enumerate(SHOPS):
        recruiter = _member(place % 7 + 100) if place % 3 else None
        yield StoreLine(_store(place), _member(place), recruiter, division, rate, at)
    for number in range(MEMBERS):
        store = town.random.randrange(len(SHOPS))
        via_store, referrer = None, None
        if number >= len(SHOPS):
            via_store, referrer = _store(store), _member(store)
            if number % 4 == 0:
                via_store, referrer = None, _member(town.random.randrange(number))
        yield MemberLine(_member(number), referrer, via_store, at)
    for place, (level, region) in enumerate(AGENTS):
        yield AgentLine(town.id("A"), _member(120 + place), level, region, at)  # type: ignore[arg-type]


def _day(town: _Town, midnight: int, until: int) -> Iterator[Line]:
    """Tell one day: orders, and now and then a refund, a sale, a withdrawal."""
    random = town.random
    moments = sorted(
        midnight + (random.choice(_HOURS) * 3_600 + random.randrange(3_600)) * SECOND
        for _ in range(random.randint(*_PER_DAY))
    )
    for at in moments:
        chance, order, member = (
            random.randrange(100),
            town.id("P"),
            _member(random.randrange(MEMBERS)),
        )
        shop = random.randrange(len(SHOPS))
        low, high = SHOPS[shop][3]
        amount = random.randint(low, (low + high) // 2)
        other = town.id("X")
        earlier = random.choice(town.orders) if town.orders else None
        if at > until:
            continue
        yield PaidLine(order, member, _store(shop), amount, format_at(at))
        if earlier is not None and chance < _ODDS_OTHER:
            yield from _other(earlier, chance, other, at)
        town.orders.append((order, member, amount, at))


def _other(earlier: tuple[str, str, int, int], chance: int, number: str, at: int) -> Iterator[Line]:
    order, member, amount, paid_at = earlier
    moment = format_at(at)
    if chance < _ODDS_REFUND:
        part = amount if at - paid_at < DAY else amount // 2
        yield RefundedLine(number, order, part, moment)
    elif chance < _ODDS_WITHDRAWAL:
        yield WithdrawnLine(number, member, 100, moment)
    else:
        yield SoldLine(number, member, str(2 * POINT), moment)


def _store(place: int) -> str:
    return f"S{place + 1:03d}"


def _member(number: int) -> str:
    return f"M{number + 1:04d}"
