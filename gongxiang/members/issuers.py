"""Who vouches for a person: his phone, and the channels that he pays by, each under one name.

    phone, wechat, alipay          proofs: they sign in, and give an account back
    payer:wechat, payer:alipay     the same subject, known from paying alone (guests.py)

Units: none. Source: R2; platform.md (People).
"""

from collections.abc import Mapping
from typing import Final

PHONE: Final = "phone"
WECHAT: Final = "wechat"
ALIPAY: Final = "alipay"
CHANNELS: Final[Mapping[str, str]] = {WECHAT: "微信", ALIPAY: "支付宝"}
PROOFS: Final[Mapping[str, str]] = {PHONE: "手机号", **CHANNELS}
_TEXT_MAX: Final = 128
SHOWN: Final = "已连接"
"""What is kept of a channel's proof to be shown: its subject tells a person nothing."""


class NotProved(Exception):
    """The channel does not vouch for this code: nobody was signed in."""


class Unreachable(Exception):
    """The channel does not answer, or not as itself: it may be tried again."""


def is_code(written: str) -> bool:
    r"""Tell whether a text can be a code of a channel's: short, and of letters that are seen.

    >>> is_code("081Kq4ll2"), is_code(""), is_code("a\n"), is_code("x" * 129)
    (True, False, False, False)
    """
    return is_subject(written) and written.isascii() and written.isprintable()


def is_subject(told: object) -> bool:
    """Tell whether what a channel told can be a person's number there."""
    return isinstance(told, str) and 0 < len(told) <= _TEXT_MAX


def called(*, issuer: str, shown: str) -> str:
    """Give the words for one proof in a sentence.

    >>> called(issuer="phone", shown="138****8000"), called(issuer="alipay", shown="已连接")
    ('138****8000', '支付宝')
    """
    return CHANNELS.get(issuer, shown)
