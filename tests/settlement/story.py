"""One small history in which everything happens that a platform's tables can hold.

People, a guest who joins, two stores, agents of every level and a successor, payments that settle
and payments that wait, refunds before and after, sales, exits by the dozen, an injection, cash
taken out and sent back, a sale and a withdrawal that the platform refuses at their place, sealed
days. The whole of it has more: both stores change their commission, and one its owner, and there
are sales and cases that hang on a condition: granted, refused, and not reached yet.

Units: fen, atoms.
Source: spec/events.md (Lines).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction

from gongxiang.acts.record_history import record_history
from gongxiang.acts.seal_days import seal_days
from gongxiang.base import ids
from gongxiang.base.clock import parse_at
from gongxiang.base.money import FEN, POINT
from gongxiang.cli.settling import settle_all
from gongxiang.economy.events import Sold, Withdrawn
from gongxiang.lab.lines import RefundedLine, SoldLine, WithdrawnLine
from gongxiang.lab.replay import Replay
from gongxiang.ledger import raw
from gongxiang.members.models import Member, PartyKey
from gongxiang.orders import facts
from gongxiang.orders.models import Fact, Kind, Refund
from gongxiang.orders.row_digest import MUST_BE_COVERED
from gongxiang.points.models import Sale
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


def told(*, is_whole: bool = False) -> list[str]:
    """Tell the history as lines of an event file; its last line is a clock, and orders wait."""
    return [json.dumps(line) for line in _lines(is_whole=is_whole)]


def open_story(books: Books, *, is_whole: bool = False) -> Replay:
    """Drive the history into the empty platform, refuse what it refuses, seal what has ended."""
    replay = record(told(is_whole=is_whole), terms=TERMS)
    _record_refused(replay)
    if is_whole:
        _record_conditions()
    settle_all(until=parse_at(_at(60 * 72 + 20 * SETTLED)), batch=BATCH)
    books.connection.execute("SET LOCAL session_replication_role = replica")
    books.connection.execute(
        "UPDATE ledger_batch SET recorded_at = recorded_at - (9 - id / 2) * interval '1 day'"
        " WHERE id < 8"
    )
    books.connection.commit()
    seal_days()
    return replay


def _record_conditions() -> None:
    """Record what hangs on a condition beside its line, as acts do, before it is settled.

    The sales were shown a payout; the refunds by case are on the condition that the store covers
    them. Of each, the last stands where the platform has not come yet.
    """
    for key, minute, points, shown_net in _SHOWN:
        _record_sale(key, _at(minute), points=points, shown_net=shown_net)
    for key, minute, order, fen in _COVERED:
        _record_case(key, _at(minute), order=order, fen=fen)


_SHOWN: Final = (
    ("x6", 60 * 72 + 20 * 15 + 1, POINT // 2, 487_988),
    ("x7", 60 * 72 + 20 * 15 + 2, POINT // 2, 77_000_000),
    ("x8", 60 * 72 + 20 * 22 + 3, POINT // 4, 5_000_000),
)
"""Key, minute, points, what was shown."""
_COVERED: Final = (
    ("v1", 60 * 72 + 20 * 18 + 1, "o10", 300),
    ("v2", 60 * 72 + 20 * 18 + 2, "o14", 99_000),
    ("v3", 60 * 72 + 20 * 22 + 4, "o11", 400),
)
"""Key, minute, order, fen."""


def _record_sale(key: str, at: str, *, points: int, shown_net: int) -> None:
    seller = PartyKey.objects.get(key="m1").party_id
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        fact = facts.record(
            cursor,
            lambda moment: SoldLine(key, "m1", str(points), moment),
            kind=Kind.SOLD,
            home=seller,
            amount=0,
            at=parse_at(at),
            condition=shown_net,
        )
    Sale.objects.create(id=fact.number, member_id=seller, points=points, shown_net=shown_net)


def _record_case(key: str, at: str, *, order: str, fen: int) -> None:
    paid = Fact.objects.get(key=order)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        fact = facts.record(
            cursor,
            lambda moment: RefundedLine(key, order, fen, moment),
            kind=Kind.CASE,
            home=paid.home_id,
            amount=fen * FEN,
            at=parse_at(at),
            condition=MUST_BE_COVERED,
        )
    Refund.objects.create(
        id=fact.number,
        member_id=paid.home_id,
        order_id=paid.id,
        amount=fen * FEN,
        is_by_case=True,
        must_be_covered=True,
    )


def _lines(*, is_whole: bool) -> Iterator[Mapping[str, object]]:
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
    yield from _days(_CHANGES if is_whole else {})
    yield {"type": "clock", "id": "c1", "at": _at(60 * 72 + 20 * ORDERS)}


_OFFICES: Final = (
    ("district", "440106"),
    ("city", "440100"),
    ("province", "440000"),
    ("grand_region", "south"),
)


def _days(
    changes: Mapping[int, tuple[dict[str, object], ...]],
) -> Iterator[dict[str, object]]:
    """Tell of orders, twenty minutes apart, and what happens between them."""
    for number in range(ORDERS):
        minute = 60 * 72 + 20 * number
        member = "guest" if number % 8 == 3 else f"m{1 + number % 3}"
        yield {"type": "paid", "id": f"o{number}", "member": member} | {
            "store": "s1" if number % 4 else "s2",
            "amount_fen": 10_000 + 1_111 * number,
            "at": _at(minute),
        }
        for line in (*_BETWEEN.get(number, ()), *changes.get(number, ())):
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
    16: ({"type": "store_received", "id": "e1", "store": "s1", "amount_fen": 30_000},),
    20: ({"type": "store_paid_in", "id": "f1", "store": "s1", "amount_fen": 5},),
    17: ({"type": "sold", "id": "x2", "member": "m2", "points": str(POINT)},),
    22: ({"type": "refunded", "id": "r3", "order": "o22", "amount_fen": 1},),
}


_CHANGES: Final[dict[int, tuple[dict[str, object], ...]]] = {
    9: (
        {"type": "rate_changed", "id": "h1", "store": "s2"}
        | {"commission_rate": 1_800, "since": "2026-03-05"},
        {"type": "rate_changed", "id": "h2", "store": "s1"}
        | {"commission_rate": 2_500, "since": "2026-04-01"},
    ),
    13: ({"type": "owner_changed", "id": "n1", "store": "s1", "owner": "m2"},),
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
