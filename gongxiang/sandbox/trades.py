"""What the payment sandbox knows: payments, what became of them, and the tricks it shall play.

    open -> paid (a number of the channel's own, once or twice) | closed
    paid -> refunded, shared with the service provider, the rest freed: the payee may spend it

The books of each payee follow from his payments and from nothing that the platform keeps.

Every change appends what its payment is now to one file, so that a refund finds its payment after
a restart and the ten thousandth costs what the first did; of a payment the last line counts.

Units: fen; moments in microseconds of this process's own clock. Source: P1, P2; reliability 1.4.
"""

import hashlib
import json
import os
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from gongxiang.sandbox.alipay_sign_ins import Codes
from gongxiang.sandbox.transfers import Transfers

TRICKS: Final = {
    "lose_answers": "每百次有几次：办成了，回答却丢了",
    "lose_notices": "每百次有几次：通知丢了",
    "delay_seconds": "通知晚几秒",
    "repeat_notices": "每个通知多发几遍",
    "reorder_notices": "通知倒着发（1 是）",
    "forge_notices": "先发一个伪造的通知（1 是）",
    "refuse_shares": "不肯分账（1 是）",
    "refuse_refunds": "不肯退款（1 是）",
    "too_many": "每百次有几次：说请求太多，什么也没办",
    "refuse_questions": "不肯回答退款、分账办得怎样（1 是）",
    "pay_twice": "付一次，收两笔（1 是）",
    "late_bills": "账单还没有生成（1 是）",
    "forge_sign_ins": "支付宝登录的回答，签名是假的（1 是）",
}


MYRIAD: Final = 10_000
FEE: Final = 60
SHARE_MAX: Final = 3_000
SHARES_MAX: Final = 50
SHARE_WAIT: Final = 60
"""The channels' own terms: fee and the most that may be shared per myriad, how often, how soon."""


