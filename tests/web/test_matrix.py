"""Every address for everybody: who gets what is declared in `matrix.toml`, cell by cell.

The addresses come from the resolver. One that is not declared fails, and the message gives the line
to add with what it answers now. GET is asked as a role of the database that can only read.

Source: reliability 8 (16, 25, 27, 28); design/ui/faces.md 9, 11; issue 4 (Security and faults).
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from http.cookies import Morsel
from pathlib import Path
from typing import Any, Final

import pytest
from django.http.response import HttpResponseBase
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.governance.models import Role as Officer
from gongxiang.members import accounts
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.ops import staff
from tests.reading import footprint, reading_only
from tests.web import resolved
from tests.web.everything import PERSONS, STRANGER, World, one_of_everything
from tests.web.resolved import PARAMETER

DECLARED: Final = Path(__file__).with_name("matrix.toml")
TABLE: Final = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
ROLES: Final = tuple(TABLE["roles"])
ASIDE: Final = tuple(TABLE["aside"])
QUERIES_MAX: Final = 12
Answers = dict[str, HttpResponseBase]


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """Give the one world, and by name what stands in its addresses."""
    assert database.name
    forget()
    with override_settings(
        SECURE_SSL_REDIRECT=False,
        ALLOWED_HOSTS=["testserver"],
        WECHAT_APP="wxtest",
        WECHAT_AUTHORIZE="http://127.0.0.1:9/authorize",
        SESSION_ENGINE="django.contrib.sessions.backends.cache",
    ):
        yield one_of_everything()


def browser(role: str, *, strict: bool = False) -> Client:
    """Give the browser of somebody in a role, every time a new one."""
    client = Client(enforce_csrf_checks=strict, raise_request_exception=True)
    if role == "staff":
        staff.signed_in("staff", client=client)
    elif role != "anonymous":
        stranger = accounts.whose(issuer=STRANGER.issuer, subject=STRANGER.subject)
        member = town.party(PERSONS[role]) if role in PERSONS else stranger
        assert member is not None
        _sign_in(client, member)
    return client


def _sign_in(client: Client, member: int) -> None:
    session = client.session
    standing = accounts.standing(member=member)
    assert standing is not None
    session.update({"member": member, "member_epoch": standing.epoch})
    session["member_proved_at"] = standing.now
    session.save()


def filled(path: str, world: World) -> str:
    """Write an address with what stands for each of its parameters."""
    address = path
    for name in PARAMETER.findall(path):
        value = value_of(path, name) or "=1"
        known = value[1:] if value.startswith("=") else world[value]
        address = re.sub(rf"<(?:\w+:)?{name}>", str(known), address, count=1)
    return address


def value_of(path: str, name: str) -> str | None:
    """Give what stands for a parameter of an address: its own value, or that of its name."""
    values = TABLE["values"]
    value: str | None = values.get(f"{path} {name}", values.get(name))
    return value


def asked(path: str, world: World, ask: Callable[[Client, str], HttpResponseBase]) -> Answers:
    """Ask an address in every role."""
    address = filled(path, world)
    return {role: ask(browser(role), address) for role in ROLES}


def differences(method: str, found: dict[str, list[int]], *, roles: Sequence[str] = ROLES) -> str:
    """Tell what is not as declared, as the lines to write."""
    declared = TABLE[method]
    wrong = [
        f'"{path}" = {statuses}' + (f"   # declared: {declared[path]}" if path in declared else "")
        for path, statuses in found.items()
        if declared.get(path) != statuses
    ]
    gone = [f'"{path}" is no address any more' for path in declared if path not in found]
    if not wrong and not gone:
        return ""
    head = f"Look at each: is it right? Then write it under [{method}] of {DECLARED.name}, as"
    return "\n".join((f"{head}\n{list(roles)}:", *wrong, *gone))


def test_every_parameter_stands_for_something_of_the_world() -> None:
    unknown = [
        f'"{path} {name}" = "store"'
        for path in resolved.addresses(aside=ASIDE)
        for name in PARAMETER.findall(path)
        if value_of(path, name) is None
    ]
    wrong = "\n".join(unknown)
    assert not unknown, f'Under [values], a name of `everything.py` or "=" and a text:\n{wrong}'


def test_get_answers_everybody_as_declared_and_changes_nothing(
    world: World, database: Database
) -> None:
    browsers = {role: browser(role) for role in ROLES}
    before = footprint()
    found: dict[str, list[int]] = {}
    lacking: list[str] = []
    with reading_only(database):
        for path in resolved.addresses(aside=ASIDE):
            found[path] = []
            for role, client in browsers.items():
                with counted() as questions:
                    answer = client.get(filled(path, world))
                found[path].append(answer.status_code)
                lacking += unguarded(path, role, answer)
                if len(questions) > QUERIES_MAX:
                    lacking.append(f"{path} {role}: {len(questions)} questions to the database")
    assert footprint() == before
    wrong = differences("get", found)
    assert not wrong, wrong
    assert lacking == []


def test_get_answers_each_officer_as_declared_and_changes_nothing(
    world: World, database: Database
) -> None:
    for role in Officer:
        staff.officer(role.value, role)
    browsers = {role: staff.signed_in(role.value) for role in Officer}
    before = footprint()
    found: dict[str, list[int]] = {}
    lacking: list[str] = []
    with reading_only(database):
        for path in resolved.addresses(aside=ASIDE):
            if not path.startswith("/ops/"):
                continue
            found[path] = []
            for role, client in browsers.items():
                answer = client.get(filled(path, world))
                found[path].append(answer.status_code)
                lacking += unguarded(path, role.value, answer)
    assert footprint() == before
    wrong = differences("officers", found, roles=[role.value for role in Officer])
    assert not wrong, wrong
    assert lacking == []


def test_post_without_what_a_form_holds_is_answered_as_declared(world: World) -> None:
    found = {}
    for path in resolved.addresses(aside=ASIDE):
        # Nobody is told that he is too fast: this is what a person gets who posts now and then.
        town.query("DELETE FROM members_pace")
        answers = asked(path, world, lambda client, address: client.post(address))
        found[path] = [answer.status_code for answer in answers.values()]
    wrong = differences("post", found)
    assert not wrong, wrong


def test_a_form_of_another_site_is_refused_everywhere(world: World) -> None:
    taken = set()
    for path in resolved.addresses(aside=ASIDE):
        for role in ("anonymous", "owner", "staff"):
            answer = browser(role, strict=True).post(filled(path, world))
            if answer.status_code not in {403, 405}:
                taken.add(path)
    assert sorted(taken) == sorted(TABLE["signed_by_others"])


def unguarded(path: str, role: str, answer: HttpResponseBase) -> Iterator[str]:
    """Name what an answer lacks of the headers, and what a cookie gives away."""
    policy = answer.get("Content-Security-Policy", "")
    wanted = {
        "default-src": policy,
        "frame-ancestors 'none'": policy,
        "nosniff": answer.get("X-Content-Type-Options", ""),
        "DENY": answer.get("X-Frame-Options", ""),
        "same-origin": answer.get("Referrer-Policy", ""),
        "geolocation=(": answer.get("Permissions-Policy", ""),
    }
    yield from (f"{path} {role}: no {word}" for word, told in wanted.items() if word not in told)
    if "'unsafe-inline'" in policy.partition("style-src")[0]:
        yield f"{path} {role}: script may stand in the page"
    cookies: dict[str, Morsel[str]] = answer.cookies
    for name, cookie in cookies.items():
        if cookie["max-age"] != 0 and not (cookie["httponly"] and cookie["samesite"]):
            yield f"{path} {role}: cookie {name} is open to scripts or other sites"
    is_private = TABLE["get"].get(path, [0])[0] == 302 or path.startswith("/ops/")
    if is_private and answer.status_code == 200 and "no-store" not in _caching(answer):
        yield f"{path} {role}: a private page may be kept by a cache"


def _caching(answer: HttpResponseBase) -> str:
    told: Any = answer.get("Cache-Control", "")
    return str(told)
