"""What the payment sandbox knows of transfers to persons: one for each number, until it is over.

    WeChat   confirm ─ 确认收款 ─> moving -> done     confirm ─ 不收 ─> failed
                 └ cancelled by the merchant, or not confirmed within a day
    Alipay   done at once

Each change is a line at the end of one file; the last line of a number counts.

Units: fen; seconds of this process's own clock. Source: P4.
"""

import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

LIFE_SECONDS: Final = 86_400
EXPIRED: Final = "OVERDUE_CLOSE"
DECLINED: Final = "PAYEE_DECLINED"


@dataclass(slots=True, kw_only=True)
class Transfer:
    """One transfer of the merchant to a person."""

    channel: str
    number: str
    account: str
    name: str
    amount_fen: int
    notify_url: str
    state: str
    bill: str
    package: str = ""
    reason: str = ""
    created_at: int = 0
    ended_at: int = 0
    paid_count: int = 0


class Transfers:
    """All transfers of both channels, one change at a time."""

    def __init__(self, path: Path) -> None:
        """Remember what was kept."""
        self.lock = threading.RLock()
        self.path = path
        self.on_end: Callable[[Transfer], None] = lambda _transfer: None
        self._all: dict[tuple[str, str], Transfer] = {}
        if path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                transfer = Transfer(**json.loads(line))
                self._all[transfer.channel, transfer.number] = transfer

    def find(self, channel: str, number: str) -> Transfer | None:
        """Find a transfer, ended by now if its day is over."""
        with self.lock:
            transfer = self._all.get((channel, number))
            if transfer and transfer.state == "confirm" and self._is_over(transfer):
                self._end(transfer, "failed", EXPIRED)
            return transfer

    def newest(self, count: int) -> list[Transfer]:
        """Give the newest transfers, newest first."""
        with self.lock:
            return list(self._all.values())[::-1][:count]

    def all(self, channel: str) -> list[Transfer]:
        """Give every transfer of a channel."""
        with self.lock:
            return [each for each in self._all.values() if each.channel == channel]

    def open(
        self, channel: str, number: str, *, account: str, name: str, amount_fen: int, notify: str
    ) -> Transfer:
        """Open a transfer, or find the one under its number."""
        with self.lock:
            known = self.find(channel, number)
            if known is not None:
                return known
            now = int(time.time())
            transfer = Transfer(
                channel=channel,
                number=number,
                account=account,
                name=name,
                amount_fen=amount_fen,
                notify_url=notify,
                state="confirm" if channel == "wechat" else "done",
                bill=f"13{secrets.randbelow(10**26):026}",
                package=secrets.token_urlsafe(24) if channel == "wechat" else "",
                created_at=now,
                ended_at=0 if channel == "wechat" else now,
                paid_count=0 if channel == "wechat" else 1,
            )
            self._all[channel, number] = transfer
            self._keep(transfer)
            return transfer

    def confirm(self, transfer: Transfer) -> bool:
        """Let the payee take it; False where it cannot be taken any more."""
        with self.lock:
            if self.find(transfer.channel, transfer.number) is None or transfer.state != "confirm":
                return False
            transfer.paid_count += 1
            self._end(transfer, "done", "")
            return True

    def decline(self, transfer: Transfer) -> bool:
        """Let the payee not take it."""
        with self.lock:
            if transfer.state != "confirm":
                return False
            self._end(transfer, "failed", DECLINED)
            return True

    def cancel(self, transfer: Transfer) -> bool:
        """Let the merchant take back what was not confirmed."""
        with self.lock:
            if transfer.state == "confirm":
                self._end(transfer, "cancelled", "")
            return transfer.state == "cancelled"

    def _is_over(self, transfer: Transfer) -> bool:
        return int(time.time()) >= transfer.created_at + LIFE_SECONDS

    def _end(self, transfer: Transfer, state: str, reason: str) -> None:
        transfer.state, transfer.reason, transfer.ended_at = state, reason, int(time.time())
        self._keep(transfer)
        self.on_end(transfer)

    def _keep(self, transfer: Transfer) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(transfer), ensure_ascii=False) + "\n")
