"""The same key with the same body gives the first answer; with any field changed it is refused.

The operations and their fields come from the API's description: a new one is asked as well.

Source: I-18; issue "HTTP API v1".
"""

import json
from typing import Any, Final

import pytest
from django.test import Client

from gongxiang.acts.make_token import make_token
from gongxiang.members.tokens import Scope
from tests.acts import town
from tests.api import test_matrix as matrix
from tests.api.asked import told
from tests.api.changed import changed, keyed
from tests.api.operations import operations
from tests.reading import footprint
from tests.web.everything import PERSONS, World

world, sandbox, payment_keys = matrix.world, matrix.sandbox, matrix.payment_keys
ELSEWHERE: Final = {"POST /shops/{code}/refund-cases/{number}/pay-ins"}
"""Wants a case that waits for its store: tests/payments/test_pay_in_api.py."""


@pytest.mark.parametrize("name", sorted(set(keyed()) - ELSEWHERE))
def test_a_key_stands_for_its_body_whole(
    name: str, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    method, path = name.split()
    who = PERSONS["owner" if path.startswith("/shops") else "member"]
    token = make_token(member=town.party(who), name="程序", scopes=tuple(Scope), days=30).token
    address = matrix._filled(method, path, world)

    def ask(body: object, *, status: int) -> Any:  # noqa: ANN401  any JSON
        answer = Client().generic(
            method,
            address,
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k" * 16},
        )
        return told(answer, status)

    body = json.loads(matrix._body(method, path, world))
    (status,) = {int(each) for each in keyed()[name]["responses"] if int(each) < 300}
    first = ask(body, status=status)
    before = footprint(matrix.PACE)
    assert ask(body, status=status)["number"] == first["number"]
    fields = dict(changed(name, body))
    if "store" in fields:
        fields["store"] |= {"store": world["other_door"]}
    for field, other in fields.items():
        assert ask(other, status=409)["code"] == "key_taken", field
    assert footprint(matrix.PACE) == before
    told_in_log = [each for each in caplog.records if each.name == "gongxiang.api.refused"]
    assert len(told_in_log) == len(fields)
    assert set(fields) >= set(body)


def test_every_operation_that_changes_something_wants_a_key_or_is_once_by_itself() -> None:
    changes = {f"{method} {path}" for method, path, _ in operations() if method != "GET"}
    assert changes - set(keyed()) == {
        "DELETE /me/token",
        "DELETE /shops/{code}/charges/{number}",
        "POST /shops/{code}/orders/{number}/decline",
        "POST /shops/{code}/shifts",
        "POST /shops/{code}/shifts/{number}/close",
    }
    assert set(keyed()) > ELSEWHERE
