"""The platform's own account at each channel: its bill, and what a line of it is about (P3).

    transfer out, back   under the number of a transfer        GXT
    share in             under the number of a share           GXP
    return out           under the number of a refund          GXR GXS GXC, with B behind at WeChat
    anything else        unexplained, under the channel's own number of the line

Told by our number and by where the money went. What a channel calls a line is only kept beside it:
the channels rename their businesses, our numbers never change.

Units: fen; moments in microseconds. Source: P2, P3, P4; I-6.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from gongxiang.base import clock
from gongxiang.payments.wire import BillKind, BillLine

OWN: Final = "own"
"""Whose account it is, where the number of a store's account stands for the others."""
TRANSFER: Final = "GXT"
_TRANSFER: Final = re.compile(rf"{TRANSFER}[0-9]+")
_SHARE: Final = re.compile(r"GXP[0-9]+(-[0-9]+)?")
_RETURN: Final = re.compile(r"GX[RSC][0-9A-Za-z-]+")
_KINDS: Final = (
    (_TRANSFER, False, BillKind.TRANSFERRED),
    (_TRANSFER, True, BillKind.TRANSFER_RETURNED),
    (_SHARE, True, BillKind.SHARE_RECEIVED),
    (_RETURN, False, BillKind.SHARE_RETURNED),
)
_FLOW: Final = re.compile(r"[^\s/]{1,128}")
_ORDER_MAX: Final = 128


def line(
    *, numbers: Sequence[str], flow: str, order: str, business: str, signed_fen: int, at: int
) -> BillLine:
    """Make a line of what a channel wrote: `numbers` may be ours, `flow` is the channel's own."""
    if not _FLOW.fullmatch(flow) or len(order) > _ORDER_MAX or not signed_fen:
        raise ValueError(f"line {flow!r} of {signed_fen} fen")
    kind, number = _named(numbers, is_in=signed_fen > 0)
    return BillLine(
        kind=kind,
        reference=flow,
        number=number or flow,
        transaction_id=order,
        payee=OWN,
        amount_fen=abs(signed_fen),
        fee_fen=0,
        at=at,
        business=business,
    )


def checked(lines: Iterable[BillLine], *, day: str) -> tuple[BillLine, ...]:
    """Give the lines of a bill; raises `ValueError` where one is of another day or stands twice."""
    found = tuple(lines)
    for each in found:
        if clock.shanghai_date(each.at).isoformat() != day:
            raise ValueError(f"line {each.reference} is of {clock.shanghai_date(each.at)}")
    for (_, flow), count in Counter((each.kind, each.reference) for each in found).items():
        if count > 1:
            raise ValueError(f"line {flow} stands {count} times")
    return found


def agree(lines: Sequence[BillLine], *, told: tuple[int, int, int, int]) -> None:
    """Hold a bill's own sums (counts and fen of what came in and went out) against its lines."""
    came = [each.amount_fen for each in lines if each.kind.is_in]
    went = [each.amount_fen for each in lines if not each.kind.is_in]
    found = (len(came), sum(came), len(went), sum(went))
    if found != told:
        raise ValueError(f"its sums say {told}, its lines {found}")


def _named(numbers: Sequence[str], *, is_in: bool) -> tuple[BillKind, str]:
    """Find the number of ours, and what money that moves this way under it is."""
    for pattern, comes_in, kind in _KINDS:
        for number in numbers:
            if comes_in == is_in and pattern.fullmatch(number):
                return kind, number
    return (BillKind.OTHER_IN if is_in else BillKind.OTHER_OUT), ""
