"""What an application for a store must say: read from what was typed, item by item.

    typed texts -> Wish, or Unfit: which items, and what is wrong with each

The draft keeps every text as it was typed, fit or not; only a fit one is handed in.

Units: rates per myriad. Source: E6 (band), R4, R5; spec/platform.md (Store); ASVS 2.2.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from gongxiang.economy.terms import Terms
from gongxiang.merchants.categories import Category
from gongxiang.rulebook.divisions import DivisionUnknown, divisions

FIELDS: Final = (
    *("name", "category", "phone", "division", "address"),
    *("rate", "uscc", "recruiter", "province"),
)
"""What is typed. The province only chooses which districts are offered."""
DOCUMENTS: Final = ("licence", "storefront")
ITEMS: Final = (*FIELDS[:-2], *DOCUMENTS)
"""What a review may ask to be mended; the recruiter is recorded once."""
LENGTH_MAX: Final = {"name": 30, "phone": 20, "address": 80}
TEXT_MAX: Final = 200
_MIN_NAME: Final = 2
_RATE: Final = re.compile(r"(\d{1,2})(?:[.](\d{1,2}))?\s*%?", re.ASCII).fullmatch
_PHONE: Final = re.compile(r"[0-9][0-9 -]{5,18}[0-9]", re.ASCII).fullmatch
_PER_MYRIAD: Final = 100


class Trouble(Enum):
    """What is wrong with an item."""

    MISSING = "missing"
    TOO_LONG = "too long"
    UNFIT = "unfit"
    OUT_OF_BAND = "out of band"
    OWN_CODE = "own code"
    UNKNOWN_CODE = "unknown code"


class Unfit(Exception):
    """Items that cannot be handed in as they are: nothing was handed in."""

    def __init__(self, troubles: Mapping[str, Trouble]) -> None:
        """Keep what is wrong with which item."""
        super().__init__(", ".join(f"{item}: {one.value}" for item, one in troubles.items()))
        self.troubles = dict(troubles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A store as its applicant wants it."""

    name: str
    category: Category
    phone: str
    division: str
    address: str
    commission_rate: int
    uscc: str


def read(typed: Mapping[str, str], *, terms: Terms) -> Wish:
    """Read what was typed; raises `Unfit` with every item that is not fit."""
    texts = {item: " ".join(typed.get(item, "").split()) for item in FIELDS}
    troubles = troubles_of(texts, terms=terms)
    if troubles:
        raise Unfit(troubles)
    rate = rate_of(texts["rate"])
    assert rate is not None, "a rate without trouble is a number"
    return Wish(
        name=texts["name"],
        category=Category(texts["category"]),
        phone=texts["phone"],
        division=texts["division"],
        address=texts["address"],
        commission_rate=rate,
        uscc=uscc.compact(texts["uscc"]),
    )


def troubles_of(texts: Mapping[str, str], *, terms: Terms) -> dict[str, Trouble]:
    """Give what is wrong with which item; empty when all of them are fit."""
    found = {
        "name": _name(texts.get("name", "")),
        "category": _is_one(texts.get("category", ""), Category.values),
        "phone": _phone(texts.get("phone", "")),
        "division": _division(texts.get("division", "")),
        "address": _text(texts.get("address", ""), "address"),
        "rate": _rate(texts.get("rate", ""), terms),
        "uscc": _uscc(texts.get("uscc", "")),
    }
    return {item: trouble for item, trouble in found.items() if trouble is not None}


def rate_of(text: str) -> int | None:
    """Read a commission in per cent as per-myriads; nothing for what is no rate.

    >>> rate_of("20"), rate_of("12.5 %"), rate_of("5.25"), rate_of("1e1"), rate_of("5.125")
    (2000, 1250, 525, None, None)
    """
    found = _RATE(text.strip())
    if found is None:
        return None
    whole, part = found.groups()
    return int(whole) * _PER_MYRIAD + int((part or "").ljust(2, "0"))


def _text(text: str, item: str) -> Trouble | None:
    if not text:
        return Trouble.MISSING
    if len(text) > LENGTH_MAX[item]:
        return Trouble.TOO_LONG
    return None if text.isprintable() else Trouble.UNFIT


def _name(text: str) -> Trouble | None:
    trouble = _text(text, "name")
    return trouble or (Trouble.UNFIT if len(text) < _MIN_NAME else None)


def _phone(text: str) -> Trouble | None:
    if not text:
        return Trouble.MISSING
    return None if _PHONE(text) else Trouble.UNFIT


def _is_one(text: str, of: list[str]) -> Trouble | None:
    if not text:
        return Trouble.MISSING
    return None if text in of else Trouble.UNFIT


def _division(text: str) -> Trouble | None:
    if not text:
        return Trouble.MISSING
    try:
        divisions().place(text)
    except DivisionUnknown:
        return Trouble.UNFIT
    return None


def _rate(text: str, terms: Terms) -> Trouble | None:
    if not text:
        return Trouble.MISSING
    rate = rate_of(text)
    if rate is None:
        return Trouble.UNFIT
    return None if in_band(rate, terms=terms) else Trouble.OUT_OF_BAND


def in_band(rate: int, *, terms: Terms) -> bool:
    """Tell whether a store may give this commission on the platform (E6)."""
    return max(terms.commission_min, terms.fees_rate) <= rate <= terms.commission_max


def _uscc(text: str) -> Trouble | None:
    if not text:
        return Trouble.MISSING
    try:
        uscc.validate(text)
    except ValidationError:
        return Trouble.UNFIT
    return None
