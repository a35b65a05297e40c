"""Values of rules in words: `seconds` 604800 is "7 天", `myriad` 200 is "2%".

Units: whatever the rule's unit says; that is what this module is for.
Source: R9; base/text.py writes the numbers.
"""

from collections.abc import Mapping
from typing import Final

from gongxiang.base import text
from gongxiang.base.money import FEN, YUAN
from gongxiang.rulebook.book import Unit, Value

ENGLISH: Final = {"元": "yuan", "天": "days", "小时": "hours", "分钟": "minutes", "秒": "seconds"}
"""Units of the words, for the command line."""


def in_chinese(*, value: Value, unit: Unit) -> str:
    """Write a value as pages show it.

    >>> from gongxiang.rulebook.load import read_library
    >>> rules = read_library().rules
    >>> in_chinese(value=604_800, unit=rules["mint_lock"].unit)
    '7 天'
    >>> in_chinese(value=100_000, unit=rules["genesis_money"].unit)
    '0.10 元'
    >>> in_chinese(value=12_000, unit=rules["exit_cap"].unit)
    '1.2 倍'
    >>> in_chinese(value="statement_only", unit=rules["rank_mode"].unit)
    '只出报表'
    >>> in_chinese(value=(), unit=rules["rank_rates"].unit)
    '无'
    """
    if isinstance(value, str):
        return unit.choices[value]
    if isinstance(value, tuple):
        return _row(numbers=value, unit=unit.name.removesuffix("_list"))
    return _number(number=value, unit=unit.name)


def in_english(*, value: Value, unit: Unit) -> str:
    """Write a value as the command line shows it.

    >>> from gongxiang.rulebook.load import read_library
    >>> rules = read_library().rules
    >>> in_english(value=86_400, unit=rules["window"].unit)
    '24 hours'
    >>> in_english(value=12_000, unit=rules["exit_cap"].unit)
    '1.2 times'
    >>> in_english(value=(), unit=rules["rank_rates"].unit)
    'none'
    """
    if isinstance(value, str):
        return value
    words = in_chinese(value=value, unit=unit).split(" ")
    known: Mapping[str, str] = ENGLISH | {"倍": "times", "无": "none", "个": ""}
    return " ".join(known.get(word, word) for word in words).strip()


def percent(*, rate: int) -> str:
    """Write a rate with two decimals, so that columns of them can be added up by eye.

    >>> percent(rate=266), percent(rate=-5)
    ('2.66%', '−0.05%')
    """
    return f"{text.yuan(amount=rate * FEN)}%"


def _row(*, numbers: tuple[int, ...], unit: str) -> str:
    """Write one number a level, naming their unit once."""
    words = [_number(number=number, unit=unit).split(" ") for number in numbers]
    if not words:
        return "无"
    return " ".join([" / ".join(word[0] for word in words), *words[0][1:]])


def _number(*, number: int, unit: str) -> str:
    """Write one number of a unit."""
    if unit == "myriad":
        return text.rate(per_myriad=number)
    if unit == "multiple":
        return f"{text.multiple(per_myriad=number)} 倍"
    if unit == "seconds":
        return text.span(seconds=number)
    if unit in ("micro_yuan", "vouchers"):
        return f"{_yuan(amount=number)} 元"
    if unit == "days":
        return f"{number} 天"
    return f"{number} 个"


def _yuan(*, amount: int) -> str:
    """Write yuan exactly: with more than two decimals when there are fractions of a fen."""
    if amount % FEN == 0:
        return text.yuan(amount=amount)
    whole, rest = divmod(abs(amount), YUAN)
    sign = text.MINUS if amount < 0 else ""
    return f"{sign}{whole:,}.{rest:06}"
