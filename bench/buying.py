"""Payers of the busy minute: each opens his payment over HTTP with a token, and pays on the phone.

    POST /api/v1/payments                        under a key of its own, until it is answered
    POST /phone/wechat/NUMBER at the sandbox     the payer presses 支付
    POST /api/v1/shops/CODE/orders/NUMBER/refunds    the owner gives a part of the newest back

The same place is the same payment: what was not answered is asked again, with the same key and the
same body, in whichever life of payer and web server.

Units: fen, seconds. Source: issue 4 (kill -9 of web, settler, worker and sandbox); I-18.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

import requests
from django.db import connection

from bench import house
from bench.victims import BROKEN, FEN_MAX
from gongxiang.acts.give_account import give_account
from gongxiang.acts.make_token import make_token
from gongxiang.members.tokens import Scope

BREATH: Final = 0.1
"""Between two payments: no more is begun than the killed can bring to its end in the calm."""

PAUSE: Final = 0.02
PAPER: Final = "busy payer"
OPEN_SECONDS: Final = 300
TIMEOUT: Final = 5
REFUNDS_OF: Final = 4
REFUND_FEN: Final = 50
_DAYS: Final = 1
_PEOPLE: Final = "SELECT member_id FROM members_member UNION SELECT owner_id FROM merchants_store"
_DOORS: Final = "SELECT code FROM merchants_profile ORDER BY store_id"
_NEWEST: Final = """
SELECT fact.key, profile.code, store.owner_id
  FROM orders_order paid JOIN orders_fact fact USING (id)
  JOIN merchants_store store USING (store_id) JOIN merchants_profile profile USING (store_id)
 ORDER BY paid.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payers:
    """Who pays, where, and over which addresses."""

    tokens: dict[int, str]
    doors: tuple[str, ...]
    web: str
    phone: str

    def pay(self, folder: Path) -> None:
        """Pay one thing after the other until the shops close; what was begun comes to its end."""
        place = count_paid(folder)
        is_paid = False
        with (folder / PAPER).open("ab", buffering=0) as file:
            while not (is_paid and (folder / "closed").exists()):
                try:
                    is_paid = self._pay_once(place)
                    if is_paid and not place % REFUNDS_OF:
                        self._give_back()
                except BROKEN:
                    connection.close()
                    is_paid = False
                if is_paid:
                    file.write(b"paid\n")
                    place += 1
                time.sleep(BREATH if is_paid else PAUSE)

    def _pay_once(self, place: int) -> bool:
        """Open a payment, or find it, and pay it on the phone; False where nobody knows."""
        drawn = Random(place)  # noqa: S311 - the same body for the same key
        member, door = drawn.choice(sorted(self.tokens)), drawn.choice(self.doors)
        body: dict[str, str | int] = {
            "store": door,
            "channel": "wechat",
            "amount_fen": drawn.randrange(100, FEN_MAX),
        }
        payment = self._ask(member, "/payments", body, key=f"busy-payment-{place:08}")
        if payment is None or not payment["hand_off"]:
            return False
        try:
            answer = requests.post(
                f"{self.phone}/phone/wechat/{payment['number']}",
                data={"act": "pay"},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
        except requests.RequestException:
            return False
        return answer.status_code == requests.codes.see_other

    def _give_back(self) -> None:
        """Give a part of the newest order back, where its window still allows it."""
        for number, door, owner in house.rows(_NEWEST):
            way = f"/shops/{door}/orders/{number}/refunds"
            self._ask(int(str(owner)), way, {"amount_fen": REFUND_FEN}, key=f"busy-back-{number}")

    def _ask(
        self, member: int, way: str, body: dict[str, str | int], *, key: str
    ) -> dict[str, Any] | None:
        """Do something over HTTP; nothing where it was refused, or nobody answered."""
        headers = {"Authorization": f"Bearer {self.tokens[member]}", "Idempotency-Key": key}
        try:
            answer = requests.post(
                f"{self.web}/api/v1{way}", json=body, headers=headers, timeout=TIMEOUT
            )
        except requests.RequestException:
            return None
        told: dict[str, Any] | None = answer.json() if answer.status_code < 300 else None  # noqa: PLR2004  done
        return told


def count_paid(folder: Path) -> int:
    """Count what was paid so far."""
    paper = folder / PAPER
    return paper.read_bytes().count(b"\n") if paper.exists() else 0


def until_one_more_paid(folder: Path) -> None:
    """Wait until one more was paid: web server and channels are up, and serve."""
    wanted, deadline = count_paid(folder) + 1, time.monotonic() + OPEN_SECONDS
    while count_paid(folder) < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError("nobody could pay over HTTP")
        time.sleep(PAUSE)


def payers(*, web: str, phone: str) -> Payers:
    """Open an account for everybody of the town, with a token that may pay and give back."""
    tokens: dict[int, str] = {}
    for number, (row,) in enumerate(house.rows(_PEOPLE)):
        member = int(str(row))
        give_account(member=member, name="", number=f"139{number:08}")
        made = make_token(member=member, name="钱包", scopes=(Scope.PAY, Scope.STORE), days=_DAYS)
        tokens[member] = made.token
    doors = tuple(str(code) for (code,) in house.rows(_DOORS))
    return Payers(tokens=tokens, doors=doors, web=web, phone=phone)
