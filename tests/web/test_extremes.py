"""No extreme of a number and no quote breaks a page: in every field, and in every address.

The forms are those that the pages print, the fields those that they have. What is typed into one
is typed beside what the form holds, and into all of them at once.

Source: reliability C14, 8 (2, 12, 40).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import compress
from typing import Any, Final

import pytest
from django.http.response import HttpResponseBase
from django.test import Client, override_settings

from gongxiang.governance.models import Role as Officer
from gongxiang.members.meter import METER
from gongxiang.sandbox.pay import Sandbox
from tests.acts import town
from tests.conftest import Database
from tests.extremes import EXTREMES, FEW
from tests.forgetting import forget
from tests.ops import staff
from tests.payments.conftest import payment_keys, sandbox
from tests.web import gallery, resolved
from tests.web.everything import one_of_everything
from tests.web.test_matrix import ASIDE, ROLES, TABLE, browser, filled

__all__ = ["payment_keys", "sandbox"]
NO_NUMBER: Final = tuple(each for each in EXTREMES if each not in {"0", "1"})
"""What no field for a number takes; nothing and one are something in some."""
SPLICED: Final = "x' OR '1'='1"
"""What would change a question into which it was spliced."""
ENDS: Final = ("/me/close", "/me/sessions/end", "/logout", "/ops/password_change/", "/ops/logout/")
"""Sent last: nobody is who he was after them."""
GIVEN: Final = "charge"
"""A form for what a till asks for: the amount is the till's, whatever comes with the form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of a page, and who looked at it there."""

    page: str
    action: str
    is_post: bool
    session: dict[str, Any]
    held: dict[str, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    """Fields for which a phone shows digits alone."""

    @property
    def target(self) -> str:
        """Where it goes."""
        return self.action if self.action.startswith("/") else self.page.partition("?")[0]

    @property
    def name(self) -> str:
        """The same for each number that may stand in its address."""
        return f"{re.sub(r'[0-9]+', '0', self.target)} {sorted(self.held)}"

    def wrong(self) -> Iterator[str]:
        """Send it with each extreme in each field and in all of them; tell what went wrong."""
        for written in (*FEW, SPLICED):
            for name in self.held if written in FEW else ():
                status = self.sent(self.held | {name: written}).status_code
                is_to_refuse = name in self.numbers and written in NO_NUMBER
                if status >= 500 or (is_to_refuse and status < 400 and GIVEN not in self.held):
                    yield f"{self.name} {name}={written}: {status}"
            status = self.sent(dict.fromkeys(self.held, written)).status_code
            if status >= 500:
                yield f"{self.name} all={written}: {status}"

    def sent(self, fields: dict[str, str]) -> HttpResponseBase:
        """Send it as somebody who sent none before."""
        town.query("DELETE FROM members_pace")
        METER.forget()
        client = gallery._with(Client(), **self.session)
        return client.post(self.target, fields) if self.is_post else client.get(self.target, fields)


class Reader(HTMLParser):
    """Reads the forms of a page, with something in what is left empty."""

    def __init__(self, *, page: str, session: dict[str, Any]) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._page, self._session = page, session
        self._open: Form | None = None
        self._chosen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name = told.get("name", "")
        if tag == "form":
            is_post = told.get("method", "").lower() == "post"
            self._open = Form(
                page=self._page,
                action=told.get("action", ""),
                is_post=is_post,
                session=self._session,
            )
            self.found.append(self._open)
        elif self._open is None:
            return
        elif tag in {"input", "textarea", "button"} and name not in {"", "csrfmiddlewaretoken"}:
            self._open.held.setdefault(name, told.get("value") or "1")
            if told.get("inputmode") in {"numeric", "decimal"}:
                self._open.numbers.add(name)
        elif tag == "select":
            self._chosen = name
        elif tag == "option" and self._chosen:
            self._open.held.setdefault(self._chosen, told.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._chosen = ""


@pytest.fixture(autouse=True)
def _here(database: Database, sandbox: Sandbox) -> Iterator[None]:
    assert database.name
    assert sandbox.server_port
    forget()
    with override_settings(
        SECURE_SSL_REDIRECT=False,
        ALLOWED_HOSTS=["testserver"],
        WECHAT_APP="wxtest",
        WECHAT_AUTHORIZE="http://127.0.0.1:9/authorize",
        AXES_ENABLED=False,
    ):
        yield


def forms_of(looks: Iterable[tuple[Client, str]]) -> dict[str, Form]:
    """Read the forms of all that is looked at, each once."""
    found: dict[str, Form] = {}
    for client, path in looks:
        answer = client.get(path)
        if answer.status_code < 300 and answer["Content-Type"].startswith("text/html"):
            reader = Reader(page=path, session=dict(client.session))
            reader.feed(answer.content.decode())
            for form in reader.found:
                found.setdefault(form.name, form)
    return found


def test_no_extreme_in_a_field_of_a_member_or_a_store_breaks_a_page() -> None:
    world = gallery.World()
    looks = gallery._plain(world.clients) + world.looks()
    forms = forms_of((client, path) for _, client, path in looks)
    assert len(forms) > 50
    last = sorted(forms.values(), key=lambda form: form.target.startswith(ENDS))
    assert [wrong for form in last for wrong in form.wrong()] == []


def test_no_extreme_in_a_field_of_the_console_breaks_a_page() -> None:
    world = one_of_everything()
    for role in Officer:
        staff.officer(role.value, role)
    clients = [staff.signed_in(role.value) for role in Officer]
    paths = [path for path in resolved.addresses(aside=ASIDE) if path.startswith("/ops/")]
    forms = forms_of((client, filled(path, world)) for path in paths for client in clients)
    assert len(forms) > 20
    last = sorted(forms.values(), key=lambda form: form.target.startswith(ENDS))
    assert [wrong for form in last for wrong in form.wrong()] == []


def test_no_extreme_in_an_address_breaks_a_page() -> None:
    world = one_of_everything()
    clients = {role: browser(role) for role in ROLES}
    asked = [
        (path, re.sub(rf"<(?:\w+:)?{name}>", written, path), client)
        for path, statuses in TABLE["get"].items()
        for name in resolved.PARAMETER.findall(path)
        for client in list(compress(clients.values(), (status == 200 for status in statuses)))[-1:]
        for written in (*FEW, SPLICED)
    ]
    assert len(asked) > 200
    wrong = []
    for path, address, client in asked:
        METER.forget()
        status = client.get(filled(address, world)).status_code
        if status >= 500:
            wrong.append(f"{path} as {address}: {status}")
    assert wrong == []
