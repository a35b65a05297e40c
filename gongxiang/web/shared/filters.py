"""How a template writes a number: `{{ face.pool|yuan }}`.

Every filter takes a plain whole number and hands it to `gongxiang.base.text`; nothing is computed
here, and no template computes either.

Units: as in `gongxiang.base.text`.
Source: design/ui/faces.md 3.3.
"""

from gongxiang.base import text
from gongxiang.base.money import FEN


def yuan(amount: int) -> str:
    """Write µ¥ as yuan, cut to the fen."""
    return text.yuan(amount=amount)


def fen(amount_fen: int) -> str:
    """Write fen as yuan."""
    return text.yuan(amount=amount_fen * FEN)


def fen_less(amount_fen: int) -> str:
    """Write fen that are taken away; nothing is not less than nothing.

    >>> fen_less(3_600), fen_less(0)
    ('−36.00', '0.00')
    """
    return text.yuan(amount=-amount_fen * FEN)


def yuan_moved(amount: int) -> str:
    """Write µ¥ as yuan with its sign."""
    return text.yuan_moved(amount=amount)


def points(atoms: int) -> str:
    """Write atoms as points, cut to four decimals."""
    return text.points(atoms=atoms)


def points_moved(atoms: int) -> str:
    """Write atoms as points with their sign."""
    return text.points_moved(atoms=atoms)


def price(units: int) -> str:
    """Write ten-thousandths of a yuan."""
    return text.price(units=units)


def rate(per_myriad: int) -> str:
    """Write per-myriads as per cent."""
    return text.rate(per_myriad=per_myriad)


def percent(per_myriad: int) -> str:
    """Write a share of a whole with two decimals; the page adds the sign."""
    return text.percent(per_myriad=per_myriad)


def multiple(per_myriad: int) -> str:
    """Write per-myriads as times of a whole."""
    return text.multiple(per_myriad=per_myriad)


def count(number: int) -> str:
    """Write a count with its thousands apart."""
    return text.count(number=number)


def whole_number(number: int) -> str:
    """Write a whole number of the ledger, its minus as in figures.

    >>> whole_number(-1_000_000)
    '−1000000'
    """
    return str(number).replace("-", text.MINUS)


def about(number: int) -> str:
    """Write an estimate to its two first digits."""
    return text.about(number=number)


def span(seconds: int) -> str:
    """Write a length of time."""
    return text.span(seconds=seconds)


def date(day: int) -> str:
    """Write a Shanghai day in full."""
    return text.date(day=day)


def short_date(day: int, today: int) -> str:
    """Write a Shanghai day, with its year only when it is not this one."""
    return text.short_date(day=day, today=today)


def stamp(at: int, now: int) -> str:
    """Write a moment with its day and hour."""
    return text.stamp(at=at, now=now)


def whole(figure: str) -> str:
    """Give a written figure up to its point.

    >>> whole("2,486.50")
    '2,486'
    """
    return figure.partition(".")[0]


def fraction(figure: str) -> str:
    """Give a written figure from its point on.

    >>> fraction("2,486.50"), fraction("12")
    ('.50', '')
    """
    _, point, rest = figure.partition(".")
    return point + rest
