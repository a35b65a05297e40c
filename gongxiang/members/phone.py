"""Mobile numbers of the mainland: read, masked, hashed; the only place that sees one in clear.

Units: none. Source: H5; reliability 8 (2, 36).
"""

import re
from typing import Final

from gongxiang.members import keyed

ISSUER: Final = "phone"
_FILLING: Final = re.compile(r"[\s-]+")
_NUMBER: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})", re.ASCII)


class UnreadablePhone(Exception):
    """A text that is no mobile number: nothing was sent."""


def read(text: str) -> str:
    """Give the eleven digits of a mobile number; raises `UnreadablePhone`.

    >>> read("+86 138-0013 8000")
    '13800138000'
    """
    found = _NUMBER.fullmatch(_FILLING.sub("", text))
    if found is None:
        raise UnreadablePhone("a mobile number has eleven digits and begins with 13 to 19")
    return found[1]


def masked(number: str) -> str:
    """Give what may be shown of a number.

    >>> masked("13800138000")
    '138****8000'
    """
    return f"{number[:3]}****{number[-4:]}"


def subject(number: str) -> str:
    """Give the keyed hash under which the number is known."""
    return keyed.digest(ISSUER, number)
