"""The channels that people sign in by: where each asks, how it comes back, whom its codes are of.

    ways(request)    those that are set up and open where the page is shown
    in_app(request)  those that open in their own app alone, which shows another page or none
    way(issuer)      one of them, set up or not

Inside a channel's app no other channel's page opens; WeChat's opens nowhere else.

Units: none. Source: R2; platform.md (People); design/stack.md (WeChat login).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from gongxiang.members import issuers, wechat
from gongxiang.payments import gateway
from gongxiang.web.shared import inside


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One channel: `code` is the name that its code comes back under."""

    issuer: str
    code: str
    is_on: Callable[[], bool]
    is_inside_only: Callable[[], bool]
    authorize_url: Callable[..., str]
    subject_of: Callable[..., str]

    @property
    def title(self) -> str:
        """Give what people call it."""
        return issuers.CHANNELS[self.issuer]


_WAYS: Final = (
    Way(
        issuer=issuers.WECHAT,
        code="code",
        is_on=wechat.is_on,
        is_inside_only=wechat.is_inside_only,
        authorize_url=wechat.authorize_url,
        subject_of=wechat.openid_of,
    ),
    Way(
        issuer=issuers.ALIPAY,
        code="auth_code",
        is_on=gateway.has_sign_in,
        is_inside_only=lambda: False,
        authorize_url=gateway.sign_in_url,
        subject_of=gateway.payer_of,
    ),
)


def ways(request: HttpRequest) -> tuple[Way, ...]:
    """Give the channels that are set up, and whose page opens where ours is shown."""
    return tuple(one for one in _WAYS if one.is_on() and opens(request, one))


def in_app(request: HttpRequest) -> tuple[Way, ...]:
    """Give the channels that are set up, and whose page does not open where ours is shown."""
    return tuple(one for one in _WAYS if one.is_on() and not opens(request, one))


def opens(request: HttpRequest, one: Way) -> bool:
    """Tell whether a channel's page opens where ours is shown."""
    app = inside.app_of(request)
    return not one.is_inside_only() if app is None else app.value == one.issuer


def way(issuer: str) -> Way:
    """Give the channel of an issuer."""
    return next(one for one in _WAYS if one.issuer == issuer)
