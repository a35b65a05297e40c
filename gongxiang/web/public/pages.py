"""The public pages: each parses its address, asks the queries, and prints one face.

All are read only, need no script and no sign-in; each sees one moment of the database.

Units: none. Source: design/ui/faces.md 6.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from gongxiang.base import text
from gongxiang.queries import finder
from gongxiang.queries import pool as queries
from gongxiang.queries.finder_data import Wanted
from gongxiang.queries.kept import kept
from gongxiang.queries.pool_data import PoolNow, Rules, Span, Totals
from gongxiang.queries.present import present
from gongxiang.queries.versions import Shelf, shelf
from gongxiang.web.errors import Missing
from gongxiang.web.public import faces
from gongxiang.web.shared.care import is_large
from gongxiang.web.shared.identity import member_of

EVENTS_SIZE: Final = 50
LATEST_SIZE: Final = 5
STORES_SIZE: Final = 3
_NUMBER_DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What every page begins with."""

    pool: PoolNow
    totals: Totals
    shelf: Shelf
    rules: Rules


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Print `/`; who is signed in has a home of his own."""
    if member_of(request) is not None:
        return HttpResponseRedirect(reverse("wallet:home"))
    with queries.one_moment():
        today = present()
        terms = shelf(now=today.pool.now).in_force.terms
        stores = finder.find(wanted=Wanted(), now=today.pool.now, size=STORES_SIZE)
    face = faces.front_face(pair=today.pool.pair, honest=today.facts, terms=terms, stores=stores)
    return _page(request, "front", {"face": face})


@require_safe
def pool(request: HttpRequest) -> HttpResponse:
    """Print `/pool`, with the chart of `?range=`."""
    with queries.one_moment():
        now, newest = queries.pool_and_newest()
        span = faces.span_of(asked=request.GET.get("range", ""), now=now)
        page = kept(
            _kept_as(request, f"pool-{span.value}"),
            now=now,
            newest=newest,
            make=lambda: _pool_page(request, now, span),
        )
    return HttpResponse(page)


@require_safe
def events(request: HttpRequest) -> HttpResponse:
    """Print `/pool/events`: the steps before `?before=`, or the newest."""
    before = _number(request.GET.get("before", ""))
    with queries.one_moment():
        now = _now()
        steps = queries.steps(before=before, size=EVENTS_SIZE)
    if before is not None and not steps:
        raise _no_step(now.pool)
    face = faces.events_face(
        now=now.pool, totals=now.totals, steps=steps, size=EVENTS_SIZE, rules=now.rules
    )
    return _page(request, "events", {"face": face, "here": "events"})


@require_safe
def event(request: HttpRequest, number: int) -> HttpResponse:
    """Print `/pool/events/<number>`."""
    with queries.one_moment():
        now = _now()
        step = queries.step(number=number) if number <= now.pool.steps else None
        lot = queries.lot_name(step=number) if step else ""
    if step is None:
        raise _no_step(now.pool)
    handled = now.shelf.of(number=step.rules) or now.shelf.on(day=step.day)
    face = faces.event_face(
        now=now.pool, totals=now.totals, step=step, lot=lot, handled=handled, rules=now.rules
    )
    return _page(request, "event", {"face": face, "here": "events"})


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Print `/pool/feed`: what the public feed is, with its newest line."""
    with queries.one_moment():
        now = _now()
        example = queries.newest_feed_line(now=now.pool)
    face = faces.feed_face(now=now.pool, totals=now.totals, example=example, rules=now.rules)
    return _page(request, "feed", {"face": face})


@require_safe
def feed_lines(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the public feed, one JSON object a line, from the step after `?after=` on.

    The pool is asked first, so that a database that is down is a page and no torn file.
    """
    queries.pool_now()
    after = _number(request.GET.get("after", "")) or 0
    response = StreamingHttpResponse(
        queries.feed_chunks(after=after), content_type="application/x-ndjson"
    )
    response["Content-Disposition"] = 'attachment; filename="pool.jsonl"'
    return response


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Print `/pool/verify`: how to verify, in plain steps."""
    with queries.one_moment():
        now = _now()
        opening = queries.opening()
    face = faces.verify_face(now=now.pool, totals=now.totals, opening=opening, rules=now.rules)
    return _page(request, "verify", {"face": face, "here": "verify"})


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Print `/rules`: the version in force."""
    with queries.one_moment():
        now, newest = queries.pool_and_newest()
        page = kept(
            _kept_as(request, "rules"),
            now=now,
            newest=newest,
            make=lambda: _rules_in_force(request, now),
        )
    return HttpResponse(page)


@require_safe
def rules_version(request: HttpRequest, number: int) -> HttpResponse:
    """Print `/rules/<number>`."""
    with queries.one_moment():
        now = _now()
    asked = now.shelf.of(number=number)
    if asked is None:
        raise Missing(
            title=f"没有第 {number} 版规则",
            note=f"现在生效的是第 {now.rules.version.number} 版。",
            action="看正在生效的规则",
            href=reverse("public:rules"),
        )
    return _rules_page(request, now, asked)


def _pool_page(request: HttpRequest, now: PoolNow, span: Span) -> bytes:
    whole = _now(now)
    face = faces.pool_face(
        now=now,
        totals=whole.totals,
        history=queries.history(span=span, now=now),
        latest=queries.steps(before=None, size=LATEST_SIZE),
        rules=whole.rules,
    )
    return _page(request, "pool", {"face": face, "here": "pool"}).content


def _rules_in_force(request: HttpRequest, pool: PoolNow) -> bytes:
    now = _now(pool)
    return _rules_page(request, now, now.rules).content


def _rules_page(request: HttpRequest, now: _Now, asked: Rules) -> HttpResponse:
    face = faces.rules_face(
        now=now.pool,
        totals=now.totals,
        rules=asked,
        in_force=now.rules,
        versions=now.shelf.versions,
    )
    return _page(request, "rules", {"face": face, "here": "rules"})


def _now(pool: PoolNow | None = None) -> _Now:
    now = pool or queries.pool_now()
    published = shelf(now=now.now)
    return _Now(
        pool=now,
        totals=queries.totals(now=now),
        shelf=published,
        rules=published.in_force,
    )


def _page(request: HttpRequest, name: str, context: Mapping[str, object]) -> HttpResponse:
    return HttpResponse(render_to_string(f"public/{name}.html", {**context, "request": request}))


def _kept_as(request: HttpRequest, name: str) -> str:
    """Name a page that is kept for everybody: one for plain letters, one for large ones."""
    return f"{name}-large" if is_large(request) else name


def _number(written: str) -> int | None:
    """Read a step's number from an address; what is no number is no restriction."""
    is_number = written.isascii() and written.isdigit() and len(written) <= _NUMBER_DIGITS_MAX
    return int(written) if is_number else None


def _no_step(now: PoolNow) -> Missing:
    reached = f"盈利池现在走到第 {text.count(number=now.steps)} 步。"
    return Missing(
        title="没有这一步",
        note=reached if now.steps else "还没有结算过订单。",
        action="看每一步",
        href=reverse("public:events"),
    )
