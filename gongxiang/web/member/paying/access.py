"""Whose order this is: the member's, or of the browser that paid without joining.

Source: reliability 8 (28); design/ui/faces.md 12.1.
"""

from typing import Final

from django.http import HttpRequest

from gongxiang.queries.orders_data import Attempt
from gongxiang.web.shared.identity import member_of

_PAID_HERE: Final = "payments"
_KEPT: Final = 30


def remember(request: HttpRequest, number: str) -> None:
    """Let this browser see the payment that it opened."""
    numbers = [each for each in request.session.get(_PAID_HERE, []) if each != number]
    request.session[_PAID_HERE] = [*numbers, number][-_KEPT:]


def may_see(request: HttpRequest, attempt: Attempt) -> bool:
    """Tell whether this person may see a payment."""
    if is_here(request, attempt.number):
        return True
    member = member_of(request)
    return member is not None and member in {attempt.home, attempt.member}


def is_here(request: HttpRequest, number: str) -> bool:
    """Tell whether this browser opened a payment as a guest or as a member."""
    return number in request.session.get(_PAID_HERE, [])
