"""The page of documents in a real browser: it draws every operation and asks this host alone."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from playwright.sync_api import Browser

from gongxiang.api.site import PREFIX, api
from gongxiang.api.wire import Told
from tests.web.serving import serve


def test_no_two_answers_have_one_name() -> None:
    """Of two classes of one name the description would show one, for both."""
    told = [each.__name__ for each in Told.__subclasses__()]
    for each in Told.__subclasses__():
        told += [lower.__name__ for lower in each.__subclasses__()]
    assert [name for name, count in Counter(told).items() if count > 1] == []


@pytest.mark.usefixtures("opened")
def test_the_documents_are_drawn_without_anything_from_elsewhere(browser: Browser) -> None:
    with serve(WSGIHandler(), settings=dict(connection.settings_dict)) as address:
        page = browser.new_page()
        hosts: set[str] = set()
        said: list[str] = []
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}/api/v1/docs")
        page.wait_for_selector("#operations-pool-pool")
        known = sum(map(len, api.get_openapi_schema(path_prefix=PREFIX)["paths"].values()))
        assert page.locator(".opblock").count() == known
        page.close()
        assert hosts - {""} == {urlsplit(address).netloc}
        assert [each for each in said if "Content Security Policy" in each] == []
