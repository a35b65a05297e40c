"""What the pages of a till ask the database: charges, shifts, and the sums of a shift.

Units: micro-yuan; moments in microseconds: of a charge the database's own clock, of a shift the
platform's. Source: design/ui/faces.md 6.3, 7 (c).
"""

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN
from gongxiang.base.spoken import spoken
from gongxiang.ledger import raw
from gongxiang.members.names import shown
from gongxiang.payments.models import Charge as ChargeRow
from gongxiang.payments.provider import Provider

_MICROSECONDS: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_CHARGE: Final = f"""
SELECT charge.number, charge.amount_fen, charge.state,
       {_MICROSECONDS.format("charge.expires_at")}, charge.attempt_number,
       coalesce(attempt.state, ''), {_MICROSECONDS.format("clock_timestamp()")}
  FROM payments_charge charge
  LEFT JOIN payments_attempt attempt ON attempt.number = charge.attempt_number
 WHERE charge.store_id = %s AND charge.number = %s
"""  # noqa: S608  no value is spliced in
_SHIFTS: Final = f"""
SELECT shift.id, shift.person_id, account.name, account.code, shift.float_fen,
       {_MICROSECONDS.format("shift.opened_at")}, {_MICROSECONDS.format("shift.closed_at")},
       shift.counted_fen, shift.note, other.name, other.code
  FROM payments_shift shift
  LEFT JOIN members_account account ON account.member_id = shift.person_id
  LEFT JOIN members_account other ON other.member_id = shift.closed_by_id
 WHERE shift.store_id = %s AND {{which}}
"""  # noqa: S608  no value is spliced in
_OPEN: Final = _SHIFTS.format(which="shift.closed_at IS NULL")
_ONE: Final = _SHIFTS.format(which="shift.id = %s")
_LAST: Final = _SHIFTS.format(which="shift.closed_at IS NOT NULL ORDER BY shift.id DESC LIMIT %s")
_PAID: Final = """
SELECT coalesce(attempt.provider, ''), count(*), sum(paid.amount)
  FROM orders_order paid
  LEFT JOIN payments_attempt attempt
       ON (attempt.member_id, attempt.order_id) = (paid.member_id, paid.id)
 WHERE paid.store_id = %s AND paid.paid_at >= %s::timestamptz AND paid.paid_at < %s::timestamptz
 GROUP BY 1 ORDER BY 3 DESC
"""
_RETURNED: Final = """
SELECT count(*), coalesce(sum(amount_fen), 0) FROM payments_storerefund
 WHERE store_id = %s AND at >= %s::timestamptz AND at < %s::timestamptz
"""
_ELSEWHERE: Final = "其他"
_NOBODY: Final = "店员"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An amount that a till asks for, and how far it came."""

    number: str
    amount: int
    state: str
    expires_at: int
    attempt: str
    attempt_state: str
    now: int

    @property
    def is_paid(self) -> bool:
        """Tell whether its money has come."""
        return self.state == ChargeRow.State.PAID

    @property
    def is_taken(self) -> bool:
        """Tell whether somebody is paying it."""
        return self.state == ChargeRow.State.TAKEN and self.attempt_state != "closed"

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the till took it back."""
        return self.state == ChargeRow.State.CANCELLED

    @property
    def can_be_taken(self) -> bool:
        """Tell whether somebody may still scan it."""
        return self.state == ChargeRow.State.OPEN and self.expires_at > self.now

    @property
    def is_over(self) -> bool:
        """Tell whether nobody can pay it any more, and nobody did."""
        return not (self.is_paid or self.is_taken or self.can_be_taken)

    @property
    def is_settled(self) -> bool:
        """Tell whether nothing will happen to it any more."""
        return self.is_paid or self.is_over

    @property
    def ends_at(self) -> int:
        """Give its end in milliseconds, as scripts count."""
        return self.expires_at // 1_000

    @property
    def told_at(self) -> int:
        """Give the moment of the answer in milliseconds, as scripts count."""
        return self.now // 1_000

    @property
    def left(self) -> str:
        """Give the time that is left as a clock shows it.

        >>> from dataclasses import replace
        >>> charge = Charge(number="", amount=0, state="open", expires_at=65_000_000, attempt="",
        ...                 attempt_state="", now=0)
        >>> charge.left, replace(charge, now=66_000_000).left
        ('1:05', '0:00')
        """
        seconds = max(0, -((self.now - self.expires_at) // 1_000_000))
        return f"{seconds // 60}:{seconds % 60:02}"

    @property
    def spoken(self) -> str:
        """Give the amount as a voice reads it."""
        return spoken(amount_fen=self.amount // FEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A person's time at a till; `counted` and `closed_at` once it was handed over."""

    number: int
    person: int
    name: str
    float: int
    opened_at: int
    closed_at: int | None
    counted: int | None
    note: str
    closed_by: str

    @property
    def difference(self) -> int:
        """Give what was counted above the float; below it, negative."""
        return 0 if self.counted is None else self.counted - self.float


@dataclass(frozen=True, slots=True, kw_only=True)
class ByChannel:
    """What came in through one channel."""

    channel: str
    payments: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a shift took and gave back."""

    channels: tuple[ByChannel, ...]
    refunds: int
    returned: int

    @property
    def payments(self) -> int:
        """Count the payments."""
        return sum(each.payments for each in self.channels)

    @property
    def paid(self) -> int:
        """Give what was paid."""
        return sum(each.paid for each in self.channels)


def charge(*, store: int, number: str) -> Charge | None:
    """Give a charge of a store."""
    rows = _rows(_CHARGE, (store, number)) if "\0" not in number else []
    if not rows:
        return None
    own, amount_fen, state, expires_at, attempt, attempt_state, now = rows[0]
    return Charge(
        number=own,
        amount=amount_fen * FEN,
        state=state,
        expires_at=expires_at,
        attempt=attempt,
        attempt_state=attempt_state,
        now=now,
    )


def link(*, door: str, number: str) -> str:
    """Give what the code of a charge says: where its payer pays."""
    return f"{settings.PUBLIC_ADDRESS}/s/{door}?charge={number}"


def open_shift(*, store: int) -> Shift | None:
    """Give the shift at a store, if somebody is on."""
    return next(iter(_shifts(_OPEN, store)), None)


def shift(*, store: int, number: int) -> Shift | None:
    """Give one shift of a store."""
    return next(iter(_shifts(_ONE, store, number)), None)


def last_shifts(*, store: int, count: int) -> tuple[Shift, ...]:
    """Give the last shifts that were handed over, newest first."""
    return _shifts(_LAST, store, count)


def sums(*, store: int, since: int, until: int | None) -> Sums:
    """Give what a store took and gave back in [since, until); without an end, until now."""
    stretch = (store, format_at(since), "infinity" if until is None else format_at(until))
    refunds, returned_fen = _rows(_RETURNED, stretch)[0]
    channels = tuple(
        ByChannel(
            channel=Provider(provider).title if provider else _ELSEWHERE,
            payments=payments,
            paid=int(paid),
        )
        for provider, payments, paid in _rows(_PAID, stretch)
    )
    return Sums(channels=channels, refunds=refunds, returned=int(returned_fen) * FEN)


def _shifts(query: str, *values: int) -> tuple[Shift, ...]:
    return tuple(map(_shift, _rows(query, values)))


def _shift(row: tuple[Any, ...]) -> Shift:
    number, person, name, code, float_fen, opened_at, closed_at, counted_fen, note, *other = row
    return Shift(
        number=number,
        person=person,
        name=_NOBODY if code is None else shown(name, code),
        float=float_fen * FEN,
        opened_at=opened_at,
        closed_at=closed_at,
        counted=None if counted_fen is None else counted_fen * FEN,
        note=note,
        closed_by="" if other[1] is None else shown(*other),
    )


def _rows(query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
