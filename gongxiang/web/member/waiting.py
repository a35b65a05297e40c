"""What waits in the session of somebody who is coming in: a code, a proof, an agreed door.

All of it is forgotten at sign-in. Proof and agreement count for half an hour.

Units: seconds. Source: reliability 8 (3, 22).
"""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from gongxiang.acts.join import Proved
from gongxiang.payments.clock import seconds_now
from gongxiang.web.member import codes
from gongxiang.web.member.codes import Door

LIFE_SECONDS: Final = 1_800
_CODE: Final = "entry_code"
_PROVED: Final = "entry_proved"
_DOOR: Final = "entry_door"
_ONWARD: Final = "entry_onward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The code that was sent from this session."""

    number: int
    shown: str
    onward: str


def for_code(request: HttpRequest, *, number: int, shown: str, onward: str) -> None:
    """Wait for a code to be typed."""
    request.session[_CODE] = [number, shown]
    request.session[_ONWARD] = onward


def code(request: HttpRequest) -> Sent | None:
    """Give the code that is waited for."""
    kept = request.session.get(_CODE)
    if kept is None:
        return None
    return Sent(number=kept[0], shown=kept[1], onward=onward(request, default="/"))


def for_consent(request: HttpRequest, *, proved: Proved, onward: str) -> None:
    """Wait for the consent of somebody who proved who he is."""
    request.session.cycle_key()
    request.session.pop(_CODE, None)
    request.session[_PROVED] = [proved.issuer, proved.subject, proved.shown, seconds_now(request)]
    request.session[_ONWARD] = onward


def proved(request: HttpRequest) -> Proved | None:
    """Give who somebody proved to be, while it counts."""
    kept = _fresh(request, _PROVED)
    return kept and Proved(issuer=kept[0], subject=kept[1], shown=kept[2])


def agree(request: HttpRequest, door: Door) -> None:
    """Keep that somebody who is not signed in agreed at a door."""
    request.session[_DOOR] = [door.kind, door.code, door.charge, seconds_now(request)]


def agreed_door(request: HttpRequest) -> Door | None:
    """Give the door at which he agreed, if it still leads somewhere."""
    kept = _fresh(request, _DOOR)
    return kept and codes.door(kind=kept[0], code=kept[1], charge=kept[2])


def leave_door(request: HttpRequest) -> None:
    """Forget the door: who it leads to cannot be his recommender."""
    request.session.pop(_DOOR, None)


def onward(request: HttpRequest, *, default: str) -> str:
    """Give the page to go on to."""
    return str(request.session.get(_ONWARD, default))


def forget(request: HttpRequest) -> None:
    """Forget everything that waited."""
    for name in (_CODE, _PROVED, _DOOR, _ONWARD):
        request.session.pop(name, None)


def _fresh(request: HttpRequest, name: str) -> Any:  # noqa: ANN401  what a session keeps
    kept = request.session.get(name)
    return kept if kept and seconds_now(request) - kept[-1] <= LIFE_SECONDS else None
