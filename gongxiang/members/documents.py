"""Identity documents: a number read and checked, what is shown of it, and whose accounts are one.

    cluster = HMAC(key of the platform, number)      the same person, whatever account he uses

Units: none. Source: H5, E12; design/stack.md (China).
"""

from typing import Final

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from gongxiang.members import keyed

NAME_MAX: Final = 32
_HEAD: Final = 3
_TAIL: Final = 2


class UnreadableDocument(Exception):
    """Not a resident's number: eighteen characters with the right last one."""


def read(typed: str) -> str:
    """Read a resident's number as a person types it; raises `UnreadableDocument`.

    >>> read("11010519491231002x")
    '11010519491231002X'
    """
    try:
        return str(ric.validate(typed.upper()))
    except ValidationError as error:
        raise UnreadableDocument(type(error).__name__) from error


def masked(document: str) -> str:
    """Give what its owner sees of it.

    >>> masked("11010519491231002X")
    '110*************2X'
    """
    hidden = "*" * (len(document) - _HEAD - _TAIL)
    return f"{document[:_HEAD]}{hidden}{document[-_TAIL:]}"


def cluster(document: str) -> str:
    """Give what all accounts of this person have in common."""
    return keyed.digest("document", document)
