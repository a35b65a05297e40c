"""Lines of an event file: one JSON object each, checked to the letter.

A line that is not exactly what spec/events.md describes is malformed and stops the run with its
number; a well-formed line that the rules do not allow is refused later, by name.

Units: `amount_fen` in fen, `points` in atoms (digits), `at` ISO 8601 with its offset.
Source: spec/events.md (Lines, Malformed).
"""

import json
from collections.abc import Callable
from datetime import date
from typing import Annotated, Final, Literal

from msgspec import UNSET, DecodeError, Meta, Struct, UnsetType, ValidationError, convert
from msgspec.json import Decoder
from msgspec.structs import astuple

Name = Annotated[str, Meta(min_length=1)]
Level = Literal["district", "city", "province", "grand_region"]


class Malformed(Exception):
    """A line that cannot be read; the run stops before anything is written."""

    def __init__(self, line: int, what: str) -> None:
        """Keep the physical line and what is wrong with it."""
        super().__init__(f"line {line}: {what}")
        self.line = line
        self.what = what


class MemberLine(
    Struct, tag="member", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """A person who joins, bound to the one who brought him (R2)."""

    id: Name
    referrer: Name | None
    via_store: Name | None
    at: str | UnsetType = UNSET


class StoreLine(
    Struct, tag="store", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """A store that opens (E6, R4, R5)."""

    id: Name
    owner: Name | None
    recruiter: Name | None
    district: str | None
    commission_rate: int
    at: str | UnsetType = UNSET


class GrandRegionLine(
    Struct, tag="grand_region", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """A named set of provinces (R5)."""

    id: Name
    provinces: tuple[str, ...]
    at: str | UnsetType = UNSET


class AgentLine(
    Struct, tag="agent", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """A person who becomes the agent of a region (R5)."""

    id: Name
    member: Name
    level: Level
    region: Name
    at: str | UnsetType = UNSET


class AgentEndedLine(
    Struct, tag="agent_ended", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """The end of the agent of a region (R5)."""

    id: Name
    level: Level
    region: Name
    at: str | UnsetType = UNSET


class PaidLine(
    Struct, tag="paid", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """A paid order (E7)."""

    id: Name
    member: Name
    store: Name
    amount_fen: int
    at: str


class RefundedLine(
    Struct,
    tag="refunded",
    tag_field="type",
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
    omit_defaults=True,
):
    """Money of an order given back (E7, E16).

    `own_rate`, per myriad, is left out where nobody was rewarded for his own order.
    """

    id: Name
    order: Name
    amount_fen: int
    at: str
    own_rate: Annotated[int, Meta(ge=0, le=10_000)] = 0


class SoldLine(
    Struct, tag="sold", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """Points that a member sells (E11)."""

    id: Name
    member: Name
    points: Annotated[str, Meta(pattern=r"^[0-9]+\Z")]
    at: str


class InjectedLine(
    Struct, tag="injected", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """Capital that enters the pool (E18)."""

    id: Name
    amount_fen: int
    at: str


class WithdrawnLine(
    Struct, tag="withdrawn", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """Cash that a member takes out (P4)."""

    id: Name
    member: Name
    amount_fen: int
    at: str


class WithdrawalReturnedLine(
    Struct,
    tag="withdrawal_returned",
    tag_field="type",
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
):
    """A withdrawal that did not reach the member: his cash again (P4)."""

    id: Name
    withdrawal: Name
    at: str


class StoreReceivedLine(
    Struct,
    tag="store_received",
    tag_field="type",
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
):
    """Money of a store that the channel's bill shows with the store (P2)."""

    id: Name
    store: Name
    amount_fen: int
    at: str


class StorePaidInLine(
    Struct,
    tag="store_paid_in",
    tag_field="type",
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
):
    """Money that a store put in of its own: a refund that left its account at the channel (P2)."""

    id: Name
    store: Name
    amount_fen: int
    at: str


class ClaimedLine(
    Struct, tag="claimed", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """A guest, known from an order only, who joins: what waits there is his (R2)."""

    id: Name
    member: Name
    referrer: Name | None
    via_store: Name | None
    at: str | UnsetType = UNSET


class RateChangedLine(
    Struct, tag="rate_changed", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """Another commission of a store, from 00:00 (+08:00) of a day on (E6, R9)."""

    id: Name
    store: Name
    commission_rate: int
    since: date
    at: str


class OwnerChangedLine(
    Struct,
    tag="owner_changed",
    tag_field="type",
    forbid_unknown_fields=True,
    frozen=True,
    gc=False,
):
    """Another owner of a store; whom its members were bound to stays (R2, R4)."""

    id: Name
    store: Name
    owner: Name
    at: str


class ClockLine(
    Struct, tag="clock", tag_field="type", forbid_unknown_fields=True, frozen=True, gc=False
):
    """Time that went by: what is due settles (E8)."""

    id: Name
    at: str


Line = (
    MemberLine
    | StoreLine
    | GrandRegionLine
    | AgentLine
    | AgentEndedLine
    | PaidLine
    | RefundedLine
    | SoldLine
    | InjectedLine
    | WithdrawnLine
    | ClockLine
    | WithdrawalReturnedLine
    | StoreReceivedLine
    | StorePaidInLine
    | ClaimedLine
    | RateChangedLine
    | OwnerChangedLine
)


class Row(Struct, frozen=True, gc=False):
    """A row of an orders table: the line it stands for, and a digest of all its cells."""

    id: str
    at: str
    line: PaidLine | RefundedLine
    digest: int


class Introduction(Struct, frozen=True, gc=False):
    """A store that an orders table names for the first time: nothing happens if it cannot be."""

    id: str
    line: StoreLine
    at: UnsetType = UNSET


Entry = Line | Row | Introduction
"""What a file gives, one after the other."""

_QUOTES_OF_PAID: Final = 22
"""What `_quotes` counts for every `paid` line."""

_DIGITS_READ: Final = 4_300
_DIGITS_KEPT: Final = 60

_decode: Callable[[bytes], Line] = Decoder(Line).decode


def decode(raw: bytes, *, number: int) -> Line:
    """Read one line; raises `Malformed` with its number.

    >>> decode(b'{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00Z"}', number=1).id
    'c'
    """
    try:
        line = _decode(raw)
    except ValidationError as error:
        line = _decode_long(raw, number, f"{error}")
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(number, f"not one JSON object ({error})") from None
    quotes = _QUOTES_OF_PAID if type(line) is PaidLine else _quotes(line)
    if b"\\" in raw or raw.count(b'"') != quotes:
        _look_closely(raw, number)
    return line


def _quotes(line: Line) -> int:
    """Count the quotation marks of a line whose keys stand once and whose names hold none."""
    values = astuple(line)
    keys = len(values) + (values[-1] is not UNSET)
    texts = 1 + sum(type(value) in {str, date} for value in values)
    return 2 * (keys + texts)


def _decode_long(raw: bytes, number: int, what: str) -> Line:
    """Read a line once more whose number is longer than decoders read: it is refused later."""
    if len(raw) <= _DIGITS_READ:
        raise Malformed(number, what)
    try:
        line: Line = convert(json.loads(raw, parse_int=_cut), Line)
    except (ValueError, RecursionError):
        raise Malformed(number, what) from None
    return line


def _cut(digits: str) -> int:
    """Give a number that is as far out of every range as the whole one."""
    return int(digits[:_DIGITS_KEPT])


def _look_closely(raw: bytes, number: int) -> None:
    """Refuse what decoders pass over: a key that stands twice, and NUL in a name."""

    def look(pairs: list[tuple[str, object]]) -> None:
        if len({key for key, _ in pairs}) != len(pairs):
            raise Malformed(number, "a key stands twice")
        if any(isinstance(value, str) and "\0" in value for _, value in pairs):
            raise Malformed(number, "a name holds the character NUL, which no database can keep")

    json.loads(raw, object_pairs_hook=look, parse_int=_cut)
