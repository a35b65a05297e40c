"""What the examples in docstrings may use without importing it, and how hypothesis runs."""

from typing import Any

import hypothesis
import pytest

from gongxiang.rulebook.load import load_terms

# How long an example takes says something of the machine's load and nothing of the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True, scope="session")
def _example_terms(doctest_namespace: dict[str, Any]) -> None:
    """Offer the rules of the scheme text's own example as TERMS."""
    doctest_namespace["TERMS"] = load_terms(preset="seed-1")
