"""How often a person may do something on the pages; more than that is no person.

    a form, by the member who is signed in     counted in the database, over all web processes
    a form, by the network of a stranger       the same
    a page that costs much, by the network     counted in each process: looking writes nothing

Channels' notices and the API prove in other ways who asks, and are counted there.

Units: times a minute. Source: reliability 8 (1, 7, 16), API4, API6.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gongxiang.ledger import raw
from gongxiang.members import pace
from gongxiang.members.address import network_of_caller
from gongxiang.members.meter import METER
from gongxiang.web import errors
from gongxiang.web.shared import identity, kept_form

MEMBER_RATE: Final = 120
"""Forms of one member: a till types faster than anybody else."""
NETWORK_RATE: Final = 600
"""Forms of strangers from one network; behind one address of an operator stand thousands."""
FORMS: Final[Mapping[str, int]] = {
    "merchant:apply_step": 30,
    "merchant:settings": 30,
    "merchant:take_over": 10,
    "member:me_close": 10,
    "member:me_tokens": 30,
    "member:pay": 30,
    "wallet:withdraw": 20,
    "wallet:payee_identity": 10,
    "wallet:payee_account": 10,
    "points:sell": 30,
}
"""What one member may do less often, counted for itself: uploads, look-ups, what moves money."""
LOOKS: Final[Mapping[str, int]] = {
    "public:stores": 300,
    "public:near": 300,
    "merchant:qr_pdf": 60,
    "merchant:qr_png": 60,
    "merchant:statement_table": 60,
    "member:poster": 60,
    "member:me_export": 30,
    "wallet:statement_table": 60,
}
"""Pages that search or draw, from one network."""
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

Answer = Callable[[HttpRequest], HttpResponseBase]


class Pacing:
    """Refuses what comes too often, before the page is asked."""

    def __init__(self, get_response: Answer) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _arguments: object,
        _named: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Count the request; give a page of its own where it is one too many."""
        if getattr(view, "csrf_exempt", False):
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_looking = request.method in _READING
        wait = _look(request, name) if is_looking else _form(request, name)
        if not wait:
            return None
        kept_at = "" if is_looking else kept_form.keep(request, view)
        return errors.too_fast(request, wait=wait, kept_at=kept_at)


def _look(request: HttpRequest, name: str) -> int:
    rate = LOOKS.get(name)
    return METER.wait(f"{name} {network_of_caller(request)}", rate=rate) if rate else 0


def _form(request: HttpRequest, name: str) -> int:
    """Count a form, in one statement; where the database is down, the page will say so."""
    try:
        member = identity.head_of(request)
        if member is None:
            return pace.wait(key=f"n{network_of_caller(request)}", rate=NETWORK_RATE)
        if name in FORMS:
            return pace.wait(key=f"m{member} {name}", rate=FORMS[name])
        return pace.wait(key=f"m{member}", rate=MEMBER_RATE)
    except raw.DATABASE_DOWN:
        return 0
