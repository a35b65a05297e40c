"""The result of a replay: the end state in the one form that replay and platform share.

Amounts are strings of micro-yuan or atoms; maps hold only entries that are not zero; keys are
sorted. Totals are net of refunds; stores and vouchers may be below zero (debts).

Units: as above; `share_returned_bp` per myriad.
Source: spec/events.md (Result).
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from gongxiang.base.money import MYRIAD
from gongxiang.economy.events import Key
from gongxiang.economy.state import State

Result = dict[str, object]


def of_state(state: State, *, refused: Sequence[tuple[int, str]], repeated: int) -> Result:
    """Give the result of a whole fold."""
    points: defaultdict[Key, int] = defaultdict(int)
    for lot in state.lots.values():
        points[lot.member] += lot.left
    lots = state.lots.values()
    return {
        "pool": {"money": str(state.money), "circulating": str(state.circulating)},
        "platform": str(state.platform),
        "unspent": str(state.unspent),
        "cash": entries(state.cash),
        "stores": entries(state.stores),
        "vouchers": entries(state.vouchers),
        "points": entries(points),
        "rewards": entries(state.rewards),
        "lots": {
            str(lot.order): [
                str(lot.spend),
                str(lot.minted),
                str(lot.left),
                str(lot.sold),
                str(lot.gross),
                str(lot.net),
            ]
            for lot in lots
        },
        "exits": [str(order) for order in state.exited],
        "refused": [{"line": line, "reason": reason} for line, reason in refused],
        "repeated": repeated,
        "facts": {
            "orders": state.orders,
            "lots_open": sum(1 for lot in lots if lot.left),
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


def to_bytes(result: Result) -> bytes:
    """Write a result as everybody writes it: sorted keys, UTF-8, a last newline."""
    return (json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
