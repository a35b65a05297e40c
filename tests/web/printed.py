"""Every public page as it is printed in the worlds of `world`, without a database."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from django.http import HttpRequest
from django.template.loader import render_to_string

from gongxiang.base import clock, money
from gongxiang.merchants.hours import Hours
from gongxiang.queries.facts import facts
from gongxiang.queries.finder_data import Found
from gongxiang.queries.pool_data import Change, Kind, Pair, Span, Standing, Step
from gongxiang.web import errors
from gongxiang.web.public import faces
from tests.web import world

BUSY: Final = world.minted_steps(count=1_400, a_day=21)
BUSY_NOW: Final = world.pool_now(steps=BUSY, behind_since=world.NOW - 10 * 60 * clock.SECOND)
SALE: Final = Step(
    number=1_401,
    kind=Kind.SALE,
    day=world.TODAY,
    rules=1,
    before=BUSY[-1].after,
    after=Pair(
        money=BUSY[-1].after.money - 1_021_636_000,
        circulating=BUSY[-1].after.circulating - 112 * money.POINT,
    ),
)
LINE: Final = (
    '{"step":3,"kind":"mint","day":"2026-11-22","lot":"9f86d081884c7d65","amount":"160000000",'
    '"points":"66661553126512","cap":"1200000000","money":"480100000",'
    '"circulating":"257182500569290"}'
)
STORES: Final = (
    Found(
        store=1,
        code="7GKM0211",
        name="阿芳小馆",
        category="餐饮",
        division="天河区",
        address="体育东横街 18 号首层",
        hours=Hours(opens=630, closes=1_320),
        is_open=True,
        square=0,
        metres=None,
    ),
)
NOTICE: Final = replace(
    world.VERSION,
    number=2,
    standing=Standing.NOTICE,
    published_at=world.NOW,
    effective_at=world.NOW + 6 * clock.DAY + 5,
)


MISSING: Final = errors.Missing(
    title="没有这一步", note="盈利池现在走到第 3 步。", action="看每一步", href="/pool/events"
)
TROUBLES: Final = (
    *("400", "403", "403-form", "404", "404-step", "405", "413"),
    *("429", "429-form", "500", "500-form", "503", "503-rules", "503-rest"),
)
"""Every page that says why another could not be shown."""


def front() -> str:
    """Print `/`."""
    face = faces.front_face(
        pair=world.pool_now().pair,
        honest=facts(totals=world.totals(), pair=world.pool_now().pair, terms=world.rules().terms),
        terms=world.rules().terms,
        stores=STORES,
    )
    return render_to_string("public/front.html", {"face": face})


def pool() -> str:
    """Print `/pool` of the three orders."""
    face = faces.pool_face(
        now=world.pool_now(),
        totals=world.totals(),
        history=world.history(),
        latest=world.THREE[::-1],
        rules=world.rules(),
    )
    return render_to_string("public/pool.html", {"face": face, "here": "pool"})


def pool_empty() -> str:
    """Print `/pool` before the first order."""
    face = faces.pool_face(
        now=world.pool_now(steps=()),
        totals=world.totals(steps=()),
        history=world.history(steps=()),
        latest=(),
        rules=world.rules(),
    )
    return render_to_string("public/pool.html", {"face": face, "here": "pool"})


def pool_busy() -> str:
    """Print `/pool` of 1,400 orders over 67 days, ten minutes behind."""
    face = faces.pool_face(
        now=BUSY_NOW,
        totals=world.busy_totals(steps=BUSY),
        history=world.history(span=Span.ALL, steps=BUSY),
        latest=BUSY[:-6:-1],
        rules=world.rules(),
    )
    return render_to_string("public/pool.html", {"face": face, "here": "pool"})


def events() -> str:
    """Print the newest page of steps, with every kind among them."""
    kinds = (Kind.EXIT, Kind.REFUND, Kind.INJECTION)
    steps = (
        SALE,
        *(replace(step, kind=kind) for step, kind in zip(BUSY[:-4:-1], kinds, strict=True)),
        *BUSY[-4:-50:-1],
    )
    face = faces.events_face(
        now=BUSY_NOW,
        totals=world.busy_totals(steps=BUSY),
        steps=steps,
        size=50,
        rules=world.rules(),
    )
    return render_to_string("public/events.html", {"face": face, "here": "events"})


def events_empty() -> str:
    """Print the steps before the first one."""
    face = faces.events_face(
        now=world.pool_now(steps=()),
        totals=world.totals(steps=()),
        steps=(),
        size=50,
        rules=world.rules(),
    )
    return render_to_string("public/events.html", {"face": face, "here": "events"})


def event(*, step: Step = world.THREE[1]) -> str:
    """Print one step, the second unless told."""
    face = faces.event_face(
        now=world.pool_now(),
        totals=world.totals(),
        step=step,
        lot="9f86d081884c7d65",
        handled=world.rules(),
        rules=world.rules(),
    )
    return render_to_string("public/event.html", {"face": face, "here": "events"})


def rules(*, number: int = 1) -> str:
    """Print a version of the rules, with a second one in notice."""
    change = Change(title="店内退款期", before="24 小时", after="2 天")
    second = replace(world.rules(version=NOTICE), changes=(change,))
    face = faces.rules_face(
        now=world.pool_now(),
        totals=world.totals(),
        rules=world.rules() if number == 1 else second,
        in_force=world.rules(),
        versions=(NOTICE, world.VERSION),
    )
    return render_to_string("public/rules.html", {"face": face, "here": "rules"})


def verify() -> str:
    """Print `/pool/verify`."""
    face = faces.verify_face(
        now=world.pool_now(), totals=world.totals(), opening=world.OPENING, rules=world.rules()
    )
    return render_to_string("public/verify.html", {"face": face, "here": "verify"})


def feed() -> str:
    """Print `/pool/feed`."""
    face = faces.feed_face(
        now=world.pool_now(), totals=world.totals(), example=LINE, rules=world.rules()
    )
    return render_to_string("public/feed.html", {"face": face})


def trouble(name: str) -> str:
    """Print the error page of this name."""
    request = HttpRequest()
    request.method, request.path = "GET", "/pool"
    request.record = "7f3a12bc90de"  # type: ignore[attr-defined]
    sent = HttpRequest()
    sent.method, sent.path = "POST", "/wallet/withdraw"
    sent.record = request.record  # type: ignore[attr-defined]
    answers = {
        "400": lambda: errors.bad_request(request, Exception()),
        "403": lambda: errors.forbidden(request, Exception()),
        "404": lambda: errors.not_found(request, Exception()),
        "403-form": lambda: errors.form_expired(sent),
        "404-step": lambda: errors.not_found(request, MISSING),
        "405": lambda: errors.wrong_method(request, allowed="POST"),
        "413": lambda: errors.too_large(sent),
        "429": lambda: errors.too_fast(request, wait=12),
        "429-form": lambda: errors.too_fast(sent, wait=12, kept_at=sent.path),
        "500": lambda: errors.broken(request),
        "500-form": lambda: errors.broken(sent),
        "503": lambda: errors.unavailable(request),
        "503-rest": lambda: errors.maintenance(request, until="03:30"),
        "503-rules": lambda: errors.not_open(request),
    }
    return answers[name]().content.decode()


def all_pages() -> Mapping[str, str]:
    """Print every page in every state."""
    return {
        "front": front(),
        "pool": pool(),
        "pool-empty": pool_empty(),
        "pool-busy": pool_busy(),
        "events": events(),
        "events-empty": events_empty(),
        "event": event(),
        "event-sale": event(step=SALE),
        "rules": rules(),
        "rules-2": rules(number=2),
        "verify": verify(),
        "feed": feed(),
        **{name: trouble(name) for name in TROUBLES},
    }
