"""Every worked example comes out of the database as an independent implementation gave it.

At every size of a batch, and with lots loaded one by one (a batch then ends inside its cascades).
Source: spec/events.md (import); E10, E14.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gongxiang.acts.settle_pool import settle_pool
from tests.oracle.oracle import shared as shared_folder
from tests.settlement.platforms import Books, of_database, record, terms_with

pytestmark = pytest.mark.db

WAYS = ((1, None), (7, None), (1_000, None), (1_000, 1))
"""Orders of a batch, and lots near their cap that it loads (None: as many as it thinks fit)."""


def listed() -> list[Any]:
    """Give name and settings of each example; one empty one where they are absent."""
    manifest = shared_folder() / "examples" / "manifest.toml"
    if not manifest.exists():
        return [pytest.param("", "", id="absent")]
    found = tomllib.loads(manifest.read_text(encoding="utf-8"))["example"]
    return [pytest.param(one["name"], one["set"], id=one["name"]) for one in found]


@pytest.mark.parametrize(("name", "settings"), listed())
def test_a_shared_example_settles_to_its_result(
    name: str, settings: str, shared: Path, books: Books
) -> None:
    terms = terms_with(dict(word.split("=") for word in settings.split()))
    texts = (shared / "examples" / f"{name}.events.jsonl").read_text().splitlines()
    path = shared / "examples" / f"{name}.expected.json"
    expected = json.loads(path.read_text(encoding="utf-8"))
    for orders_max, exits_at_once in WAYS:
        replay = record(texts, terms=terms)
        until = replay.state.clock if replay.is_stopped_by_clock else None
        while settle_pool(until=until, orders_max=orders_max, exits_at_once=exits_at_once):
            pass
        found = of_database()
        # What is refused and repeated is the import's own answer and stands in no table.
        for key in set(expected) - {"refused", "repeated"}:
            assert found[key] == expected[key], (orders_max, exits_at_once, key)
        assert [line for line, _ in replay.refused] == [one["line"] for one in expected["refused"]]
        assert replay.repeated == expected["repeated"]
        books.empty()
