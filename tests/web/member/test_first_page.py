"""The first page of a scan is small: it opens on a slow phone at the counter.

Source: design/ui/faces.md 9 (60 KB in all, nothing kept from before, nothing compressed).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client, override_settings

from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget

MOST = 60 * 1024


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def weights(client: Client, path: str) -> dict[str, int]:
    """Weigh a page and every file that it loads."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    loaded = re.findall(r'<(?:link|script|img)\b[^>]* (?:href|src)="([^"]+)"', answer.text)
    found = {path: len(answer.content)}
    for address in loaded:
        assert address.startswith("/static/"), f"{address} is loaded from elsewhere"
        file = finders.find(address.removeprefix("/static/"))
        assert file, address
        found[address] = len(Path(file).read_bytes())
    return found


def test_the_first_page_of_a_scan_weighs_at_most_sixty_kilobytes() -> None:
    weighed = weights(Client(), "/s/fang")
    assert "/static/shared/app.css" in weighed
    assert sum(weighed.values()) <= MOST, weighed
