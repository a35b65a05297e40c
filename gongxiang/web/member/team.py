"""Sharing and the team: the poster, the link, and whom it brought; masked, without spending.

    GET /team                  how many, and the newest
    GET /team?before=PLACE     those who came before

Units: moments in microseconds. Source: R2, R11, H5; design/ui/faces.md 6.2.
"""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.base.clock import DAY
from gongxiang.queries import moment, people
from gongxiang.web.member.poster import draw
from gongxiang.web.member.present import signed_in
from gongxiang.web.member.rates import direct_rate
from gongxiang.web.shared import places
from gongxiang.web.shared.identity import member_required

ON_A_PAGE: Final = 50


@require_safe
@member_required
def team(request: HttpRequest) -> HttpResponseBase:
    """Print `/team`."""
    member = signed_in(request)
    before = places.read(request.GET.get("before", ""), latest=moment.now() + DAY)
    found = people.followers(member=member, size=ON_A_PAGE + 1, before=before)
    shown = found[:ON_A_PAGE]
    face = {
        "recommender": people.named(member=member).recommender,
        "team": people.team(member=member),
        "followers": shown,
        "older": places.written(shown[-1].joined_at, shown[-1].member)
        if len(found) > len(shown)
        else "",
        "is_first": before is None,
        "rate": direct_rate(),
    }
    return render(request, "member/team.html", {"face": face, "here": "wallet"})


@require_safe
@member_required
def share(request: HttpRequest) -> HttpResponseBase:
    """Print `/share`."""
    person = people.named(member=signed_in(request))
    face = {"link": _link(person.code), "code": person.code, "rate": direct_rate()}
    return render(request, "member/share.html", {"face": face, "here": "wallet"})


@require_safe
@member_required
def poster(request: HttpRequest) -> HttpResponseBase:
    """Give the poster as a picture."""
    person = people.named(member=signed_in(request))
    picture = draw(link=_link(person.code), name=person.shown)
    response = HttpResponse(picture, content_type="image/png")
    response["Content-Disposition"] = f'inline; filename="gongxiang-{person.code}.png"'
    return response


def _link(code: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}/i/{code}"
