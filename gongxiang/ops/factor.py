"""两步验证: the second factor at the door; set up on the first sign-in, asked on every other.

The code to scan is drawn as SVG from its own secret; nothing of it leaves this page. Recovery
codes are shown once, on the answer to the first right code.

Units: none. Source: reliability 8 (23); design/ui/faces.md 6.5.
"""

import base64
from dataclasses import dataclass
from typing import Any, Final

import segno
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_protect

from gongxiang.acts.pass_factor import pass_factor
from gongxiang.acts.set_factor import set_factor
from gongxiang.governance.factor import NAME, TooManyCodes, WrongCode
from gongxiang.governance.models import Factor
from gongxiang.ops import door
from gongxiang.ops.acting.sheet import CODE, REFUSED, code_words, typed

_BORDER: Final = 4
_GROUP: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A QR code as one path, in modules, and the same secret to type by hand."""

    size: int
    path: str
    secret: str


@csrf_protect
def view(request: HttpRequest, shell: dict[str, Any]) -> HttpResponseBase:
    """Show the page, or take a code."""
    user = request.user
    assert isinstance(user, User), "who came here gave a password"
    device = Factor.objects.get(user_id=user.pk, name=NAME)
    error = ""
    codes: tuple[str, ...] = ()
    if request.method == "POST":
        error, codes = _taken(request, user, is_new=not device.confirmed)
        if not error and not codes:
            return HttpResponseRedirect(_way_on(request), status=303)
    told = {
        "error": error,
        "codes": codes,
        "way_on": _way_on(request),
        "drawn": None if device.confirmed or codes else _drawn(device),
    }
    status = REFUSED if error else 200
    answer = render(request, "ops/factor.html", shell | told, status=status)
    add_never_cache_headers(answer)
    return answer


def _taken(request: HttpRequest, user: User, *, is_new: bool) -> tuple[str, tuple[str, ...]]:
    """Take a code; give the refusal in words, and recovery codes where they were made."""
    code, name = typed(request, CODE), user.get_username()
    codes: tuple[str, ...] = ()
    try:
        if is_new:
            codes = set_factor(user=user.pk, code=code, officer=name)
        else:
            pass_factor(user=user.pk, code=code, officer=name, is_sign_in=True)
    except (WrongCode, TooManyCodes) as refusal:
        return code_words(refusal), ()
    door.open_up(request)
    return "", codes


def _way_on(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next", "")
    is_ours = asked.startswith("/ops/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts=None
    )
    return asked if is_ours else reverse("admin:index")


def _drawn(device: Any) -> Drawn:  # noqa: ANN401  untyped library
    """Draw the secret: a square for each dark module."""
    code = segno.make(device.config_url, error="m", micro=False)
    rows = [list(row) for row in code.matrix_iter(border=_BORDER)]
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    secret = base64.b32encode(device.bin_key).decode().rstrip("=")
    groups = [secret[start : start + _GROUP] for start in range(0, len(secret), _GROUP)]
    return Drawn(size=len(rows), path=path, secret=" ".join(groups))
