"""Cases made from the schema, for every operation and every role: no 5xx, no mismatch.

Source: reliability 6.3 (API fuzz).
"""

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

from tests.acts import town
from tests.api.programs import token_of
from tests.conftest import IS_LONG

pytestmark = pytest.mark.usefixtures("opened")
EXAMPLES = 200 if IS_LONG else 5
ENDS = "DELETE /api/v1/me/token"
"""The token that asks has ended after it: tried last, or all that comes after is told 401."""


@pytest.mark.parametrize("role", ["anonymous", "lin", "zhou", "cashier", "afang"])
def test_no_case_breaks_the_api(role: str) -> None:
    if role == "cashier":
        town.query(
            "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
            " VALUES (%s, %s, 'cashier', clock_timestamp())",
            town.party("fang", kind=2),
            town.party("zhou"),
        )
    who = {"anonymous": "", "cashier": "zhou"}.get(role, role)
    try_all({"Authorization": f"Bearer {token_of(who)}"} if who else {})


def try_all(headers: dict[str, str]) -> None:
    """Try every operation with what fits its description, and with what does not."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    with override_settings(API_RATE=10**6, API_ADDRESS_RATE=10**6):
        found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
        assert len(found) == schema.statistic.operations.total
        for operation in sorted(found, key=lambda each: each.label == ENDS):
            _try(operation, GenerationMode.POSITIVE, headers)
            if any(operation.iter_parameters()) or operation.body:
                _try(operation, GenerationMode.NEGATIVE, headers)


def _try(
    operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, headers: dict[str, str]
) -> None:
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
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    run()
