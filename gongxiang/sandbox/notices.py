"""Notices of payments, sent on the channels' schedules until the merchant says that he has them.

    WeChat   15s/15s/30s/3m/10m/20m/30m…   until 200 or 204
    Alipay   4m/10m/10m/1h/2h/6h/15h       until `success`

In development every wait is shortened to a fiftieth, and never more than ten seconds.

Units: seconds. Source: reliability 1.4.
"""

import base64
import contextlib
import secrets
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Final

from gongxiang.sandbox import alipay, wechat, wechat_transfers
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.trades import Trade, Trades
from gongxiang.sandbox.transfers import Transfer

_WECHAT_WAITS: Final = (15, 15, 30, 180, 600, 1_200, *(1_800,) * 3, 3_600, *(10_800,) * 3, 21_600)
_ALIPAY_WAITS: Final = (240, 600, 600, 3_600, 7_200, 21_600, 54_000)
_SHORTER: Final = 50
_WAIT_MAX: Final = 10
_TIMEOUT: Final = 5
_TICK: Final = 0.02
_Made = tuple[bytes, dict[str, str]]


@dataclass(slots=True, kw_only=True)
class _Letter:
    """A notice on its way."""

    trade: Trade | Transfer
    body: bytes
    headers: dict[str, str]
    due: float
    sent: int = 0
    is_forged: bool = False


class Notices:
    """Sends what is due, from one thread of its own."""

    def __init__(self, keys: Keys, trades: Trades) -> None:
        """Begin to send."""
        self.keys = keys
        self.trades = trades
        self.letters: list[_Letter] = []
        self.lock = threading.Lock()
        trades.on_paid = self.announce
        trades.transfers.on_end = self.announce_end
        threading.Thread(target=self._run, daemon=True).start()

    def announce(self, trade: Trade) -> None:
        """Let the merchant know of a payment, with every trick that is switched on."""
        make = wechat.notice if trade.channel == wechat.CHANNEL else alipay.notice
        made = [make(trade, transaction, self.keys) for transaction in trade.transactions]
        self._post(trade, made, make(trade, f"42{secrets.randbelow(10**26):026}", self.keys))

    def announce_end(self, transfer: Transfer) -> None:
        """Let the merchant know how a transfer ended, with the same tricks."""
        if transfer.notify_url:
            make = wechat_transfers.notice
            self._post(transfer, [make(transfer, self.keys)], make(transfer, self.keys))

    def _post(self, trade: Trade | Transfer, made: list[_Made], forged: _Made) -> None:
        tricks = self.trades.tricks
        due = time.monotonic() + tricks["delay_seconds"]
        letters = [
            _Letter(trade=trade, body=body, headers=headers, due=due)
            for body, headers in made
            for _ in range(1 + tricks["repeat_notices"])
        ]
        if tricks["forge_notices"]:
            body, headers = forged
            letters.insert(
                0, _Letter(trade=trade, body=body, headers=headers, due=due, is_forged=True)
            )
        with self.lock:
            self.letters[:0] = letters[::-1] if tricks["reorder_notices"] else letters

    def _run(self) -> None:
        while True:
            now = time.monotonic()
            with self.lock:
                due = [letter for letter in self.letters if letter.due <= now]
                self.letters = [letter for letter in self.letters if letter.due > now]
            for letter in due:
                if not self._deliver(letter) and not letter.is_forged:
                    self._again(letter)
            time.sleep(_TICK)

    def _again(self, letter: _Letter) -> None:
        waits = _WECHAT_WAITS if letter.trade.channel == wechat.CHANNEL else _ALIPAY_WAITS
        if letter.sent < len(waits):
            wait = min(_WAIT_MAX, waits[letter.sent] / _SHORTER)
            letter.sent, letter.due = letter.sent + 1, time.monotonic() + wait
            with self.lock:
                self.letters.append(letter)

    def _deliver(self, letter: _Letter) -> bool:
        """Send once, signed as of now; tell whether the merchant has it."""
        if self.trades.happens("lose_notices"):
            return False
        headers = dict(letter.headers)
        if letter.trade.channel == wechat.CHANNEL:
            headers |= wechat.signature(letter.body.decode(), self.keys)
        if letter.is_forged:
            headers["Wechatpay-Signature"] = base64.b64encode(secrets.token_bytes(256)).decode()
            letter.body = letter.body.replace(b"&sign=", b"&sign=AAAA")
        request = urllib.request.Request(  # noqa: S310  the merchant's own address
            letter.trade.notify_url, data=letter.body, headers=headers, method="POST"
        )
        with contextlib.suppress(OSError, urllib.error.URLError):
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310  the same
                said = response.read(64)
            return letter.trade.channel == wechat.CHANNEL or said == b"success"
        return False
