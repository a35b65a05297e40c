"""A key stands for one body: sent again it gives the first answer, with another body a refusal.

Every operation that wants a key is asked, with each field of its body changed in turn; operations
and fields come from the API's own description, so that a new one is asked as well.

Source: I-18; issue 4 (Paying: same key, other body: refused).
"""

import json
from http import HTTPStatus
from typing import Any, Final

from gongxiang.api.site import api
from gongxiang.members.tokens import Scope
from tests.api.asked import PREFIX, Program
from tests.api.test_matrix import TABLE, _filled, _token
from tests.api.test_matrix import payment_keys as payment_keys  # noqa: PLC0414  a fixture
from tests.api.test_matrix import people as people  # noqa: PLC0414  a fixture
from tests.api.test_matrix import sandbox as sandbox  # noqa: PLC0414  a fixture
from tests.api.test_matrix import world as world  # noqa: PLC0414  a fixture
from tests.web.everything import World

APART: Final = {"/shops/{code}/refund-cases/{number}/pay-ins"}
"""Wants a case that waits for money: tests/payments/test_pay_in_api.py."""
KEY: Final = "one-key-for-one-body"
SHOWN: Final = {"tax_fen": 0, "pays_fen": 100, "payee": ""}
OTHER: Final[dict[str, object]] = {
    "channel": "alipay",
    "amount_fen": 101,
    "note": "少放辣",
    "reason": "换一个说法",
    "charge": "1",
    "points": "1000000000001",
    "shown_net": "1504580",
    "shown": SHOWN | {"tax_fen": 1},
}


def keyed() -> list[tuple[str, list[str]]]:
    """Give every operation that wants a key, with the fields of its body."""
    described: Any = json.loads(json.dumps(api.get_openapi_schema()))
    parts = described["components"]["schemas"]
    found = []
    for path, methods in described["paths"].items():
        for operation in methods.values():
            headers = [each["name"] for each in operation.get("parameters", [])]
            if "Idempotency-Key" in headers:
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                name = body["$ref"].rpartition("/")[2]
                found.append((path.removeprefix(PREFIX), sorted(parts[name]["properties"])))
    return found


def test_a_key_with_any_other_body_is_refused(world: World, people: dict[str, int]) -> None:
    asked = {path: fields for path, fields in keyed() if path not in APART}
    assert len(asked) >= 7
    wrong = []
    for path, fields in asked.items():
        who = people["owner" if path.startswith("/shops") else "member"]
        program = Program(_token(who, tuple(Scope)))
        where = _filled("POST", path, world).removeprefix(PREFIX)
        body = TABLE["bodies"][f"POST {path}"] | (
            {"store": world["door"]} if path == "/payments" else {}
        )
        first = send(program, where, body)
        assert first[0] in {201, 202}, (path, first)
        if send(program, where, body)[1] != first[1]:
            wrong.append((path, "again"))
        for field in fields:
            changed = world["other_door"] if field == "store" else OTHER[field]
            if send(program, where, {**body, field: changed}) != (409, "key_taken"):
                wrong.append((path, field))
    assert wrong == []


def send(program: Program, where: str, body: object) -> tuple[int, str]:
    """Ask under the key; give the status and the number, or the code of the refusal."""
    answer = program.client.post(
        f"{PREFIX}{where}",
        json.dumps(body),
        content_type="application/json",
        headers={**program.headers, "Idempotency-Key": KEY},
    )
    told = json.loads(answer.content)
    refused = answer.status_code >= HTTPStatus.BAD_REQUEST
    return answer.status_code, str(told["code"] if refused else told.get("number"))
