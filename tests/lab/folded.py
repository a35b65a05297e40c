"""Event files folded by the product, for tests that compare it with something else."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from gongxiang.economy.terms import Terms
from gongxiang.lab import result
from gongxiang.lab.lines import decode
from gongxiang.lab.replay import Replay, fold
from gongxiang.rulebook.load import load_book


def terms_of(rules: Mapping[str, int | str]) -> Terms:
    """Give the terms of preset seed-1 with these rules."""
    return load_book(settings=[f"{name}={value}" for name, value in rules.items()]).terms


def folded(lines: Iterable[str], terms: Terms) -> Replay:
    """Fold the lines of an event file to their end."""
    return fold(
        ((number, decode(line.encode(), number=number)) for number, line in enumerate(lines, 1)),
        terms,
    )


def outcome(replay: Replay) -> dict[str, Any]:
    """Give the result of a whole fold as whoever reads the file sees it."""
    answer = result.of_state(replay.state, refused=replay.refused, repeated=replay.repeated)
    seen: dict[str, Any] = json.loads(result.to_bytes(answer))
    return seen
