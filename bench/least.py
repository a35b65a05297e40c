"""The least that Django can do: a session and one query, read or written, or a channel asked.

    page       nothing around the view, the query as it goes over the wire, a title alone
    plain      as Django's own project template begins: its middleware, its ORM, a template
    endpoint   a row written under a key
    channel    the same, and the channel asked

Units: fen. Source: issue 4 (Speed: half of a least page, sixty per cent of a least endpoint).
"""

import os
import secrets
import time

from django.core.wsgi import get_wsgi_application
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.least_settings")
os.environ.setdefault("GONGXIANG_POOL_SIZE", "4")
application = get_wsgi_application()

from gongxiang.ledger import raw  # noqa: E402  the settings come first
from gongxiang.ledger.models import Balance  # noqa: E402
from gongxiang.payments import gateway  # noqa: E402
from gongxiang.payments.provider import Provider  # noqa: E402
from gongxiang.payments.wire import Payee, Prepay  # noqa: E402

TABLES = """
CREATE TABLE bench_paid (member_id bigint, key text, amount bigint, PRIMARY KEY (member_id, key));
CREATE TABLE django_session
    (session_key varchar(40) PRIMARY KEY, session_data text, expire_date timestamptz);
GRANT ALL ON bench_paid, django_session TO gongxiang_app
"""
"""What it writes, and Django's own table of sessions."""
SESSION = """
INSERT INTO django_session VALUES (%s, %s, clock_timestamp() + interval '1 day')
"""
_READ = "SELECT coalesce(sum(amount), 0) FROM ledger_balance WHERE party_id = %s"
_WRITE = "INSERT INTO bench_paid VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_MINUTES = 15 * 60 * 1_000_000


def page(request: HttpRequest) -> HttpResponse:
    """Read a session and a sum."""
    with raw.cursor() as cursor:
        cursor.execute(_READ, (request.session["member"],))
        (amount,) = cursor.fetchone() or (0,)
    return _sized(HttpResponse(f"<!doctype html><title>{amount}</title>"))


def plain(request: HttpRequest) -> HttpResponse:
    """Do the same as Django's tutorial would."""
    balances = Balance.objects.filter(party_id=request.session["member"])
    context = balances.aggregate(amount=Sum("amount"))
    return _sized(render(request, "plain.html", context))


def endpoint(request: HttpRequest) -> HttpResponse:
    """Read a session and write a row under a key."""
    with raw.cursor() as cursor:
        cursor.execute(_WRITE, (request.session["member"], secrets.token_hex(12), 12_800))
    return _sized(HttpResponse(status=303, headers={"Location": "/"}))


def channel(request: HttpRequest) -> HttpResponse:
    """Do the same, and ask the channel to open a payment."""
    answer = endpoint(request)
    gateway.prepay(
        provider=Provider.WECHAT,
        order=Prepay(
            number=f"GXL-{secrets.token_hex(10)}",
            description="least",
            amount_fen=12_800,
            expires_at=time.time_ns() // 1_000 + _MINUTES,
            notify_url="http://127.0.0.1:9/",
            return_url="http://127.0.0.1:9/",
            payer_address="127.0.0.1",
            payer="",
            is_shared=True,
            payee=Payee(number=request.headers["X-Payee"], authorization=""),
        ),
    )
    return answer


def _sized(answer: HttpResponse) -> HttpResponse:
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


urlpatterns = [
    path("page", page),
    path("plain", plain),
    path("endpoint", endpoint),
    path("channel", channel),
]
