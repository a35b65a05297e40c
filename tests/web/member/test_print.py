"""A statement on paper: no bars, no buttons, and at its foot where it came from.

Source: design/ui/faces.md 10 (print).
"""

import pytest
from django.test import override_settings
from playwright.sync_api import Page

from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in
from tests.web.test_browser import page as page  # noqa: PLC0414  a fixture
from tests.web.test_browser import show

OF_THE_SCREEN = ".tabs, .acts, .btn, .skip"


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_a_statement_is_printed_with_its_address_and_without_buttons(
    database: Database, page: Page, medium: str
) -> None:
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        printed = signed_in("lin").get("/statements/2026-11").content.decode()
    is_paper = medium == "print"
    page.emulate_media(media="print" if is_paper else "screen")
    assert show(page, printed) == []
    assert page.get_by_text("http://testserver/statements/2026-11").is_visible() is is_paper
    buttons = page.locator(OF_THE_SCREEN).all()
    assert len(buttons) > 2
    assert any(each.is_visible() for each in buttons) is not is_paper