def fee_fen(amount_fen: int) -> int:
    """Give the channel's fee, rounded half up as the channels do.

    >>> fee_fen(12_800), fee_fen(83), fee_fen(84)
    (77, 0, 1)
    """
    return (amount_fen * FEE + MYRIAD // 2) // MYRIAD


def _now() -> int:
    return time.time_ns() // 1_000


@dataclass(slots=True, kw_only=True)
class Refund:
    """Money sent back under the merchant's number."""

    number: str
    refund_id: str
    amount_fen: int
    at: int = 0
    transaction: str = ""


@dataclass(slots=True, kw_only=True)
class Share:
    """Money of a payment that went to the service provider; of nothing: the rest was freed."""

    number: str
    order_id: str
    detail_id: str
    receiver: str
    amount_fen: int
    at: int
    is_asked: bool = False


@dataclass(slots=True, kw_only=True)
class ShareReturn:
    """Money of a share that went back to the payee."""

    number: str
    return_id: str
    share: str
    amount_fen: int
    at: int


@dataclass(slots=True, kw_only=True)
class Booked:
    """A line on the service provider's own account; where no call made it, kept for this run."""

    channel: str
    at: int
    business: str
    is_in: bool
    amount_fen: int
    order: str
    number: str = ""
    note: str = ""
    other: str = ""
    account: str = ""

    @property
    def flow(self) -> str:
        """Give the number of the line itself."""
        return f"19{self.order[2:]}"


@dataclass(slots=True, kw_only=True)
class Trade:
    """One payment to a merchant; `payee` is his own number at the channel."""

    channel: str
    number: str
    description: str
    amount_fen: int
    notify_url: str
    return_url: str
    expires_at: str
    payer: str
    payee: str
    state: str = "open"
    transactions: list[str] = field(default_factory=list)
    paid_at: int = 0
    refunds: list[Refund] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    share_returns: list[ShareReturn] = field(default_factory=list)
    is_frozen: bool = True
    kind: str = "MWEB"

    @property
    def prepay(self) -> str:
        """Give the number that its sheet is opened by, inside the channel's app."""
        return f"wx{hashlib.sha256(self.number.encode()).hexdigest()[:34]}"

    @property
    def refunded_fen(self) -> int:
        """Give what went back already."""
        return sum(refund.amount_fen for refund in self.refunds)

    @property
    def shared_fen(self) -> int:
        """Give what the service provider has of it."""
        back = sum(each.amount_fen for each in self.share_returns)
        return sum(share.amount_fen for share in self.shares) - back

    @property
    def unshared_fen(self) -> int:
        """Give what of it is frozen and may be shared yet."""
        left = self.amount_fen - self.refunded_fen - self.shared_fen
        return left if self.is_frozen and self.state == "paid" else 0

    @property
    def kept_fen(self) -> int:
        """Give what the payee has of it, frozen or free."""
        fees = fee_fen(self.amount_fen) - sum(fee_fen(each.amount_fen) for each in self.refunds)
        got = self.amount_fen * len(self.transactions)
        return got - self.refunded_fen - self.shared_fen - fees * len(self.transactions)


_PARTS: Final[dict[str, type[Any]]] = {
    "refunds": Refund,
    "shares": Share,
    "share_returns": ShareReturn,
}


class Trades:
    """All payments of both channels, one change at a time."""

    def __init__(self, path: Path) -> None:
        """Remember what was kept."""
        self.lock = threading.RLock()
        self.path = path
        self.tricks = dict.fromkeys(TRICKS, 0)
        self.share_wait = SHARE_WAIT
        self.receivers: set[str] = set()
        self.on_paid: Callable[[Trade], None] = lambda _trade: None
        self.transfers = Transfers(path.with_name("transfers.jsonl"))
        self.codes = Codes()
        self.booked: list[Booked] = []
        self._trades: dict[tuple[str, str], Trade] = {}
        self._by_part: dict[tuple[str, str, str], Trade] = {}
        self._by_payee: defaultdict[tuple[str, str], list[Trade]] = defaultdict(list)
        for trade in _kept(path):
            self._trades[trade.channel, trade.number] = trade
        for trade in self._trades.values():
            self._index(trade)
            self._by_payee[trade.channel, trade.payee].append(trade)

    def find(self, channel: str, number: str) -> Trade | None:
        """Find a payment by the merchant's number."""
        return self._trades.get((channel, number))

    def find_transaction(self, channel: str, transaction: str) -> Trade | None:
        """Find a payment by the channel's own number."""
        return self._by_part.get((channel, "transaction", transaction))

    def find_refund(self, channel: str, number: str) -> tuple[Trade, Refund] | None:
        """Find a refund by the merchant's number."""
        trade = self._by_part.get((channel, "refund", number))
        found = (refund for refund in trade.refunds if refund.number == number) if trade else ()
        return next(((trade, refund) for refund in found if trade), None)

    def find_prepay(self, channel: str, number: str) -> Trade | None:
        """Find a payment by the number of its sheet."""
        return self._by_part.get((channel, "prepay", number))

    def newest(self, count: int) -> list[Trade]:
        """Give the newest payments, newest first."""
        with self.lock:
            return list(self._trades.values())[::-1][:count]

    def open(self, trade: Trade) -> Trade:
        """Open a payment, or find the one under its number."""
        with self.lock:
            known = self._trades.setdefault((trade.channel, trade.number), trade)
            if known is trade:
                self._by_payee[trade.channel, trade.payee].append(trade)
                self._keep(trade)
            return known

    def pay(self, trade: Trade) -> bool:
        """Let the payer pay; False where it cannot be paid any more."""
        with self.lock:
            if trade.state != "open":
                return False
            trade.state = "paid"
            trade.paid_at = _now()
            count = 2 if self.tricks["pay_twice"] else 1
            trade.transactions = [f"42{secrets.randbelow(10**26):026}" for _ in range(count)]
            self._keep(trade)
        self.on_paid(trade)
        return True

    def refund(
        self, trade: Trade, *, number: str, amount_fen: int, transaction: str = ""
    ) -> Refund | None:
        """Send money back once under a number; None when it is more than is left."""
        with self.lock:
            for refund in trade.refunds:
                if refund.number == number:
                    return refund
            left = trade.amount_fen * len(trade.transactions) - trade.refunded_fen
            # Freed money pays for it without the fee, which the channel gives back.
            own_fen = amount_fen - fee_fen(amount_fen)
            has_enough = trade.is_frozen or own_fen <= self.free_fen(trade)
            if self.tricks["refuse_refunds"] or not 0 < amount_fen <= left or not has_enough:
                return None
            refund_id = f"50{secrets.randbelow(10**26):026}"
            refund = Refund(
                number=number,
                refund_id=refund_id,
                amount_fen=amount_fen,
                at=_now(),
                transaction=transaction,
            )
            trade.refunds.append(refund)
            self._keep(trade)
            return refund

    def free_fen(self, trade: Trade) -> int:
        """Give what the payee of a payment may spend: what was freed of all his payments."""
        return sum(
            each.kept_fen
            for each in self._by_payee[trade.channel, trade.payee]
            if each.state == "paid" and not each.is_frozen
        )

    def share(
        self, trade: Trade, *, number: str, receiver: str, amount_fen: int, is_last: bool
    ) -> Share | str:
        """Send a part to a receiver, once under a number, and free the rest; or say why not."""
        with self.lock:
            for share in trade.shares:
                if share.number == number:
                    return share
            is_refused = amount_fen and self.tricks["refuse_shares"]
            if is_refused or not self._may_share(trade, receiver, amount_fen):
                return "RULE_LIMIT"
            share = Share(
                number=number,
                order_id=f"30{secrets.randbelow(10**26):026}",
                detail_id=f"36{secrets.randbelow(10**26):026}",
                receiver=receiver,
                amount_fen=amount_fen,
                at=_now(),
            )
            trade.shares.append(share)
            trade.is_frozen = not is_last
            self._keep(trade)
            return share

    def _may_share(self, trade: Trade, receiver: str, amount_fen: int) -> bool:
        """Tell whether the rules allow it: paid, frozen, not too soon, to whom, how much."""
        shared = sum(share.amount_fen for share in trade.shares) + amount_fen
        return (
            trade.state == "paid"
            and trade.is_frozen
            and _now() - trade.paid_at >= self.share_wait * 1_000_000
            and (not amount_fen or receiver in self.receivers)
            and len(trade.shares) < SHARES_MAX
            and shared * MYRIAD <= trade.amount_fen * SHARE_MAX
            and amount_fen <= trade.kept_fen
        )

    def find_share(self, channel: str, number: str) -> tuple[Trade, Share] | None:
        """Find a share by the merchant's number."""
        trade = self._by_part.get((channel, "share", number))
        found = (share for share in trade.shares if share.number == number) if trade else ()
        return next(((trade, share) for share in found if trade), None)

    def return_share(
        self, trade: Trade, share: Share, *, number: str, amount_fen: int
    ) -> ShareReturn | None:
        """Send money of a share back to the payee once under a number; None when it is too much."""
        with self.lock:
            for known in trade.share_returns:
                if known.number == number:
                    return known
            back = sum(
                each.amount_fen for each in trade.share_returns if each.share == share.number
            )
            if not 0 < amount_fen <= share.amount_fen - back:
                return None
            returned = ShareReturn(
                number=number,
                return_id=f"30{secrets.randbelow(10**26):026}",
                share=share.number,
                amount_fen=amount_fen,
                at=_now(),
            )
            trade.share_returns.append(returned)
            self._keep(trade)
            return returned

    def all(self) -> list[Trade]:
        """Give every payment of both channels."""
        with self.lock:
            return list(self._trades.values())

    def close(self, trade: Trade) -> bool:
        """Let nobody pay any more; False when somebody has paid."""
        with self.lock:
            if trade.state == "open":
                trade.state = "closed"
                self._keep(trade)
            return trade.state == "closed"

    def happens(self, trick: str) -> bool:
        """Tell whether something that happens so often in a hundred happens now."""
        return secrets.randbelow(100) < self.tricks[trick]

    def _index(self, trade: Trade) -> None:
        numbers = {
            "transaction": trade.transactions,
            "refund": [refund.number for refund in trade.refunds],
            "share": [share.number for share in trade.shares],
            "prepay": [trade.prepay],
        }
        for part, all_of_it in numbers.items():
            for number in all_of_it:
                self._by_part[trade.channel, part, number] = trade

    def _keep(self, trade: Trade) -> None:
        """Write down what a payment is now, and under which numbers it is found."""
        self._index(trade)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(trade), ensure_ascii=False) + "\n")


def _kept(path: Path) -> Iterator[Trade]:
    """Read what was written down; what a crash cut off was never answered, and goes."""
    if not path.is_file():
        return
    told = path.read_bytes()
    whole = told[: told.rfind(b"\n") + 1]
    if whole != told:
        os.truncate(path, len(whole))
    for line in whole.splitlines():
        kept = json.loads(line)
        parts: dict[str, Any] = {
            name: [kind(**part) for part in kept.pop(name)] for name, kind in _PARTS.items()
        }
        yield Trade(**kept, **parts)
