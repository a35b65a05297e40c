"""From text to events: event files and order tables, and which lines are malformed.

Units: moments are microseconds since 1970 UTC.
Source: events.md "Lines", "Malformed", "Orders tables".
"""

import csv
import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from tests.oracle.rulebook import LEVELS, WHOLE

Event = dict[str, Any]
Line = tuple[int, Event]

SECOND = 1_000_000
HUGE = 10**60
_DIGITS_ENOUGH = 60
_EPOCH = date(1970, 1, 1).toordinal()
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{6}))?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
_TABLE = ["order_id", "member_id", "store_id", "paid_at", "amount_fen", "refund_of"]


class Malformed(ValueError):
    """A line that stops the whole run."""

    def __init__(self, line_number: int) -> None:
        """Keep the line number, counted from 1."""
        super().__init__(f"line {line_number} is malformed")
        self.line_number = line_number


class _NotALineError(ValueError):
    """What is wrong with one line, before its number is known."""


def moment(text: str) -> int:
    """Return the microseconds since 1970 UTC of YYYY-MM-DDThh:mm:ss[.ffffff] with an offset."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise _NotALineError(text)
    year, month, day, hour, minute, second = (int(found[i]) for i in range(1, 7))
    away_hour, away_minute = int(found[9] or 0), int(found[10] or 0)
    if hour > 23 or away_hour > 23 or max(minute, second, away_minute) > 59:
        raise _NotALineError(text)
    days = date(year, month, day).toordinal() - _EPOCH
    away = (away_hour * 60 + away_minute) * (-60 if found[8] == "-" else 60)
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - away
    return seconds * SECOND + int(found[7] or 0)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_name_or_null(value: object) -> bool:
    return value is None or _is_name(value)


def _is_whole(value: object) -> bool:
    return type(value) is int


def _is_rate(value: object) -> bool:
    return type(value) is int and 0 <= value <= WHOLE


def _is_digits(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9]+", value) is not None


def _is_level(value: object) -> bool:
    return value in LEVELS


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(_is_name(item) for item in value)


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII) is None:
        return False
    date.fromisoformat(value)
    return True


def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return False
    moment(value)
    return True


_Check = Callable[[object], bool]
_FIELDS: dict[str, dict[str, _Check]] = {
    "member": {"referrer": _is_name_or_null, "via_store": _is_name_or_null},
    "store": {
        "owner": _is_name_or_null,
        "recruiter": _is_name_or_null,
        "district": _is_name_or_null,
        "commission_rate": _is_whole,
    },
    "rate_changed": {"store": _is_name, "commission_rate": _is_whole, "since": _is_day},
    "owner_changed": {"store": _is_name, "owner": _is_name},
    "grand_region": {"provinces": _is_names},
    "agent": {"member": _is_name, "level": _is_level, "region": _is_name},
    "agent_ended": {"level": _is_level, "region": _is_name},
    "paid": {"member": _is_name, "store": _is_name, "amount_fen": _is_whole},
    "refunded": {"order": _is_name, "amount_fen": _is_whole},
    "sold": {"member": _is_name, "points": _is_digits},
    "injected": {"amount_fen": _is_whole},
    "withdrawn": {"member": _is_name, "amount_fen": _is_whole},
    "store_received": {"store": _is_name, "amount_fen": _is_whole},
    "store_paid_in": {"store": _is_name, "amount_fen": _is_whole},
    "clock": {},
}
# What may be left out, and what it then is: none of a refund was rewarded to its own person.
_LEFT_OUT: dict[str, dict[str, tuple[_Check, int]]] = {
    "refunded": {"own_rate": (_is_rate, 0)},
}
MAY_BE_UNDATED = ("member", "store", "grand_region", "agent", "agent_ended")


def read(lines: Iterable[str | bytes]) -> list[Line]:
    """Return the numbered events of an event file, or raise Malformed."""
    events = []
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode() if isinstance(line, bytes) else line
            if text.strip(" \t\r\n"):
                events.append((number, _event(text)))
        except (ValueError, RecursionError, TypeError) as error:
            raise Malformed(number) from error
    return events


def _event(text: str) -> Event:
    event = json.loads(text, object_pairs_hook=_object, parse_int=whole)
    if not isinstance(event, dict) or event.get("type") not in _FIELDS:
        raise _NotALineError(text)
    kind = event["type"]
    more = _LEFT_OUT.get(kind, {})
    checks = {"type": _is_name, "id": _is_name, "at": _is_moment, **_FIELDS[kind]}
    checks |= {name: check for name, (check, _) in more.items()}
    may_lack = ({"at"} if kind in MAY_BE_UNDATED else set()) | set(more)
    if not set(checks) - may_lack <= set(event) <= set(checks):
        raise _NotALineError(text)
    if not all(checks[name](value) for name, value in event.items()):
        raise _NotALineError(text)
    return event | {name: event.get(name, usual) for name, (_, usual) in more.items()}


def _object(pairs: list[tuple[str, Any]]) -> Event:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _NotALineError(pairs)
    return made


def whole(text: str) -> int:
    """Return the whole number; one too long to matter becomes a huge one of its sign."""
    if len(text) > _DIGITS_ENOUGH:
        digits = text.lstrip("-").lstrip("0")
        if len(digits) > _DIGITS_ENOUGH - 1:
            return -HUGE if text.startswith("-") else HUGE
        text = ("-" if text.startswith("-") else "") + (digits or "0")
    return int(text)


def read_table(lines: Iterable[str | bytes]) -> list[tuple[int, Event, Event]]:
    """Return line number, row and event of an orders table, by time, ties by row."""
    texts = (line.decode() if isinstance(line, bytes) else line for line in lines)
    reader = csv.reader(texts, strict=True)
    rows: list[tuple[int, Event, Event]] = []
    begins, head = 1, False
    while True:
        try:
            cells = next(reader, None)
            if cells is None:
                break
            if not head and cells != _TABLE:
                raise _NotALineError(cells)
            if head and cells:
                row = dict(zip(_TABLE, cells, strict=True))
                rows.append((begins, row, _row_event(row)))
        except (ValueError, csv.Error) as error:
            raise Malformed(begins) from error
        head, begins = True, reader.line_num + 1
    if not head:
        raise Malformed(1)
    return sorted(rows, key=lambda row: moment(row[2]["at"]))


def _row_event(row: Event) -> Event:
    moment(row["paid_at"])
    if not (row["order_id"] and row["member_id"] and row["store_id"]):
        raise _NotALineError(row)
    if re.fullmatch("-?[0-9]+", row["amount_fen"]) is None:
        raise _NotALineError(row)
    fen = whole(row["amount_fen"])
    event = {"id": row["order_id"], "at": row["paid_at"], "amount_fen": abs(fen)}
    if fen < 0:
        return {"type": "refunded", "order": row["refund_of"], **event}
    return {"type": "paid", "member": row["member_id"], "store": row["store_id"], **event}
