"""What the payment sandbox knows: payments, refunds, and the tricks it was told to play.

    open -> paid (a number of the channel's own, once or twice) | closed

Everything is kept in one file, so that a refund finds its payment after a restart.

Units: fen; moments in microseconds of this process's own clock. Source: P1.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

TRICKS: Final = {
    "lose_answers": "每百次有几次：办成了，回答却丢了",
    "lose_notices": "每百次有几次：通知丢了",
    "delay_seconds": "通知晚几秒",
    "repeat_notices": "每个通知多发几遍",
    "reorder_notices": "通知倒着发（1 是）",
    "forge_notices": "先发一个伪造的通知（1 是）",
    "pay_twice": "付一次，收两笔（1 是）",
}


@dataclass(slots=True, kw_only=True)
class Refund:
    """Money sent back under the merchant's number."""

    number: str
    refund_id: str
    amount_fen: int


@dataclass(slots=True, kw_only=True)
class Trade:
    """One payment of a merchant."""

    channel: str
    number: str
    description: str
    amount_fen: int
    notify_url: str
    return_url: str
    expires_at: str
    payer: str
    state: str = "open"
    transactions: list[str] = field(default_factory=list)
    paid_at: int = 0
    refunds: list[Refund] = field(default_factory=list)

    @property
    def refunded_fen(self) -> int:
        """Give what went back already."""
        return sum(refund.amount_fen for refund in self.refunds)


class Trades:
    """All payments of both channels, one change at a time."""

    def __init__(self, path: Path) -> None:
        """Remember what was kept."""
        self.lock = threading.RLock()
        self.path = path
        self.tricks = dict.fromkeys(TRICKS, 0)
        self.on_paid: Callable[[Trade], None] = lambda _trade: None
        self._trades: dict[tuple[str, str], Trade] = {}
        if path.is_file():
            for kept in json.loads(path.read_text(encoding="utf-8")):
                refunds = [Refund(**refund) for refund in kept.pop("refunds")]
                trade = Trade(**kept, refunds=refunds)
                self._trades[trade.channel, trade.number] = trade

    def find(self, channel: str, number: str) -> Trade | None:
        """Find a payment by the merchant's number."""
        return self._trades.get((channel, number))

    def find_transaction(self, channel: str, transaction: str) -> Trade | None:
        """Find a payment by the channel's own number."""
        found = (trade for trade in self._trades.values() if transaction in trade.transactions)
        return next((trade for trade in found if trade.channel == channel), None)

    def find_refund(self, channel: str, number: str) -> tuple[Trade, Refund] | None:
        """Find a refund by the merchant's number."""
        for trade in self._trades.values():
            for refund in trade.refunds:
                if trade.channel == channel and refund.number == number:
                    return trade, refund
        return None

    def newest(self, count: int) -> list[Trade]:
        """Give the newest payments, newest first."""
        with self.lock:
            return list(self._trades.values())[::-1][:count]

    def open(self, trade: Trade) -> Trade:
        """Open a payment, or find the one under its number."""
        with self.lock:
            known = self._trades.setdefault((trade.channel, trade.number), trade)
            self.keep()
            return known

    def pay(self, trade: Trade) -> bool:
        """Let the payer pay; False where it cannot be paid any more."""
        with self.lock:
            if trade.state != "open":
                return False
            trade.state = "paid"
            trade.paid_at = time.time_ns() // 1_000
            count = 2 if self.tricks["pay_twice"] else 1
            trade.transactions = [f"42{secrets.randbelow(10**26):026}" for _ in range(count)]
            self.keep()
        self.on_paid(trade)
        return True

    def refund(self, trade: Trade, *, number: str, amount_fen: int) -> Refund | None:
        """Send money back once under a number; None when it is more than is left."""
        with self.lock:
            for refund in trade.refunds:
                if refund.number == number:
                    return refund
            left = trade.amount_fen * len(trade.transactions) - trade.refunded_fen
            if not 0 < amount_fen <= left:
                return None
            refund_id = f"50{secrets.randbelow(10**26):026}"
            refund = Refund(number=number, refund_id=refund_id, amount_fen=amount_fen)
            trade.refunds.append(refund)
            self.keep()
            return refund

    def close(self, trade: Trade) -> bool:
        """Let nobody pay any more; False when somebody has paid."""
        with self.lock:
            if trade.state == "open":
                trade.state = "closed"
                self.keep()
            return trade.state == "closed"

    def happens(self, trick: str) -> bool:
        """Tell whether something that happens so often in a hundred happens now."""
        return secrets.randbelow(100) < self.tricks[trick]

    def keep(self) -> None:
        """Write everything down, whole or not at all."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(
            json.dumps([asdict(trade) for trade in self._trades.values()], ensure_ascii=False),
            encoding="utf-8",
        )
        fresh.replace(self.path)
