"""The machine's laws over random files under random rules.

Units: micro-yuan, atoms. Source: E5, E10, E13, E14; spec/events.md (export leaves lines out).
"""

import json
from copy import copy
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from gongxiang.base.clock import BEGINNING, format_at
from gongxiang.economy import machine
from gongxiang.economy.events import ClockMoved, Event
from gongxiang.economy.lot import cap_left
from gongxiang.economy.movement import Exited, PointsSold
from gongxiang.economy.state import opened
from gongxiang.lab.lines import Line, decode
from gongxiang.lab.replay import Replay
from tests.economy.watched import WatchedReplay, picture
from tests.lab.folded import folded, outcome, terms_of
from tests.strategies import scenarios

Found = tuple[dict[str, int | str], list[str]]


def watched(found: Found) -> WatchedReplay:
    """Fold a file under watch: books, caps and prices are checked after every event."""
    rules, lines = found
    seen = WatchedReplay(terms_of(rules))
    seen.fold(lines)
    seen.replay.finish()
    return seen


@given(scenarios())
def test_the_price_never_falls(found: Found) -> None:
    seen = watched(found)
    pairs = [
        (one.money, one.circulating)
        for one in seen.moved
        if hasattr(one, "circulating") and hasattr(one, "money")
    ]
    for (money, points), (money_after, points_after) in pairwise(pairs):
        assert money_after * points >= money * points_after


@given(scenarios())
def test_the_books_balance_after_every_event(found: Found) -> None:
    seen = watched(found)
    sums: dict[int, int] = {}
    for (account, _), amount in seen.books.items():
        sums[account // 100] = sums.get(account // 100, 0) + amount
    assert set(sums.values()) == {0}


@given(scenarios())
def test_no_lot_ever_takes_more_than_its_cap(found: Found) -> None:
    seen = watched(found)
    for lot in seen.state.lots.values():
        assert cap_left(lot) >= 0
    for one in seen.moved:
        if isinstance(one, PointsSold):
            assert all(piece.gross < one_cap(piece.lot) for piece in one.pieces)
        elif isinstance(one, Exited):
            assert one.piece.gross <= one_cap(one.piece.lot)


def one_cap(lot: Any) -> int:  # noqa: ANN401 - any lot
    """Give the whole cap of a lot as it was settled."""
    return int(lot.settled_spend * lot.terms.exit_cap // 10_000)


class Copying(Replay):
    """Tells each event as it was: what is refunded while it waits is taken off the event itself."""

    def apply(self, event: Event) -> Event:
        told = copy(event)
        super().apply(event)
        return told


@given(scenarios())
def test_a_replay_is_the_fold_of_its_events_one_by_one(found: Found) -> None:
    rules, lines = found
    terms = terms_of(rules)
    told: list[tuple[int, Event]] = []

    def listen(_number: int, _line: object, clock: int, event: Event | None) -> None:
        if event is not None:
            told.append((clock, event))

    replay = Copying(terms, on_accepted=listen)
    for number, text in enumerate(lines, 1):
        replay.take(number, decode(text.encode(), number=number))
    state = opened(terms)
    for clock, event in told:
        machine.apply(state, ClockMoved(clock))
        machine.apply(state, event)
    machine.apply(state, ClockMoved(replay.state.clock))
    assert picture(state) == picture(replay.state)


@given(scenarios())
def test_lines_refused_or_repeated_can_be_left_out_but_for_the_clock_they_moved(
    found: Found,
) -> None:
    """An undated line acts at the clock, which a refused line may have moved there."""
    rules, lines = found
    terms = terms_of(rules)
    kept: list[str] = []

    def keep(number: int, line: Line, clock: int, _event: object) -> None:
        if line.at is UNSET and clock > BEGINNING:
            at = format_at(clock)
            kept.append(json.dumps({"type": "clock", "id": f"kept-{number}", "at": at}))
        kept.append(lines[number - 1])

    replay = Replay(terms, on_accepted=keep)
    for number, text in enumerate(lines, 1):
        replay.take(number, decode(text.encode(), number=number))
    ends_elsewhere = not replay.is_stopped_by_clock and '"clock"' in "".join(kept[-1:])
    replay.finish()
    if not ends_elsewhere:
        whole, part = outcome(replay), outcome(folded(kept, terms))
        assert (part.pop("refused"), part.pop("repeated")) == ([], 0)
        del whole["refused"], whole["repeated"]
        assert part == whole


@settings(max_examples=40)
@given(scenarios(), st.integers(min_value=0, max_value=60))
def test_a_file_told_twice_changes_nothing_and_repeats_every_accepted_line(
    found: Found, cut: int
) -> None:
    rules, lines = found
    replay = Replay(terms_of(rules))
    accepted: list[int] = []
    replay.on_accepted = lambda number, *_: accepted.append(number)
    for number, text in enumerate(lines, 1):
        replay.take(number, decode(text.encode(), number=number))
    before = picture(replay.state)
    for number in accepted[:cut]:
        replay.take(number, decode(lines[number - 1].encode(), number=number))
    assert picture(replay.state) == before
    assert replay.repeated >= min(cut, len(accepted))
