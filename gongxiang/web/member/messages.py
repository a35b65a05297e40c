"""The page of messages: newest first, what is unread marked, one button that marks all as read.

Units: none. Source: design/ui/faces.md 6.2, 7 (a 9, b 7).
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongxiang.acts.mark_read import mark_read
from gongxiang.queries import messages as queries
from gongxiang.web.member.present import page, signed_in
from gongxiang.web.shared.identity import member_required

SIZE: Final = 20


@member_required
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """Print `/messages`: those before `?before=`, or the newest."""
    member = signed_in(request)
    before = queries.place(request.GET.get("before", ""))
    inbox = queries.inbox(member=member, size=SIZE + 1, before=before)
    found, upto = inbox.messages, inbox.read_upto
    shown = found[:SIZE]
    context = {
        "messages": [(one, one.place.at > upto) for one in shown],
        "older": shown[-1].place.name if len(found) > len(shown) else "",
        "is_first": before is None,
        "newest": shown[0].place.at if shown and before is None else 0,
        "has_unread": bool(shown) and before is None and shown[0].place.at > upto,
        "now": inbox.now,
        "here": "wallet",
    }
    return page(request, "member/messages.html", context)


@member_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark as read what the page showed; what came since stays unread."""
    upto = request.POST.get("upto", "")
    if upto.isascii() and upto.isdecimal() and len(upto) <= len(str(2**53)):
        mark_read(member=signed_in(request), upto=int(upto))
    return HttpResponse(status=303, headers={"Location": reverse("member:messages")})
