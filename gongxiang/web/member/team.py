"""Sharing and the team: the poster, the link, and whom it brought; masked, without spending.

Units: none. Source: R2, R11, H5; design/ui/faces.md 6.2.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongxiang.queries import people
from gongxiang.web.member.poster import draw
from gongxiang.web.member.present import signed_in
from gongxiang.web.member.rates import direct_rate
from gongxiang.web.shared.identity import member_required


@require_safe
@member_required
def team(request: HttpRequest) -> HttpResponseBase:
    """Print `/team`."""
    member = signed_in(request)
    face = {
        "recommender": people.named(member=member).recommender,
        "team": people.team(member=member),
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
