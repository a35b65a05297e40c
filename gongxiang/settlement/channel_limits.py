"""What the channels allow of profit sharing, how soon they pay a store's bank (rules/limits.toml).

Units: per myriad, seconds, days. Source: P2; reliability 1.4.
"""

from dataclasses import dataclass
from functools import cache

from gongxiang.governance.models import RuleVersion
from gongxiang.payments.provider import Provider
from gongxiang.rulebook.load import load_book


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLimits:
    """How much of a payment may be shared, how soon, until when, and how many calls at once."""

    ratio_max: int
    wait_seconds: int
    days_max: int
    calls_max: int


def share_limits() -> ShareLimits | None:
    """Give the limits of the rules in force; a platform without rules shares nothing."""
    version = _newest()
    return None if version is None else _limits(*version)


def bank_days() -> dict[Provider, int]:
    """Give after how many days a store's freed money is expected at its bank, by channel."""
    version = _newest()
    return {} if version is None else dict(_bank_days(*version))


def _newest() -> tuple[str, tuple[str, ...]] | None:
    version = RuleVersion.objects.order_by("-id").values_list("preset", "settings").first()
    return None if version is None else (version[0], tuple(version[1]))


@cache
def _limits(preset: str, settings: tuple[str, ...]) -> ShareLimits:
    book = load_book(preset=preset, settings=settings)
    return ShareLimits(
        ratio_max=book.number(name="share_ratio_max"),
        wait_seconds=book.number(name="share_wait"),
        days_max=book.number(name="share_days"),
        calls_max=book.number(name="share_calls"),
    )


@cache
def _bank_days(preset: str, settings: tuple[str, ...]) -> tuple[tuple[Provider, int], ...]:
    book = load_book(preset=preset, settings=settings)
    return tuple((each, book.number(name=f"bank_days_{each.value}")) for each in Provider)
