"""A web server whose clock is a day off does what the others do: every period is the database's.

Source: reliability I-27, C9.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client, override_settings

from gongxiang.base.clock import SECOND
from gongxiang.economy.accounts import CASH
from gongxiang.payments.clock import database_now
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in

OFF = [timedelta(days=-1), timedelta(0), timedelta(days=1)]


@pytest.fixture(autouse=True, params=OFF, ids=str)
def _town(database: Database, request: pytest.FixtureRequest) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    told = datetime.now(UTC) + request.param
    with (
        override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]),
        patch("time.time", return_value=told.timestamp()),
        patch("time.time_ns", return_value=int(told.timestamp()) * 10**9),
        patch("django.utils.timezone.now", return_value=told),
    ):
        yield


def with_kept(client: Client, **kept: object) -> Client:
    session = client.session
    session.update(kept)
    session.save()
    client.cookies["session"] = str(session.session_key)
    return client


@pytest.mark.parametrize(("age", "status"), [(1_700, 200), (1_900, 303)])
def test_who_proved_himself_has_half_an_hour_to_agree(age: int, status: int) -> None:
    at = database_now() // SECOND - age
    client = with_kept(Client(), entry_proved=["phone", "new", "138****8000", at])
    assert client.get("/join").status_code == status


@pytest.mark.parametrize(("age", "status"), [(500, 200), (700, 303)])
def test_the_other_account_counts_for_ten_minutes(age: int, status: int) -> None:
    signed_in("zhou")
    at = database_now() // SECOND - age
    client = with_kept(signed_in("lin"), joining_other=[town.party("zhou"), at])
    assert client.get("/me/accounts").status_code == status


@pytest.mark.parametrize(("age", "status"), [(500, 303), (700, 422)])
def test_a_proof_for_cash_counts_for_ten_minutes(age: int, status: int) -> None:
    client = signed_in("lin")
    form = form_of(client, "/wallet/withdraw/check?amount=1.00")
    with_kept(client, member_proved_at=database_now() - age * SECOND)
    answer = client.post("/wallet/withdraw", form)
    assert (answer.status_code == 303) is (status == 303)
    assert town.query("SELECT count(*) FROM treasury_payout") == [(1 if status == 303 else 0,)]


def test_a_sale_brings_the_same_to_the_micro_yuan() -> None:
    client = signed_in("lin")
    before = town.balance("lin", CASH)
    form = form_of(client, "/points/sell?points=112.0000")
    assert client.post("/points/sell", form).status_code == 303
    town.settle_now()
    assert town.balance("lin", CASH) - before == 167_262_390


def form_of(client: Client, path: str) -> dict[str, str]:
    page = client.get(path).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
