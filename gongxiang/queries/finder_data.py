"""What the finder is asked and answers: plain values, no model.

Units: micro-degrees, metres, moments in microseconds. Source: design/ui/faces.md 6.1 (找店).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.merchants.access import State
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.merchants.hours import Hours

REACHES: Final = (3_000, 10_000, 50_000)
"""How far around a point is looked."""
_KILOMETRE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Around which point, and how far. It is used for one answer and kept nowhere."""

    point: Point
    reach: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which stores are looked for; empty is no restriction."""

    division: str = ""
    category: str = ""
    text: str = ""
    near: Near | None = None

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything was asked for."""
        return bool(self.division or self.category or self.text or self.near)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last store of the page before: how far it is (its square), and its number."""

    square: int
    store: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A store as the finder lists it; `metres` is None where nobody said where he is."""

    store: int
    code: str
    name: str
    category: str
    division: str
    address: str
    hours: Hours
    is_open: bool
    square: int
    metres: int | None

    @property
    def distance(self) -> str:
        """Give the distance as people say it: to ten metres, or to a tenth of a kilometre."""
        if self.metres is None:
            return ""
        if self.metres < _KILOMETRE:
            return f"{self.metres // 10 * 10} 米"
        return f"{self.metres // _KILOMETRE}.{self.metres % _KILOMETRE // 100} 公里"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One division to choose, with how many stores it has."""

    code: str
    name: str
    stores: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Divisions that lie in the same one."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A store's public page."""

    store: int
    code: str
    name: str
    state: State
    category: Category | None
    division: str
    division_code: str
    address: str
    point: Point | None
    phone: str
    hours: Hours
    commission_rate: int
    opened_at: int
    has_channel: bool
    """Whether a channel takes money for it."""
