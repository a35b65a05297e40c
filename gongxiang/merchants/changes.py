"""What an owner may ask to be changed of his store, and from which day on a commission may change.

Units: rates per myriad, days of Shanghai. Source: E6, R4, R9; spec/platform.md (Store).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from psycopg import Cursor

from gongxiang.merchants.rates import NOW, RATE_NOW

REASON_MAX: Final = 200
_STANDING: Final = f"""
SELECT store.owner_id, store.recruiter_id, profile.state, {RATE_NOW},
       ({NOW} AT TIME ZONE 'Asia/Shanghai')::date,
       (SELECT (max(since_at) AT TIME ZONE 'Asia/Shanghai')::date FROM merchants_ratechange planned
         WHERE planned.store_id = store.store_id)
  FROM merchants_store store JOIN merchants_profile profile USING (store_id)
 WHERE store.store_id = %s
"""  # noqa: S608  no value is spliced in


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """Another commission, from a day on."""

    commission_rate: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOwner:
    """Another owner, by the code of his link."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The end of the store."""


Wish = NewRate | NewOwner | Closing


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a store stands when something of it is to be changed."""

    owner: int | None
    recruiter: int | None
    state: str
    rate: int
    today: date
    last_change: date | None
    """The day of the last change of commission, planned or past."""

    def first_day(self, *, notice_days: int) -> date:
        """Give the first day on which another commission may begin: its notice is over (R9)."""
        first = self.today + timedelta(days=notice_days + 1)
        return first if self.last_change is None else max(first, self.last_change + timedelta(1))


def standing_of(cursor: Cursor[Any], *, store: int) -> Standing:
    """Give how a store stands now."""
    cursor.execute(_STANDING, (store,))
    row = cursor.fetchone()
    assert row is not None, f"store {store} has no profile"
    owner, recruiter, state, rate, today, last_change = row
    return Standing(
        owner=owner,
        recruiter=recruiter,
        state=state,
        rate=rate,
        today=today,
        last_change=last_change,
    )
