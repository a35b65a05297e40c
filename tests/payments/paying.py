"""Driving payments in tests: a small platform, the sandbox's payer, and what stands afterwards."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gongxiang.acts.open_payment import open_payment
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.ledger import raw
from gongxiang.payments.attempts import Payment
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee
from gongxiang.sandbox import alipay, wechat
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.settlement.platforms import record, settle, terms_with

LINES = (
    {"type": "member", "id": "fang", "referrer": None, "via_store": None},
    {
        "type": "store",
        "id": "SAFANG",
        "owner": "fang",
        "recruiter": None,
        "district": None,
        "commission_rate": 2_000,
    },
    {"type": "member", "id": "lin", "referrer": "fang", "via_store": None},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The numbers of the store and of the member."""

    store: int
    member: int


def make_world() -> World:
    """Publish the rules with a window of a day, open a store, let a member join."""
    replay = record((json.dumps(line) for line in LINES), terms=terms_with({"window": 86_400}))
    settle(replay)
    open_sandbox_accounts()
    return World(store=number_of("SAFANG"), member=number_of("lin"))


def number_of(key: str) -> int:
    """Give the party of a key."""
    return int(ask("SELECT party_id FROM members_partykey WHERE key = %s", key)[0][0])


def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database."""
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def opened(
    world: World,
    *,
    key: str = "key-1",
    provider: Provider = Provider.WECHAT,
    amount_fen: int = 12_800,
    home: int | None = None,
) -> Payment:
    """Open a payment of 128.00 by the member."""
    return open_payment(
        home=world.member if home is None else home,
        key=key,
        store=world.store,
        provider=provider,
        amount_fen=amount_fen,
        payer_address="127.0.0.1",
    )


def payee(provider: Provider) -> Payee:
    """Give the store's account at a channel."""
    row = ask(
        'SELECT number, "authorization" FROM payments_submerchant WHERE provider = %s',
        provider.value,
    )[0]
    return Payee(number=row[0], authorization=row[1])


def whole(provider: Provider, day: str) -> None:
    """Let the bill of the store's account be whole on a day, as that of one that is over."""
    account = "" if provider is Provider.WECHAT else payee(provider).number
    ask(
        "INSERT INTO payments_bill (provider, payee, day, is_whole, tries, next_at)"
        " VALUES (%s, %s, %s, true, 1, now())"
        " ON CONFLICT (provider, payee, day) DO UPDATE SET is_whole = true",
        *(provider.value, account, day),
    )


def paid(sandbox: Sandbox, number: str, channel: str = "wechat") -> Trade:
    """Let the payer pay, and nobody tell the platform."""
    sandbox.trades.on_paid = lambda _trade: None
    trade = sandbox.trades.find(channel, number)
    assert trade is not None, "the payment is open at the channel"
    assert sandbox.trades.pay(trade), "it can be paid"
    return trade


def wechat_notice(
    sandbox: Sandbox, trade: Trade, *, transaction: str = ""
) -> tuple[bytes, dict[str, str]]:
    """Give a signed notice as it stands on the wire: its body and its headers for Django."""
    body, _ = wechat.notice(trade, transaction or trade.transactions[0], sandbox.keys)
    return body, as_meta(wechat.signature(body.decode(), sandbox.keys))


def wechat_words(told: Mapping[str, object], *, event: str, kind: str, keys: Keys) -> bytes:
    """Make whatever WeChat could say of its own accord: the body of a notice, its inside hidden."""
    nonce = secrets.token_hex(6)
    inside = json.dumps(told).encode()
    hidden = AESGCM(keys.api_key.encode()).encrypt(nonce.encode(), inside, kind.encode())
    resource = {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(hidden).decode(),
        "associated_data": kind,
        "nonce": nonce,
    }
    body = {
        "id": secrets.token_hex(16),
        "event_type": event,
        "resource_type": "encrypt-resource",
        "resource": resource,
    }
    return json.dumps(body).encode()


def alipay_notice(sandbox: Sandbox, trade: Trade) -> bytes:
    """Give a signed notice of Alipay."""
    return alipay.notice(trade, trade.transactions[0], sandbox.keys)[0]


def as_meta(headers: dict[str, str]) -> dict[str, str]:
    """Write headers as Django gives them."""
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}


def standing() -> tuple[int, int, int, int]:
    """Count orders, transactions, notices, quarantined."""
    return tuple(
        int(ask(f"SELECT count(*) FROM {table}")[0][0])
        for table in (
            "orders_order",
            "payments_transaction",
            "payments_notification",
            "payments_quarantine",
        )
    )  # type: ignore[return-value]
