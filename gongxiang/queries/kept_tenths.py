"""The comparison of early and late members, kept: it is the one question that reads every lot.

    made again after half a per cent of steps, by one thread; the others tell the last one, or while
    there is none yet leave it out
    one that took long is kept for twenty times as long: it never takes more than a twentieth

A process keeps its own.

Units: nanoseconds of this process's clock. Source: H2; design/ui/faces.md 5 (facts).
"""

from dataclasses import dataclass
from time import monotonic_ns
from typing import Final

from django.core.cache import cache

from gongxiang.queries.pool_data import STEPS_MAX, PoolNow, Tenth

LONG: Final = 100_000_000
TIMES: Final = 20
_KEPT_SECONDS: Final = 3_600
_MAKING_SECONDS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    tenths: tuple[Tenth, ...]
    stretch: int
    until: int


def kept_tenths(now: PoolNow, *, platform: str) -> tuple[tuple[Tenth, ...], bool]:
    """Give what is kept, and whether the caller is to make it anew."""
    kept: _Kept | None = cache.get(_name(platform))
    if kept and (kept.stretch == _stretch(now) or monotonic_ns() < kept.until):
        return kept.tenths, False
    is_due = cache.add(f"{_name(platform)}-making", "by one", timeout=_MAKING_SECONDS)
    return kept.tenths if kept else (), is_due


def keep_tenths(tenths: tuple[Tenth, ...], now: PoolNow, *, platform: str, took: int) -> None:
    """Keep what was made in so many nanoseconds."""
    until = monotonic_ns() + TIMES * took if took > LONG else 0
    made = _Kept(tenths=tenths, stretch=_stretch(now), until=until)
    cache.set(_name(platform), made, timeout=_KEPT_SECONDS)
    cache.delete(f"{_name(platform)}-making")


def _name(platform: str) -> str:
    return f"tenths-{platform}"


def _stretch(now: PoolNow) -> int:
    """Give the half per cent of the steps that the pool is in."""
    width = max(1, now.steps // STEPS_MAX)
    return now.steps // width * width
