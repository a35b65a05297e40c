"""Who is asking: the member behind a request, from Django's session alone.

A session holds the member's number and the epoch it began in; when the account's epoch moved on
(another role, all devices signed out) or the account was closed, the session counts no more from
the next request on. The session's key is new after every sign-in.

    member = member_of(request)          None for somebody who is not signed in

Who joined two accounts signs in to one; he may look at the other's points and cash, and sell and
withdraw them, by turning to it: `member_of` is then the other, `head_of` stays who he is.

Units: moments in microseconds. Source: reliability 8 (25, 26); design/ui/faces.md 4 (signed out).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from gongxiang.base.clock import SECOND
from gongxiang.members import accounts
from gongxiang.members.sessions import MEMBER
from gongxiang.web.shared import kept_form

LOGIN: Final = "/login"
PROOF_SECONDS: Final = 600
"""How long a fresh proof of the phone lasts for what needs one (change of phone, of payee)."""
_EPOCH: Final = "member_epoch"
_PROVED_AT: Final = "member_proved_at"
_TURNED_TO: Final = "member_turned_to"
_SEEN: Final = "_gongxiang_member"

View = Callable[..., HttpResponseBase]


def member_of(request: HttpRequest) -> int | None:
    """Give the signed-in member, or nothing; asks the database once a request."""
    if not hasattr(request, _SEEN):
        setattr(request, _SEEN, _look(request))
    seen: int | None = getattr(request, _SEEN)
    return seen


def head_of(request: HttpRequest) -> int | None:
    """Give the account that is signed in, whichever of his he looks at."""
    return None if member_of(request) is None else int(request.session[MEMBER])


def is_turned(request: HttpRequest) -> bool:
    """Tell whether he looks at another account than the one that is signed in."""
    return request.session.get(_TURNED_TO, head := request.session.get(MEMBER)) != head


def turn_to(request: HttpRequest, member: int) -> bool:
    """Look at another account of the same person from now on; False when it is not his."""
    head = head_of(request)
    if head is None or not (member == head or accounts.is_part(member=member, of=head)):
        return False
    request.session[_TURNED_TO] = member
    setattr(request, _SEEN, member)
    return True


def sign_in(request: HttpRequest, member: int) -> None:
    """Begin a session of the member, under a new key; what he just proved counts as fresh.

    What this browser's session held of another person before him is forgotten.
    """
    standing = accounts.standing(member=member)
    assert standing is not None, "only an open account signs in"
    before = request.session.get(MEMBER, member)
    if before != member and not accounts.is_part(member=before, of=member):
        request.session.flush()
    request.session.cycle_key()
    request.session[MEMBER] = member
    request.session[_EPOCH] = standing.epoch
    request.session[_PROVED_AT] = standing.now
    request.session.pop(_TURNED_TO, None)
    setattr(request, _SEEN, member)


def stay(request: HttpRequest) -> None:
    """Go on, under a new key, after what he did here himself ended every session of his."""
    standing = accounts.standing(member=request.session[MEMBER])
    assert standing is not None, "only an open account acts"
    request.session.cycle_key()
    request.session[_EPOCH] = standing.epoch


def sign_out(request: HttpRequest) -> None:
    """End the session and forget all it held."""
    request.session.flush()
    setattr(request, _SEEN, None)


def is_proved(request: HttpRequest) -> bool:
    """Tell whether the signed-in member proved who he is within the last ten minutes."""
    member = member_of(request)
    standing = None if member is None else accounts.standing(member=member)
    if standing is None:
        return False
    proved_at: int = request.session.get(_PROVED_AT, 0)
    return standing.now - proved_at <= PROOF_SECONDS * SECOND


def member_required(view: View) -> View:
    """Let only a signed-in member in; send others to sign in and back; keep answers private."""

    @wraps(view)
    def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401  passed on
        if member_of(request) is None:
            return to_sign_in(request, view)
        kept_form.forget(request, view)
        response = view(request, *arguments, **named)
        patch_cache_control(response, private=True, no_store=True)
        return response

    return guarded


def to_sign_in(request: HttpRequest, view: View) -> HttpResponseRedirect:
    """Send somebody to sign in and back; what he typed into the form of a page is kept."""
    if request.method == "POST":
        kept_form.keep(request, view)
    return HttpResponseRedirect(f"{LOGIN}?{urlencode(_way_back(request))}")


def _way_back(request: HttpRequest) -> dict[str, str]:
    """Give the page to return to; of a form its own page, and that it was not taken."""
    if request.method in {"GET", "HEAD"}:
        return {"next": request.get_full_path()}
    return {"next": _page_of_form(request), "over": "1"}


def _page_of_form(request: HttpRequest) -> str:
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return request.path
    if page.netloc != request.get_host():
        return request.path
    return urlunsplit(page._replace(scheme="", netloc="", fragment=""))


def _look(request: HttpRequest) -> int | None:
    member: int | None = request.session.get(MEMBER)
    if member is None:
        return None
    standing = _standing(request, member)
    began: int = request.session.get(_EPOCH, -1)
    if standing is None or standing.epoch != began:
        return None
    other: int = request.session.get(_TURNED_TO, member)
    return other if other != member and accounts.is_part(member=other, of=member) else member


def _standing(request: HttpRequest, member: int) -> accounts.Standing | None:
    """Give the standing that the session was loaded with; ask where it was loaded otherwise."""
    loaded: accounts.Standing | None = getattr(request.session, "standing", None)
    if loaded is not None and loaded.member == member:
        return loaded
    return accounts.standing(member=member)
