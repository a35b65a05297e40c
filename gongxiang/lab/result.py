"""The result of a replay: the end state in the one form that replay and platform share.

Amounts are strings of micro-yuan or atoms; maps hold only entries that are not zero; keys are
sorted, one entry a line. Totals are net of refunds; stores and vouchers may be below zero (debts).

A result is written piece by piece: the numbers of a lot become text when they are written, so
that a result takes no memory beside the state it tells.

Units: as above; `share_returned_bp` per myriad.
Source: spec/events.md (Result).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.json import Encoder

from gongxiang.base.money import MYRIAD
from gongxiang.economy.events import Key
from gongxiang.economy.lot import Lot
from gongxiang.economy.state import State

Result = Mapping[str, object]

_PIECES_AT_ONCE: Final = 4_096
_encode: Final = Encoder(order="sorted").encode


class Lots(Mapping[str, list[str]]):
    """Lots in the form of a result, each made when it is asked for."""

    def __init__(self, lots: Mapping[Key, Lot]) -> None:
        """Keep the lots themselves."""
        self._lots = lots

    def __getitem__(self, order: str) -> list[str]:
        """Give the six numbers of an order's lot."""
        lot = self._lots[order]
        six = (lot.spend, lot.minted, lot.left, lot.sold, lot.gross, lot.net)
        return [str(number) for number in six]

    def __iter__(self) -> Iterator[str]:
        """Give the orders."""
        return map(str, self._lots)

    def __len__(self) -> int:
        """Count the lots."""
        return len(self._lots)


def of_state(state: State, *, refused: Sequence[tuple[int, str]], repeated: int) -> Result:
    """Give the result of a whole fold."""
    points: defaultdict[Key, int] = defaultdict(int)
    lots_open = 0
    for lot in state.lots.values():
        if lot.left:
            points[lot.member] += lot.left
            lots_open += 1
    return {
        "pool": {"money": str(state.money), "circulating": str(state.circulating)},
        "platform": str(state.platform),
        "unspent": str(state.unspent),
        "cash": entries(state.cash),
        "stores": entries(state.stores),
        "vouchers": entries(state.vouchers),
        "points": entries(points),
        "rewards": entries(state.rewards),
        "lots": Lots(state.lots),
        "exits": [str(order) for order in state.exited],
        "refused": [{"line": line, "reason": reason} for line, reason in refused],
        "repeated": repeated,
        "facts": {
            "orders": state.orders,
            "lots_open": lots_open,
            "lots_exited": len(state.exited),
            "paid_to_members": str(state.paid_to_members),
            "spend": str(state.spend),
            "share_returned_bp": share_returned(state.paid_to_members, state.spend),
            "pending": len(state.waiting),
        },
    }


def entries(amounts: Mapping[Key, int] | Mapping[str, int]) -> dict[str, str]:
    """Give a map of amounts as strings, without the zeros."""
    return {str(key): str(amount) for key, amount in amounts.items() if amount}


def share_returned(paid_to_members: int, spend: int) -> int:
    """Give what members got of all spend, in per-myriads cut down, 0 where nothing was spent."""
    return MYRIAD * paid_to_members // spend if spend else 0


def written(result: Result) -> Iterator[bytes]:
    r"""Write a result as everybody writes it: sorted keys, UTF-8, a last newline.

    >>> b"".join(written({"pool": {"b": "2", "a": "1"}, "exits": ["o1"], "lots": {}}))
    b'{\n"exits": [\n "o1"\n],\n"lots": {},\n"pool": {\n "a": "1",\n "b": "2"\n}\n}\n'
    """
    pieces: list[bytes] = []
    for piece in _pieces(result):
        pieces.append(piece)
        if len(pieces) >= _PIECES_AT_ONCE:
            yield b"".join(pieces)
            pieces.clear()
    yield b"".join(pieces)


def to_bytes(result: Result) -> bytes:
    """Give a whole result as it is written."""
    return b"".join(written(result))


def _pieces(result: Result) -> Iterator[bytes]:
    before = b"{\n"
    for key in sorted(result):
        yield b"%s%s: " % (before, _encode(key))
        value = result[key]
        if isinstance(value, Mapping):
            lines = (b" %s: %s" % (_encode(name), _encode(value[name])) for name in sorted(value))
            yield from _lines(lines, b"{", b"}")
        elif isinstance(value, list):
            yield from _lines((b" " + _encode(one) for one in value), b"[", b"]")
        else:
            yield _encode(value)
        before = b",\n"
    yield b"\n}\n"


def _lines(lines: Iterator[bytes], opening: bytes, closing: bytes) -> Iterator[bytes]:
    """Write entries one a line between brackets; nothing between them when there are none."""
    before = opening + b"\n"
    is_empty = True
    for line in lines:
        yield before + line
        before = b",\n"
        is_empty = False
    yield opening + closing if is_empty else b"\n" + closing
