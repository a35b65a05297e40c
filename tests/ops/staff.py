"""Staff for the tests: accounts with a role and a set-up factor, and browsers signed in as them."""

import time

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django_otp.oath import TOTP

from gongxiang.base.clock import SECOND
from gongxiang.governance.factor import NAME, draw
from gongxiang.governance.models import Factor, Officer, Role
from gongxiang.ops import door
from gongxiang.payments.clock import database_now

PASSWORD = "three-small-fish-7"


def officer(name: str, role: Role) -> User:
    """Open an account with its second factor set up."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    Officer.objects.create(user=user, role=role.value, epoch=1)
    Factor.objects.create(user=user, name=NAME, confirmed=True, key=draw())
    return user


def code_of(name: str, *, ahead: int = 0) -> str:
    """Give the code that the authenticator shows now, or some steps later."""
    device = Factor.objects.get(user__username=name)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + ahead * device.step
    return f"{totp.token():06}"


def forget_used_codes(name: str) -> None:
    """Let the code of this moment be taken once more, as if half a minute had passed."""
    Factor.objects.filter(user__username=name).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )


def signed_in(name: str, *, client: Client | None = None) -> Client:
    """Give a browser in which somebody has passed both factors."""
    client = client or Client()
    user = User.objects.get(username=name)
    client.force_login(user)
    role = Officer.objects.filter(pk=user.pk).first()
    session = client.session
    session["officer_epoch"] = role.epoch if role else 0
    session["officer_began"] = session["officer_factor_at"] = int(time.time())
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    _see(client)
    return client


def _see(client: Client, *, ago: int = 0) -> None:
    """Give a browser the cookie of a click so many seconds ago."""
    request = RequestFactory().get("/ops/")
    request.session = client.session
    answer = HttpResponse()
    request.session.now = database_now() - ago * SECOND  # type: ignore[attr-defined]
    door.seen(request, answer)
    client.cookies[door.SEEN] = answer.cookies[door.SEEN].value


def click_lies_back(client: Client, seconds: int) -> None:
    """Let the last click of a browser lie back."""
    _see(client, ago=seconds)
