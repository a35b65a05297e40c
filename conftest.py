"""What the examples in docstrings may use without importing it."""

from typing import Any

import pytest

from gongxiang.rulebook.load import load_terms


@pytest.fixture(autouse=True, scope="session")
def _example_terms(doctest_namespace: dict[str, Any]) -> None:
    """Offer the rules of the scheme text's own example as TERMS."""
    doctest_namespace["TERMS"] = load_terms(preset="seed-1")
