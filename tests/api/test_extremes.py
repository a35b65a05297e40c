"""No extreme of a number breaks the API: in every field, every parameter and every address.

The operations and their parameters are those of the description, the bodies those of the matrix;
each is asked by somebody who gets an answer where nothing is extreme.

Source: reliability C14, 8 (2, 12, 40).
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from django.test import Client

from docs.generate.api import operations as described
from gongxiang.api.site import PREFIX
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from tests.acts import town
from tests.api.test_matrix import (
    PARAMETER,
    ROLES,
    TABLE,
    _body,
    _filled,
    _token,
    payment_keys,
    people,
    sandbox,
    world,
)
from tests.extremes import EXTREMES, FEW
from tests.web.everything import World

__all__ = ["payment_keys", "people", "sandbox", "world"]
NOT_LET: Final = {401, 403, 404}
NO_NUMBER: Final = frozenset(EXTREMES) - {"0", "1"}


def test_no_extreme_breaks_the_api(world: World, people: dict[str, int]) -> None:
    tokens = {role: _token(member, tuple(Scope)) for role, member in people.items()}
    tried, wrong = 0, []
    for method, path, operation in described():
        short = path.removeprefix(f"/{PREFIX.strip('/')}")
        token = tokens.get(role_of(method, short), "")
        for address, body, is_refused in asked(method, short, operation, world):
            tried += 1
            status = answered(method, address, body, token=token, number=tried)
            if status >= 500 or (is_refused and status < 400):
                wrong.append(f"{method} {address} {body}: {status}")
    assert tried > 300
    assert wrong == []


def role_of(method: str, path: str) -> str:
    """Give somebody who is let, as the matrix has it."""
    statuses = TABLE["get"][path] if method == "GET" else TABLE["change"][f"{method} {path}"]
    at = min(range(len(ROLES)), key=lambda at: (statuses[at] in NOT_LET, statuses[at]))
    return str(ROLES[at])


def asked(
    method: str, path: str, operation: dict[str, Any], world: World
) -> Iterator[tuple[str, str, bool]]:
    """Give addresses and bodies, each with one extreme."""
    address, body = _filled(method, path, world), _body(method, path, world)
    for written in FEW:
        yield from ((one, body, False) for one in addresses(path, address, written))
        for parameter in operation["parameters"]:
            if parameter["in"] == "query":
                one = re.sub(rf"[?&]{parameter['name']}=[^&]*", "", address)
                sign = "&" if "?" in one else "?"
                yield f"{one}{sign}{parameter['name']}={written}", body, False
        for name, value in (json.loads(body) if body else {}).items():
            held = json.loads(body)
            is_number = isinstance(value, int)
            for typed in (int(written), written):
                is_refused = is_number and (written in NO_NUMBER or isinstance(typed, str))
                yield address, json.dumps(held | {name: typed}), is_refused


def addresses(path: str, address: str, written: str) -> Iterator[str]:
    """Write an address with an extreme in the place of each of its parameters."""
    parts = address.partition("?")[0].split("/")
    for place, part in enumerate(f"/{PREFIX.strip('/')}{path}".split("/")):
        if PARAMETER.fullmatch(part):
            yield "/".join([*parts[:place], written, *parts[place + 1 :]])


def answered(method: str, address: str, body: str, *, token: str, number: int) -> int:
    """Ask, as somebody who never asked before."""
    METER.forget()
    town.query("DELETE FROM members_pace")
    answer = Client(raise_request_exception=True).generic(
        method,
        address,
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"the-key-{number:012}"},
    )
    assert answer.status_code < 400 or answer["Content-Type"] == "application/problem+json"
    return answer.status_code
