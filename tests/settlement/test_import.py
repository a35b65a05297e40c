"""Import, settle, export and replay agree to the last micro-yuan, wherever one stops in between.

Source: spec/events.md (import, settle, export, result); E10, E14.
"""

import pytest

from tests.settlement.platforms import (
    Books,
    drive,
    of_database,
    of_replay,
    replayed,
    terms_with,
)
from tests.strategies import rules, scenario

pytestmark = pytest.mark.db

SEEDS = range(30)


def test_result_audit_export_and_replay_agree_on_any_history(books: Books) -> None:
    for seed in SEEDS:
        terms, texts = terms_with(rules(seed)), scenario(seed, 100)
        replay = drive(texts, terms=terms, batch=1 + seed)
        assert of_database() == of_replay(replay), seed
        assert books.verdict() == "", seed
        assert replayed(books.lines(), terms=terms) == of_replay(replay), seed
        books.empty()
