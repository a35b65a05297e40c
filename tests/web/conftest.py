"""What the page tests share: every page, printed once."""

from collections.abc import Mapping

import pytest
from django.test import override_settings

from tests.web import printed


@pytest.fixture(scope="session")
def pages() -> Mapping[str, str]:
    """Give every page in every state by its name."""
    with override_settings(ROOT_URLCONF="tests.web.urls"):
        return printed.all_pages()
