"""One small history in which everything happens that a platform's tables can hold.

People, a guest who joins, two stores, agents of every level and a successor, payments that settle
and payments that wait, refunds before and after, sales, exits by the dozen, an injection, cash
taken out and sent back, a sale and a withdrawal that the platform refuses at their place, sealed
days.

Units: fen, atoms.
Source: spec/events.md (Lines).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from gongxiang.acts.record_history import record_history
from gongxiang.acts.seal_days import seal_days
from gongxiang.base import ids
from gongxiang.base.clock import parse_at
from gongxiang.base.money import FEN, POINT
from gongxiang.cli.settling import settle_all
from gongxiang.economy.events import Sold, Withdrawn
from gongxiang.lab.lines import SoldLine, WithdrawnLine
from gongxiang.lab.replay import Replay
from gongxiang.members.models import Member, PartyKey
from gongxiang.settlement.intake import Intake
from tests.settlement.platforms import Books, record, terms_with

TERMS: Final = terms_with(
    {"window": 3_600, "exit_cap": 1_200, "grand_region": 45, "genesis_money": 500_000_000}
)
ORDERS: Final = 24
SETTLED: Final = 21
"""Up to which order the platform has settled; the rest is recorded and waits to be reached."""

BATCH: Final = 5
_START: Final = datetime(2026, 3, 1, 1, tzinfo=UTC)


def told() -> list[str]:
    """Tell the history as lines of an event file; its last line is a clock, and orders wait."""
    return [json.dumps(line) for line in _lines()]


def open_story(books: Books) -> Replay:
    """Drive the history into the empty platform, refuse what it refuses, seal what has ended."""
    replay = record(told(), terms=TERMS)
    _record_refused(replay)
    settle_all(until=parse_at(_at(60 * 72 + 20 * SETTLED)), batch=BATCH)
    books.connection.execute("SET LOCAL session_replication_role = replica")
    books.connection.execute(
        "UPDATE ledger_batch SET recorded_at = recorded_at - (9 - id / 2) * interval '1 day'"
        " WHERE id < 8"
    )
    books.connection.commit()
    seal_days()
    return replay


def _lines() -> Iterator[Mapping[str, object]]:
    yield {"type": "store", "id": "s1", "owner": "m1", "recruiter": "m5"} | {
        "district": "440106",
        "commission_rate": 2_000,
    }
    yield {"type": "member", "id": "m1", "referrer": None, "via_store": None, "at": _at(0)}
    yield {"type": "member", "id": "m2", "referrer": "m1", "via_store": "s1", "at": _at(1)}
    yield {"type": "member", "id": "m3", "referrer": "m2", "via_store": None, "at": _at(2)}
    yield {"type": "grand_region", "id": "south", "provinces": ["440000", "450000"], "at": _at(3)}
    for number, (level, region) in enumerate(_OFFICES):
        yield {"type": "agent", "id": f"a{number}", "member": f"m{number + 6}"} | {
            "level": level,
            "region": region,
            "at": _at(4),
        }
    yield {"type": "agent_ended", "id": "e0", "level": "district", "region": "440106"} | {
        "at": _at(60 * 30)
    }
    yield {"type": "agent", "id": "a9", "member": "m2", "level": "district", "region": "440106"} | {
        "at": _at(60 * 30 + 1)
    }
    yield {"type": "store", "id": "s2", "owner": None, "recruiter": None, "district": None} | {
        "commission_rate": 1_500,
        "at": _at(60 * 48),
    }
    yield from _days()
    yield {"type": "clock", "id": "c1", "at": _at(60 * 72 + 20 * ORDERS)}


_OFFICES: Final = (
    ("district", "440106"),
    ("city", "440100"),
    ("province", "440000"),
    ("grand_region", "south"),
)


def _days() -> Iterator[dict[str, object]]:
    """Tell of orders, twenty minutes apart, and what happens between them."""
    for number in range(ORDERS):
        minute = 60 * 72 + 20 * number
        member = "guest" if number % 8 == 3 else f"m{1 + number % 3}"
        yield {"type": "paid", "id": f"o{number}", "member": member} | {
            "store": "s1" if number % 4 else "s2",
            "amount_fen": 10_000 + 1_111 * number,
            "at": _at(minute),
        }
        for line in _BETWEEN.get(number, ()):
            yield line | {"at": _at(minute + 7)}


_BETWEEN: Final[dict[int, tuple[dict[str, object], ...]]] = {
    2: ({"type": "refunded", "id": "r0", "order": "o1", "amount_fen": 500},),
    5: ({"type": "refunded", "id": "r1", "order": "o5", "amount_fen": 15_555},),
    8: ({"type": "injected", "id": "i1", "amount_fen": 2_000},),
    10: ({"type": "sold", "id": "x1", "member": "m1", "points": str(3 * POINT)},),
    11: ({"type": "withdrawn", "id": "w1", "member": "m1", "amount_fen": 100},),
    12: ({"type": "claimed", "id": "k1", "member": "guest", "referrer": "m3", "via_store": "s1"},),
    14: ({"type": "withdrawal_returned", "id": "b1", "withdrawal": "w1"},),
    15: (
        {"type": "refunded", "id": "r2", "order": "o2", "amount_fen": 777},
        {"type": "withdrawn", "id": "w2", "member": "m2", "amount_fen": 1},
    ),
    17: ({"type": "sold", "id": "x2", "member": "m2", "points": str(POINT)},),
    22: ({"type": "refunded", "id": "r3", "order": "o22", "amount_fen": 1},),
}


def _record_refused(replay: Replay) -> None:
    """Record a sale and a withdrawal, as an act would, that nobody can grant at their place."""
    intake = Intake(
        replay=replay,
        number=iter(ids.block(2)),
        parties={
            (kind, key): party
            for kind, key, party in PartyKey.objects.values_list("kind", "key", "party_id")
        },
        members=set(Member.objects.values_list("member_id", flat=True)),
        version=1,
    )
    sold, withdrawn = _at(60 * 72 + 20 * 13 + 3), _at(60 * 72 + 20 * 16 + 3)
    points, amount = 10**6 * POINT, 10**9
    intake.take(SoldLine("x9", "m1", str(points), sold), parse_at(sold), Sold("x9", "m1", points))
    intake.take(
        WithdrawnLine("w9", "m1", amount, withdrawn),
        parse_at(withdrawn),
        Withdrawn("w9", "m1", amount * FEN),
    )
    record_history(chunk=intake.chunk)


def _at(minutes: int) -> str:
    return (_START + timedelta(minutes=minutes)).isoformat()
