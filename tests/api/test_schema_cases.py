"""Cases made from the schema, for every operation and every role: no 5xx, no mismatch.

Source: reliability 6.3 (API fuzz).
"""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from gongxiang.acts.make_token import make_token
from gongxiang.members import accounts
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from tests.api.programs import token_of
from tests.conftest import IS_LONG, Database
from tests.forgetting import forget
from tests.web.everything import PERSONS, STRANGER, one_of_everything

KNOWN = {
    "code": "door",
    "month": "month",
    "day": "day",
    "entry": "entry",
    "/orders/{number} number": "order",
    "/orders/{number}/refund-cases number": "settled",
    "/payments/{number} number": "attempt",
    "/sales/{number} number": "sale",
    "/withdrawals/{number} number": "withdrawal",
    "/shops/{code}/charges/{number} number": "charge",
    "/shops/{code}/orders/{number} number": "order",
    "/shops/{code}/orders/{number}/refunds number": "order",
    "/shops/{code}/orders/{number}/decline number": "order",
    "/shops/{code}/orders/{number}/refund-cases number": "settled",
    "/shops/{code}/refund-cases/{number} number": "case",
    "/shops/{code}/refund-cases/{number}/pay-ins number": "case",
    "/shops/{code}/shifts/{number} number": "shift",
    "/shops/{code}/shifts/{number}/close number": "open_shift",
}
"""What of the world stands in an address; each kind of object by its own."""
Known = dict[str, str]
API = "/api/v1"
EXAMPLES = 200 if IS_LONG else 5
ENDS = "DELETE /api/v1/me/token"
"""The token that asks has ended after it: tried last, or all that comes after is told 401."""


BY_CHANCE = ("POST ", "GET /api/v1/quotes/")
"""What the rules allow is made by chance alone here; the others need what is there."""


@pytest.fixture(scope="module")
def reached() -> Counter[str]:
    """Count over all roles what was answered with what was asked for."""
    return Counter()


@pytest.mark.parametrize("role", ["anonymous", "other", *PERSONS])
def test_no_case_breaks_the_api(role: str, reached: Counter[str], database: Database) -> None:
    assert database.name
    forget()
    METER.forget()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["*"]):
        known = one_of_everything()
        headers = {"Authorization": f"Bearer {_token(role)}"} if role != "anonymous" else {}
        reached.update(try_all(headers, {name: str(known[of]) for name, of in KNOWN.items()}))


def test_what_is_asked_of_things_that_are_there_was_reached_by_somebody(
    reached: Counter[str],
) -> None:
    assert len(reached) > 40
    assert [
        name for name, count in reached.items() if not count and not name.startswith(BY_CHANCE)
    ] == []


def _token(role: str) -> str:
    if role in PERSONS:
        return token_of(PERSONS[role])
    stranger = accounts.whose(issuer=STRANGER.issuer, subject=STRANGER.subject)
    assert stranger is not None
    return make_token(member=stranger, name="程序", scopes=tuple(Scope), days=30).token


def try_all(headers: dict[str, str], known: Known) -> Counter[str]:
    """Try every operation with what fits its description, and with what does not.

    Gives how often each was answered with what was asked for.
    """
    answered: Counter[str] = Counter()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    with override_settings(API_RATE=10**6, API_ADDRESS_RATE=10**6):
        found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
        assert len(found) == schema.statistic.operations.total
        for operation in sorted(found, key=lambda each: each.label == ENDS):
            answered[operation.label] = _try(operation, GenerationMode.POSITIVE, headers, {})
            if operation.path_parameters:
                found_there = _try(operation, GenerationMode.POSITIVE, headers, known)
                answered[operation.label] += found_there
            if any(operation.iter_parameters()) or operation.body:
                _try(operation, GenerationMode.NEGATIVE, headers, {})
    return answered


def _try(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    headers: dict[str, str],
    known: Known,
) -> int:
    """Try one, with what is known put into its address; give how often it succeeded."""
    answers: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case[Any]) -> None:
        # What fits the description may still be refused by a rule, by name; a case whose fault is
        # a missing token has none once the role's own is put in.
        excluded: list[Any] = [positive_data_acceptance]
        if headers and "Authorization" not in (case.headers or {}):
            excluded.append(negative_data_rejection)
        for name in case.path_parameters or {}:
            by_path = known.get(f"{operation.path.removeprefix(API)} {name}", known.get(name))
            case.path_parameters[name] = by_path or case.path_parameters[name]
        if known and len(answers) % 2:
            case.query = {}
        answer = case.call_and_validate(headers=headers, excluded_checks=excluded)
        answers.append(answer.status_code)

    run()
    return sum(200 <= status < 300 for status in answers)
