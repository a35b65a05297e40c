"""Figures as staff read them: exact where books are compared, masked where persons stand.

What the public sees is written by `gongxiang.base.text`; here is what only the console needs.

    3_690 µ¥ -> 0.00369      林小满 -> 林*满      a hash -> 008b26ff…3c2076

Units: µ¥, atoms, vouchers in µ¥; widths in hundredths of a per cent.
Source: design/ui/faces.md 3.3; E1.
"""

from collections.abc import Sequence
from typing import Final

from gongxiang.base import money, text
from gongxiang.economy import accounts

_MONEY_PLACES: Final = 6
_POINT_PLACES: Final = 12
_LEAST_MONEY: Final = 2
_LEAST_POINTS: Final = 4
_HEAD: Final = 8
_TAIL: Final = 6
_POINTS_UNIT: Final = 2
_BAR: Final = 10_000
_GAP: Final = 70


def exact_yuan(*, amount: int) -> str:
    """Write an amount to the last micro-yuan, two decimals at least.

    >>> exact_yuan(amount=2_486_500_000), exact_yuan(amount=-3_690)
    ('2,486.50', '−0.00369')
    """
    return _exact(amount, places=_MONEY_PLACES, least=_LEAST_MONEY)


def exact_points(*, atoms: int) -> str:
    """Write points to the last atom, four decimals at least.

    >>> exact_points(atoms=112 * money.POINT), exact_points(atoms=78_420_937_500_001)
    ('112.0000', '78.420937500001')
    """
    return _exact(atoms, places=_POINT_PLACES, least=_LEAST_POINTS)


def exact(*, amount: int, account: int) -> str:
    """Write what stands on an account, in the account's unit.

    >>> exact(amount=money.POINT, account=accounts.POINTS), exact(amount=1, account=accounts.CASH)
    ('1.0000', '0.000001')
    """
    if accounts.unit_of(account) == _POINTS_UNIT:
        return exact_points(atoms=amount)
    return exact_yuan(amount=amount)


def masked(*, key: str) -> str:
    """Write a person's name or key so that it is recognised and not given away.

    >>> masked(key="林小满"), masked(key="周"), masked(key="林满"), masked(key="household-17")
    ('林*满', '*', '林*', 'h*7')
    """
    if len(key) == 1:
        return "*"
    return f"{key[0]}*{key[-1] if len(key) > 2 else ''}"  # noqa: PLR2004  first and last


def short_hash(*, digest: bytes) -> str:
    """Write the ends of a hash.

    >>> short_hash(digest=bytes(32))
    '00000000…000000'
    """
    return f"{digest.hex()[:_HEAD]}…{digest.hex()[-_TAIL:]}"


def in_fen(*, total: int, parts: Sequence[int]) -> tuple[int, ...]:
    """Write parts of a total in whole fen so that they add up to the total as it is shown.

    Units: µ¥ in and out; the parts sum to `total`, none is negative.

    >>> in_fen(total=1_000_000, parts=(333_333, 333_333, 333_334))
    (330000, 330000, 340000)
    """
    assert sum(parts) == total, "the parts are not the whole"
    fen = money.largest_remainder(total // money.FEN, parts)
    return tuple(part * money.FEN for part in fen)


def bar(*, parts: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """Lay parts side by side over a hundred: where each begins and how wide it is.

    >>> bar(parts=(3, 1))
    (('0.00', '74.48'), ('75.18', '24.82'))
    >>> bar(parts=(0,))
    (('0.00', '0.00'),)
    """
    drawn = [part for part in parts if part > 0]
    room = _BAR - _GAP * (len(drawn) - 1) if drawn else 0
    widths = iter(money.largest_remainder(room, drawn))
    found, x = [], 0
    for part in parts:
        width = next(widths) if part > 0 else 0
        found.append((_hundredths(x), _hundredths(width)))
        x += width + _GAP if part > 0 else 0
    return tuple(found)


def _exact(number: int, *, places: int, least: int) -> str:
    whole, rest = divmod(abs(number), 10**places)
    decimals = f"{rest:0{places}}".rstrip("0").ljust(least, "0")
    return f"{text.MINUS if number < 0 else ''}{whole:,}.{decimals}"


def _hundredths(number: int) -> str:
    return f"{number // 100}.{number % 100:02}"
