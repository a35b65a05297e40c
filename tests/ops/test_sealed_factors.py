"""Secrets of second factors are sealed, outlive a change of the keys, and the clock is one.

Source: reliability 8 (23, 25, 34), I-27, C9.
"""

import importlib
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django_otp.plugins.otp_totp.models import TOTPDevice

from gongxiang.acts.offer_factor import offer_factor
from gongxiang.acts.pass_factor import pass_factor
from gongxiang.acts.set_factor import set_factor
from gongxiang.governance.factor import TooManyCodes, WrongCode
from gongxiang.governance.models import Factor, RecoveryCode
from gongxiang.members import sealed
from tests.conftest import Database
from tests.ops import staff, world

OTHER = "another-key-of-fifty-characters-and-some-more-of-them"
MIGRATION = importlib.import_module("gongxiang.governance.migrations.0010_sealed_factors")


@pytest.fixture(autouse=True)
def _staff(database: Database) -> None:
    assert database.name
    world.users()


def user(name: str) -> int:
    return User.objects.values_list("pk", flat=True).get(username=name)


def test_a_copy_of_the_database_tells_no_secret() -> None:
    fresh = User.objects.create_user("xin", password=world.PASSWORD, is_staff=True)
    offer_factor(user=fresh.pk)
    offer_factor(user=fresh.pk)
    device = Factor.objects.get(user_id=fresh.pk)
    assert len(device.bin_key) == 20
    assert device.bin_key.hex() not in device.key
    assert sealed.unseal(purpose=sealed.FACTOR, sealed=device.key)
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(purpose=sealed.ACCOUNT, sealed=device.key)
    with override_settings(SECRET_KEY=OTHER), pytest.raises(sealed.Unreadable):
        _ = device.bin_key


def test_who_had_a_factor_before_keeps_it() -> None:
    secret = "3132333435363738393031323334353637383930"
    TOTPDevice.objects.filter(user_id=user("li")).update(key=secret)
    TOTPDevice.objects.exclude(user_id=user("li")).delete()
    MIGRATION.seal(apps, None)
    device = Factor.objects.get(user_id=user("li"))
    assert device.bin_key == b"12345678901234567890"
    assert secret not in device.key
    pass_factor(user=user("li"), code=staff.code_of("li"), officer="li", is_sign_in=True)
    MIGRATION.unseal(apps, None)
    assert TOTPDevice.objects.get(user_id=user("li")).key == secret


def test_a_factor_and_its_recovery_codes_outlive_a_change_of_the_key() -> None:
    Factor.objects.filter(user_id=user("li")).update(confirmed=False)
    codes = set_factor(user=user("li"), code=staff.code_of("li"), officer="li")
    staff.forget_used_codes("li")
    older = settings.SECRET_KEY
    with override_settings(SECRET_KEY=OTHER), pytest.raises(WrongCode):
        pass_factor(user=user("li"), code=codes[0], officer="li", is_sign_in=True)
    staff.forget_used_codes("li")
    with override_settings(SECRET_KEY=OTHER, SECRET_KEY_FALLBACKS=[older]):
        pass_factor(user=user("li"), code=staff.code_of("li"), officer="li", is_sign_in=True)
        pass_factor(user=user("li"), code=codes[0], officer="li", is_sign_in=True)
    assert RecoveryCode.objects.filter(user_id=user("li")).count() == len(codes) - 1


@pytest.mark.parametrize("days", [-1, 1])
def test_a_wrong_clock_of_the_web_server_neither_opens_nor_shuts_the_console(days: int) -> None:
    client = staff.signed_in("li")
    late = staff.signed_in("fu")
    staff.click_lies_back(late, 31 * 60)
    told = datetime.now(UTC) + timedelta(days=days)
    with patch("time.time", return_value=told.timestamp()):
        assert client.get("/ops/").status_code == 200
        assert late.get("/ops/").status_code == 302


@pytest.mark.parametrize("days", [-1, 1])
def test_codes_and_their_waits_are_of_the_databases_clock(days: int) -> None:
    right, number = staff.code_of("li"), user("li")
    stale = staff.code_of("li", ahead=days * 24 * 60 * 2)
    told = datetime.now(UTC) + timedelta(days=days)

    def tried(code: str) -> None:
        pass_factor(user=number, code=code, officer="li", is_sign_in=True)

    with (
        patch("time.time", return_value=told.timestamp()),
        patch("django.utils.timezone.now", return_value=told),
    ):
        with pytest.raises(WrongCode):
            tried(stale)
        with pytest.raises(TooManyCodes) as waits:
            tried(right)
        assert waits.value.seconds == 1
        Factor.objects.filter(user_id=number).update(throttling_failure_count=10)
        with pytest.raises(TooManyCodes) as waits:
            tried(right)
        assert 510 <= waits.value.seconds <= 512  # two to the ninth
        staff.forget_used_codes("li")
        tried(right)
        with pytest.raises(WrongCode):
            tried(right)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_lock_out_lasts_whatever_the_web_servers_clock_says(days: int) -> None:
    def tried(password: str) -> int:
        form = {"username": "li", "password": password, "next": "/ops/"}
        return Client().post("/ops/login/", form).status_code

    assert [tried("wrong") for _ in range(5)][-1] == 429
    told = datetime.now(UTC) + timedelta(days=days)
    with (
        patch("axes.handlers.proxy.now", return_value=told),
        patch("axes.attempts.now", return_value=told),
    ):
        assert tried(world.PASSWORD) == 429
    AccessAttempt.objects.update(attempt_time=datetime.now(UTC) - timedelta(minutes=16))
    assert tried(world.PASSWORD) == 302
