"""Numbers as pages show them: for the eye only, never read back.

Money is cut to whole fen, as it is when it is paid; a market value is rounded. Points are cut,
a price is rounded half up, what a sale pays is cut: nobody is shown more than he can get.

    2_486_500_000 µ¥ -> 2,486.50      178_661_512_345_678 atoms -> 178.6615

Units: µ¥, atoms, per-myriads, microseconds since 1970 UTC in; Chinese text out.
Source: design/ui/faces.md 3.3; E1 (what is cut, what is rounded).
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from gongxiang.base import clock, money

MINUS: Final = "\N{MINUS SIGN}"

_DAYS_KEPT: Final = 4_096
_HUNDREDTHS: Final = 2
_FOUR_DECIMALS: Final = 4
_TEN_THOUSANDTH: Final = money.POINT // 10**_FOUR_DECIMALS
"""Atoms in the last digit of shown points."""
_PRICE_SCALE: Final = money.POINT // money.YUAN * 10**_FOUR_DECIMALS
"""From µ¥ an atom to ten-thousandths of a yuan a point."""


def yuan(*, amount: int) -> str:
    """Write an amount in yuan, cut to the fen.

    >>> yuan(amount=2_486_500_000), yuan(amount=0), yuan(amount=-100_009_999)
    ('2,486.50', '0.00', '−100.00')
    """
    fen = abs(amount) // money.FEN
    return _signed(negative=amount < 0 and fen > 0, digits=_decimal(fen, _HUNDREDTHS))


def yuan_nearest(*, amount: int) -> str:
    """Write a market value in yuan, to the nearest fen, half up.

    >>> yuan_nearest(amount=209_085_000), yuan_nearest(amount=209_084_999)
    ('209.09', '209.08')
    """
    half = money.FEN // 2
    return yuan(amount=(amount + half) // money.FEN * money.FEN)


def yuan_moved(*, amount: int) -> str:
    """Write a movement of a ledger: yuan with its sign.

    >>> yuan_moved(amount=160 * money.YUAN), yuan_moved(amount=-960 * money.YUAN)
    ('+160.00', '−960.00')
    """
    return ("+" if amount > 0 else "") + yuan(amount=amount)


def points(*, atoms: int) -> str:
    """Write points with four decimals, cut.

    >>> points(atoms=178_661_599_999_999), points(atoms=money.POINT * 12_345)
    ('178.6615', '12,345.0000')
    """
    shown = abs(atoms) // _TEN_THOUSANDTH
    return _signed(negative=atoms < 0 and shown > 0, digits=_decimal(shown, _FOUR_DECIMALS))


def points_moved(*, atoms: int) -> str:
    """Write a movement of points with its sign.

    >>> points_moved(atoms=112 * money.POINT), points_moved(atoms=-112 * money.POINT)
    ('+112.0000', '−112.0000')
    """
    return ("+" if atoms > 0 else "") + points(atoms=atoms)


def price_units(*, pool: int, circulating: int) -> int:
    """Give the price of a point in ten-thousandths of a yuan, half up.

    Units: `pool` µ¥, `circulating` atoms, at least 1 (E4).

    >>> price_units(pool=480_100_000, circulating=257_182_500_000_000)
    18668
    """
    assert circulating > 0, "a price needs points in circulation"
    return (2 * pool * _PRICE_SCALE + circulating) // (2 * circulating)


def payout_units(*, pool: int, circulating: int, payout_rate: int) -> int:
    """Give what selling one point pays, in ten-thousandths of a yuan, cut.

    >>> payout_units(pool=480_100_000, circulating=257_182_500_000_000, payout_rate=8_000)
    14934
    """
    assert circulating > 0, "a price needs points in circulation"
    return pool * payout_rate * _PRICE_SCALE // (circulating * money.MYRIAD)


def price(*, units: int) -> str:
    """Write ten-thousandths of a yuan with all four decimals.

    >>> price(units=18_668), price(units=107_143), price(units=12_345_678)
    ('1.8668', '10.7143', '1,234.5678')
    """
    return _decimal(units, _FOUR_DECIMALS)


def rate(*, per_myriad: int) -> str:
    """Write a rate as short as it is exact.

    >>> rate(per_myriad=30), rate(per_myriad=2_000), rate(per_myriad=125), rate(per_myriad=0)
    ('0.3%', '20%', '1.25%', '0%')
    """
    return _short(per_myriad, _HUNDREDTHS) + "%"


def multiple(*, per_myriad: int) -> str:
    """Write a rate of a whole or more as times of it.

    >>> multiple(per_myriad=12_000), multiple(per_myriad=20_000)
    ('1.2', '2')
    """
    return _short(per_myriad, _FOUR_DECIMALS)


def percent(*, per_myriad: int) -> str:
    """Write a share of a whole in per cent, always with two decimals.

    >>> percent(per_myriad=3_333), percent(per_myriad=0)
    ('33.33', '0.00')
    """
    return _decimal(per_myriad, _HUNDREDTHS)


def count(*, number: int) -> str:
    """Write a count: no decimals, thousands apart.

    >>> count(number=155_370)
    '155,370'
    """
    return f"{number:,}"


def about(*, number: int) -> str:
    """Write an estimate to its two first digits, half up; the page adds 约.

    >>> about(number=8_996), about(number=1_249), about(number=47), about(number=996)
    ('9,000', '1,200', '47', '1,000')
    """
    unit = 10 ** max(0, len(str(number)) - 2)
    return count(number=(2 * number + unit) // (2 * unit) * unit)


def span(*, seconds: int) -> str:
    """Write a length of time in its largest whole unit; one day is 24 小时.

    >>> span(seconds=86_400), span(seconds=7 * 86_400), span(seconds=5_400), span(seconds=0)
    ('24 小时', '7 天', '90 分钟', '0 秒')
    """
    units = ((86_400, 2, "天"), (3_600, 1, "小时"), (60, 1, "分钟"))
    for length, least, name in units:
        if seconds % length == 0 and seconds >= least * length:
            return f"{seconds // length} {name}"
    return f"{seconds} 秒"


def left(*, microseconds: int) -> str:
    """Write the time that is left, its largest unit, cut.

    >>> left(microseconds=6 * clock.DAY + 5), left(microseconds=clock.DAY - 1)
    ('6 天', '23 小时')
    >>> left(microseconds=59 * clock.SECOND)
    '不到 1 分钟'
    """
    seconds = microseconds // clock.SECOND
    for length, name in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= length:
            return f"{seconds // length} {name}"
    return "不到 1 分钟"


def left_closely(*, microseconds: int) -> str:
    """Write the time that is left with the unit below its largest.

    >>> left_closely(microseconds=clock.DAY - 1), left_closely(microseconds=2 * clock.DAY)
    ('23 小时 59 分', '2 天')
    >>> left_closely(microseconds=25 * 3_600 * clock.SECOND)
    '1 天 1 小时'
    """
    minutes = microseconds // (60 * clock.SECOND)
    for length, name, part, below in ((1_440, "天", 60, "小时"), (60, "小时", 1, "分")):
        if minutes >= length:
            more = minutes % length // part
            return f"{minutes // length} {name}" + (f" {more} {below}" if more else "")
    return left(microseconds=microseconds)


def moment(*, at: int, now: int) -> str:
    """Write a moment in Shanghai: with a day unless it is today or tomorrow.

    >>> now = clock.parse_at("2026-11-22T20:36:00+08:00")
    >>> moment(at=now, now=now), moment(at=now + clock.DAY, now=now)
    ('今天 20:36', '明天 20:36')
    >>> moment(at=now - clock.DAY, now=now), moment(at=now + 60 * clock.DAY, now=now)
    ('11-21 20:36', '2027-01-21 20:36')
    """
    day, today = clock.shanghai_day(at), clock.shanghai_day(now)
    near = {0: "今天", 1: "明天"}.get(day - today)
    return f"{near or short_date(day=day, today=today)} {hour(at=at)}"


def stamp(*, at: int, now: int) -> str:
    """Write a moment in Shanghai with its day, the year only when it is another.

    >>> now = clock.parse_at("2026-11-22T20:36:00+08:00")
    >>> stamp(at=now, now=now), stamp(at=now, now=now + 60 * clock.DAY)
    ('11-22 20:36', '2026-11-22 20:36')
    """
    day = short_date(day=clock.shanghai_day(at), today=clock.shanghai_day(now))
    return f"{day} {hour(at=at)}"


def hour(*, at: int) -> str:
    """Write hour and minute of a moment in Shanghai.

    >>> hour(at=0)
    '08:00'
    """
    minutes = (at + clock.SHANGHAI_OFFSET) % clock.DAY // (60 * clock.SECOND)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def second(*, at: int, now: int) -> str:
    """Write a moment in Shanghai to the second: with a day unless it is today.

    >>> now = clock.parse_at("2026-11-22T20:36:08+08:00")
    >>> second(at=now, now=now), second(at=now - clock.DAY, now=now)
    ('20:36:08', '11-21 20:36:08')
    """
    day, today = clock.shanghai_day(at), clock.shanghai_day(now)
    seconds = (at + clock.SHANGHAI_OFFSET) // clock.SECOND % 60
    near = "" if day == today else f"{short_date(day=day, today=today)} "
    return f"{near}{hour(at=at)}:{seconds:02}"


def date(*, day: int) -> str:
    """Write a Shanghai day (counted from 1970-01-01) in full.

    >>> date(day=20_779)
    '2026-11-22'
    """
    return _day(day).strftime("%Y-%m-%d")


@lru_cache(_DAYS_KEPT)
def short_date(*, day: int, today: int) -> str:
    """Write a Shanghai day, the year only when it is another.

    >>> short_date(day=20_779, today=20_780), short_date(day=20_779, today=20_900)
    ('11-22', '2026-11-22')
    """
    same = _day(day).year == _day(today).year
    return _day(day).strftime("%m-%d" if same else "%Y-%m-%d")


def _decimal(number: int, places: int) -> str:
    whole, rest = divmod(number, 10**places)
    return f"{whole:,}.{rest:0{places}}"


def _short(per_unit: int, places: int) -> str:
    return _decimal(per_unit, places).rstrip("0").rstrip(".")


def _signed(*, negative: bool, digits: str) -> str:
    return MINUS + digits if negative else digits


def _day(day: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)
