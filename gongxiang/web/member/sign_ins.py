"""The channels that people sign in by: where each asks, how it comes back, whom its codes are of.

    ways()        those that are set up here, as pages offer them
    way(issuer)   one of them, set up or not

Units: none. Source: R2; platform.md (People); design/stack.md (WeChat login).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gongxiang.members import issuers, wechat
from gongxiang.payments import gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One channel: `code` is the name that its code comes back under."""

    issuer: str
    code: str
    is_on: Callable[[], bool]
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
        authorize_url=wechat.authorize_url,
        subject_of=wechat.openid_of,
    ),
    Way(
        issuer=issuers.ALIPAY,
        code="auth_code",
        is_on=gateway.has_sign_in,
        authorize_url=gateway.sign_in_url,
        subject_of=gateway.payer_of,
    ),
)


def ways() -> tuple[Way, ...]:
    """Give the channels that are set up here."""
    return tuple(one for one in _WAYS if one.is_on())


def way(issuer: str) -> Way:
    """Give the channel of an issuer."""
    return next(one for one in _WAYS if one.issuer == issuer)
