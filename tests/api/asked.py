"""A client that speaks JSON to the API of the town."""

# ruff: noqa: ANN401  what comes out of JSON has any type

import json
from typing import Any

from django.test import Client

PREFIX = "/api/v1"


class Program:
    """A program with a token, or with none."""

    def __init__(self, token: str = "") -> None:
        self.client = Client(raise_request_exception=True)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, *, status: int = 200, **query: str | int) -> Any:
        """Ask for something; give what was told."""
        answer = self.client.get(f"{PREFIX}{path}", query, headers=self.headers)
        return told(answer, status)

    def post(
        self, path: str, body: object, *, key: str = "", status: int = 201, raw: str = ""
    ) -> Any:
        """Do something under a key; give what was told."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        answer = self.client.post(
            f"{PREFIX}{path}",
            raw or json.dumps(body),
            content_type="application/json",
            headers=headers,
        )
        return told(answer, status)


def told(answer: Any, status: int) -> Any:
    """Read an answer; a problem says its own status and has our form."""
    assert answer.status_code == status, answer.content.decode()[:500]
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        problem = json.loads(answer.content)
        assert problem["status"] == status
        assert problem["type"] == f"urn:gongxiang:problem:{problem['code']}"
        return problem
    return json.loads(answer.content) if answer.content else None
