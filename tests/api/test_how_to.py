"""The examples of docs/how-to/use-the-api.md: each is sent as it stands, its answer compared."""

import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
from django.test import Client

from gongxiang.members.tokens import Scope
from tests.api.programs import token_of
from tests.api.test_member import fang

pytestmark = pytest.mark.usefixtures("opened")
PAGE: Final = Path(__file__).resolve().parents[2] / "docs/how-to/use-the-api.md"
BLOCK: Final = re.compile(r"```(http|json)\n(.*?)```", re.DOTALL)


def test_every_example_is_answered_as_it_stands() -> None:
    words = {"TOKEN": token_of("lin"), "OWNER": token_of("afang", [Scope.STORE]), "STORE": fang()}
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert [kind for kind, _ in blocks] == ["http", "json"] * (len(blocks) // 2)
    assert len(blocks) >= 18
    for (_, asked), (_, answer) in zip(blocks[::2], blocks[1::2], strict=True):
        told, wanted = sent(asked, words), json.loads(answer)
        assert within(wanted, told), f"{asked}\n{told}"


def sent(asked: str, words: dict[str, str]) -> Any:  # noqa: ANN401  any JSON
    """Send a request as the page writes it."""
    for word, meant in words.items():
        asked = re.sub(rf"\b{word}\b", meant, asked)
    head, _, body = asked.strip().partition("\n\n")
    first, *lines = head.splitlines()
    method, path = first.split()
    headers = dict(line.split(": ", 1) for line in lines)
    answer = Client().generic(method, path, body, content_type="application/json", headers=headers)
    return json.loads(answer.content)


def within(wanted: Any, told: Any) -> bool:  # noqa: ANN401  any JSON
    """Tell whether all that is written stands in the answer."""
    if isinstance(wanted, dict):
        return isinstance(told, dict) and all(
            name in told and within(value, told[name]) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return len(wanted) == len(told) and all(map(within, wanted, told))
    return bool(wanted == told)
