"""Every operation of the API for everybody: who gets what is declared in `matrix.toml`, by cell.

The operations come from the API's own routers. One that is not declared fails, and the message
gives the line to add with what it answers now. GET is asked as a role of the database that can only
read; what changes something is asked with what it wants, in a copy of the one world for each who
was let, and who was not let has changed nothing.

Source: reliability 8 (16, 25, 27, 28); issue 4 (Security and faults).
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.acts.ask_refund import ask_refund
from gongxiang.acts.join import Proved, join
from gongxiang.acts.make_token import make_token
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.api.site import PREFIX
from gongxiang.cli.server import Access
from gongxiang.members import accounts
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from gongxiang.sandbox.pay import Sandbox
from tests.acts import town
from tests.api.operations import operations
from tests.conftest import Database
from tests.conftest import _copy as copied
from tests.conftest import _django_on as django_on
from tests.forgetting import forget
from tests.ops import staff
from tests.payments.conftest import payment_keys, sandbox
from tests.reading import footprint, reading_only
from tests.web import resolved
from tests.web.everything import PERSONS, STRANGER, World, one_of_everything
from tests.web.signed import client_of

__all__ = ["payment_keys", "sandbox"]

DECLARED: Final = Path(__file__).with_name("matrix.toml")
TABLE: Final = tomllib.loads(DECLARED.read_text(encoding="utf-8"))
ROLES: Final = tuple(TABLE["roles"])
BARE: Final = {"anonymous", "session", "staff"}
"""Who shows no token."""
PARAMETER: Final = re.compile(r"{(\w+)}")
QUERIES_MAX: Final = 12
PACE: Final = "members_pace"
"""How often somebody asked is counted whatever he is answered."""
Ask = Callable[[str, str, str], HttpResponseBase]
"""Asks in a role, by a method, at a path of the API."""


@pytest.fixture
def world(database: Database, sandbox: Sandbox) -> Iterator[World]:
    """Give the one world, with all that can be asked of it ready."""
    assert database.name
    assert sandbox.server_port
    forget()
    METER.forget()
    with override_settings(
        SECURE_SSL_REDIRECT=False,
        ALLOWED_HOSTS=["testserver"],
        API_RATE=10**6,
        API_ADDRESS_RATE=10**6,
        SESSION_ENGINE="django.contrib.sessions.backends.cache",
    ):
        found = one_of_everything()
        open_sandbox_accounts()
        order, other = found["order_number"], town.party("qing", kind=2)
        ask_refund(
            key="q", member=town.party("lin"), order=int(str(order)), amount_fen=1, reason=""
        )
        (door,) = town.query("SELECT code FROM merchants_profile WHERE store_id = %s", other)[0]
        yield found | {"other_door": door}


@pytest.fixture
def people(world: World) -> dict[str, int]:
    """Give who asks, by role; the agent has a contract for where the store is."""
    qing = town.party("qing", kind=2)
    stranger = accounts.whose(issuer=STRANGER.issuer, subject=STRANGER.subject)
    assert stranger is not None
    found = {role: town.party(key) for role, key in PERSONS.items()} | {"other": stranger}
    for role in ("agent", "other_cashier", "other_manager"):
        proved = Proved(issuer="phone", subject=role, shown="138****0009")
        found[role] = join(proved=proved, bringer=None, consents=(("membership", "1"),)).member
    town.query(
        "INSERT INTO regions_contract (id, member_id, level, region) VALUES (1, %s, 'district',"
        " '440106')",
        found["agent"],
    )
    for role in ("cashier", "manager"):
        town.query(
            "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
            " VALUES (%s, %s, %s, clock_timestamp())",
            *(qing, found[f"other_{role}"], role),
        )
    return found | {"crossed": stranger}


@pytest.fixture
def ask(world: World, people: dict[str, int]) -> Ask:
    """Give a way to ask with the token of a role, or with the browser of who has none."""
    browsers = {"staff": staff.signed_in("staff"), "session": client_of(people["member"])}
    tokens = {role: _token(member, tuple(Scope)) for role, member in people.items()}
    narrow = {
        (scope.value, is_store): _token(people["owner" if is_store else "member"], (scope,))
        for scope in Scope
        for is_store in (False, True)
    }

    def asked(role: str, method: str, path: str) -> HttpResponseBase:
        client = browsers.get(role) or Client(raise_request_exception=True)
        token = tokens.get(role) or narrow.get((role, path.startswith("/shops")), "")
        door = world["other_door"] if role == "crossed" else world["door"]
        headers = {} if role in BARE else {"Authorization": f"Bearer {token}"}
        return client.generic(
            method,
            _filled(method, path, world | {"door": door}),
            _body(method, path, world),
            content_type="application/json",
            headers=headers | {"Idempotency-Key": f"the-key-of-the-{role}"},
        )

    return asked


def _token(member: int, scopes: Sequence[Scope]) -> str:
    return make_token(member=member, name="程序", scopes=scopes, days=30).token


def _filled(method: str, path: str, world: World) -> str:
    """Write an address with what stands for each of its parameters, and its query."""
    address = path
    for name in PARAMETER.findall(path):
        value = value_of(method, path, name)
        assert value is not None, (method, path, name)
        known = value[1:] if value.startswith("=") else world[value]
        address = address.replace(f"{{{name}}}", str(known))
    return f"/{PREFIX.rstrip('/')}{address}{TABLE['queries'].get(path, '')}"


def value_of(method: str, path: str, name: str) -> str | None:
    """Give what stands for a parameter: of its operation, of its address, or of its name."""
    values = TABLE["values"]
    keys = (f"{method} {path} {name}", f"{path} {name}", name)
    found: str | None = next((values[key] for key in keys if key in values), None)
    return found


def _body(method: str, path: str, world: World) -> str:
    body = TABLE["bodies"].get(f"{method} {path}")
    if body is None:
        return ""
    return json.dumps(
        {key: world["door"] if key == "store" else each for key, each in body.items()}
    )


def differences(found: dict[str, list[int]], *, part: str) -> str:
    """Tell what is not as declared, as the lines to write."""
    declared = TABLE[part]
    wrong = [
        f'"{name}" = {statuses}' + (f"   # declared: {declared[name]}" if name in declared else "")
        for name, statuses in found.items()
        if declared.get(name) != statuses
    ]
    gone = [f'"{name}" is no operation any more' for name in declared if name not in found]
    head = f"Look at each: is it right? Then write it under [{part}] of {DECLARED.name}, as"
    return "\n".join((f"{head}\n{list(ROLES)}:", *wrong, *gone)) if wrong or gone else ""


def test_every_address_of_the_api_is_an_operation_or_named_here() -> None:
    known = {path for _, path, _ in operations()} | set(TABLE["others"])
    found = {
        "/" + path.removeprefix(f"/{PREFIX}").replace("<", "{").replace(">", "}")
        for path in resolved.addresses(aside=())
        if path.startswith(f"/{PREFIX}")
    }
    assert {re.sub(r"{\w+:", "{", path) for path in found} == known


def test_what_is_read_is_answered_as_declared_and_changes_nothing(
    ask: Ask, database: Database
) -> None:
    before = footprint()
    found: dict[str, list[int]] = {}
    many: list[str] = []
    with reading_only(database):
        for method, path, _ in operations():
            if method != "GET":
                continue
            found[path] = []
            for role in ROLES:
                with counted() as questions:
                    found[path].append(ask(role, method, path).status_code)
                if len(questions) > QUERIES_MAX:
                    many.append(f"{path} {role}: {len(questions)}")
    assert footprint() == before
    wrong = differences(found, part="get")
    assert not wrong, wrong
    assert many == []


def test_what_changes_something_is_done_for_those_declared_and_leaves_no_trace_else(
    ask: Ask, database: Database, postgres: Access
) -> None:
    found: dict[str, list[int]] = {}
    unfit: list[str] = []
    for method, path, _ in operations():
        if method == "GET":
            continue
        name = f"{method} {path}"
        statuses = found[name] = []
        while len(statuses) < len(ROLES):
            with _in_a_copy(postgres, database):
                before = footprint(PACE)
                for role in ROLES[len(statuses) :]:
                    answer = ask(role, method, path)
                    statuses.append(answer.status_code)
                    unfit += _unfit(name, role, answer)
                    if answer.status_code < HTTPStatus.BAD_REQUEST:
                        break
                    assert footprint(PACE) == before, (name, role)
    wrong = differences(found, part="change")
    assert not wrong, wrong
    assert unfit == []


@contextmanager
def _in_a_copy(postgres: Access, database: Database) -> Iterator[None]:
    connection.close()
    with copied(postgres, database.name, f"{database.name}_copy") as made, django_on(made.url):
        yield


def _unfit(name: str, role: str, answer: HttpResponseBase) -> Iterator[str]:
    """Name a refusal that says that what was asked is not as the description has it."""
    if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        told = json.loads(getattr(answer, "content", b"{}"))
        if told["code"] == "invalid":
            yield f"{name} {role}: {told['errors']}"
