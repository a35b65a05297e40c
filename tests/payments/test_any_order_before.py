"""Whatever comes to a payment before its settlement, in whatever order and twice: one end (C13).

A payment that the channel took twice: both notices at the door, the sweeper's question, its closing
when the time is over, a refund asked for, what the channel answers to refunds, and its own word of
them. What comes too early does nothing; what comes again changes nothing.

Source: reliability C13; P1, P2, P4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Final
from urllib.parse import parse_qsl, urlencode

import pytest
import requests

from gongxiang.acts.confirm_payment import confirm_payment
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.payments import gateway
from gongxiang.payments.attempts import Payment
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import TradeState
from gongxiang.sandbox import alipay, wechat
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Refund, Trade
from gongxiang.sandbox.wire import sign
from tests.payments.every_order import Order, orders_of
from tests.payments.paying import World, as_meta, ask, opened, payee, wechat_words
from tests.payments.test_callbacks import ALIPAY, WECHAT, post

SHORT: Final = ("notice", "second", "close", "query")
WHOLE: Final = {
    Provider.WECHAT: (*SHORT, "refund", "answer", "word of the refund"),
    Provider.ALIPAY: (*SHORT, "refund", "answer", "pay"),
}
"""At Alipay nobody knows of a payment until its payer comes: it may be closed before it is paid."""
SAMPLE: Final = 8
TWICE_AT_MOST: Final = 3
ROUNDS: Final = 2
"""What is still to come: the order from a notice, and then its refund and what is paid twice."""
BACK_FEN: Final = 3_600
_THIS: Final = " WHERE number = %s"
_OPEN: Final = f"{_THIS} AND query_at IS NOT NULL"
"""Asked about sooner than its time, where it is asked about at all."""


@dataclass(slots=True, kw_only=True)
class Story:
    """One payment, and what the channel has to say of it: the same words every time."""

    world: World
    sandbox: Sandbox
    payment: Payment
    provider: Provider
    said: dict[str, bytes] = field(default_factory=dict)

    @property
    def trade(self) -> Trade | None:
        """Give the payment at the channel, if it was paid."""
        known = self.sandbox.trades.find(self.provider.value, self.payment.number)
        return known if known and known.transactions else None

    def happen(self, event: str) -> None:
        """Let one thing happen."""
        if event == "pay":
            self._pay()
        elif event in {"notice", "second"}:
            self._hear(event)
        elif event == "query":
            ask(f"UPDATE payments_attempt SET query_at = now(){_OPEN}", self.payment.number)
            if not sweep_payments():
                self._late_answer()
        elif event == "close":
            over = f"UPDATE payments_attempt SET query_at = now(), expires_at = now(){_OPEN}"
            ask(over, self.payment.number)
            sweep_payments()
        elif event == "refund":
            self._refund()
        elif event == "answer":
            ask("UPDATE payments_outbox SET next_at = now() WHERE next_at IS NOT NULL")
            dispatch_outbox()
            self._alipays_word_of_refunds()
        else:
            self._word_of_the_refund()

    def _pay(self) -> None:
        """Let the payer pay, and the channel take it twice; nobody tells the platform."""
        if self.provider is Provider.ALIPAY:
            assert requests.get(self.payment.hand_off, timeout=5).status_code == 200
        trade = self.sandbox.trades.find(self.provider.value, self.payment.number)
        assert trade is not None
        self.sandbox.trades.pay(trade)

    def _late_answer(self) -> None:
        """Let a sweeper that asked before the end was known hear of it only now."""
        told = gateway.query(
            provider=self.provider, number=self.payment.number, payee=payee(self.provider)
        )
        if told.state is TradeState.PAID:
            confirm_payment(trade=told)

    def _hear(self, event: str) -> None:
        """Let the channel's notice of the first or of the second payment come in at the door."""
        trade = self.trade
        if trade is not None:
            transaction = trade.transactions[event == "second"]
            maker = wechat if self.provider is Provider.WECHAT else alipay
            made = maker.notice(trade, transaction, self.sandbox.keys)[0]
            assert self._at_the_door(event, made) == 200

    def _refund(self) -> None:
        """Let a part be given back under one key, as soon as there is an order."""
        ((order,),) = ask(f"SELECT order_id FROM payments_attempt{_THIS}", self.payment.number)
        if order is not None:
            number = f"r-{self.payment.number}"
            refund_order(key=number, member=self.world.member, order=order, amount_fen=BACK_FEN)

    def _word_of_the_refund(self) -> None:
        """Let WeChat say by itself that a refund is done: nobody asked it to, a person looks."""
        trade = self.trade
        if trade is not None and trade.refunds:
            made = word_of_refund(trade, self.sandbox)
            assert self._at_the_door("word", made) == 422

    def _alipays_word_of_refunds(self) -> None:
        """Let Alipay say of each refund what the payment is now: at the door of the payments."""
        trade = self.trade
        if trade is not None and self.provider is Provider.ALIPAY:
            for refund in trade.refunds:
                made = alipays_word_of_refund(trade, refund, self.sandbox)
                assert self._at_the_door(f"word of {refund.number}", made) == 200

    def _at_the_door(self, event: str, made: bytes) -> int:
        """Post what was said first of this event, signed anew."""
        body = self.said.setdefault(event, made)
        if self.provider is Provider.ALIPAY:
            return post(body, {}, ALIPAY)
        return post(body, as_meta(wechat.signature(body.decode(), self.sandbox.keys)), WECHAT)


def word_of_refund(trade: Trade, sandbox: Sandbox) -> bytes:
    """Make WeChat's notice of a refund: signed like any other, its inside another."""
    refund = trade.refunds[0]
    told = {
        "sp_mchid": sandbox.keys.mchid,
        "sub_mchid": trade.payee,
        "out_trade_no": trade.number,
        "transaction_id": refund.transaction or trade.transactions[0],
        "out_refund_no": refund.number,
        "refund_id": refund.refund_id,
        "refund_status": "SUCCESS",
        "amount": {"total": trade.amount_fen, "refund": refund.amount_fen},
    }
    return wechat_words(told, event="REFUND.SUCCESS", kind="refund", keys=sandbox.keys)


def alipays_word_of_refund(trade: Trade, refund: Refund, sandbox: Sandbox) -> bytes:
    """Make Alipay's notice after a refund: that of the payment, closed where nothing is left."""
    transaction = refund.transaction or trade.transactions[0]
    said = dict(parse_qsl(alipay.notice(trade, transaction, sandbox.keys)[0].decode()))
    del said["sign"], said["sign_type"]
    is_whole = refund.amount_fen == trade.amount_fen
    said |= {
        "trade_status": "TRADE_CLOSED" if is_whole else "TRADE_SUCCESS",
        "refund_fee": f"{refund.amount_fen // 100}.{refund.amount_fen % 100:02}",
        "out_biz_no": refund.number,
        "gmt_refund": said["notify_time"],
    }
    signature = sign(sandbox.keys.alipay_private, alipay._joined(said))
    return urlencode({**said, "sign_type": "RSA2", "sign": signature}).encode()


@pytest.mark.parametrize(
    ("provider", "orders"),
    [
        (provider, orders)
        for provider, whole in WHOLE.items()
        for orders in (*orders_of(SHORT), *orders_of(whole, sample=SAMPLE))
    ],
)
def test_every_order_of_what_comes_before_the_settlement_ends_in_one_state(
    world: World, sandbox: Sandbox, provider: Provider, orders: Sequence[Order]
) -> None:
    chance = Random(str(orders[0]))  # noqa: S311  a seed, not a secret
    sandbox.trades.tricks["pay_twice"] = 1
    sandbox.trades.on_paid = lambda _trade: None
    for place, order in enumerate(orders):
        payment = opened(world, key=f"key-{place}", provider=provider)
        story = Story(world=world, sandbox=sandbox, payment=payment, provider=provider)
        if "pay" not in order:
            story.happen("pay")
        twice = [event for event in order for _ in range(chance.randint(1, TWICE_AT_MOST))]
        for event in twice:
            story.happen(event)
        for _ in range(ROUNDS):
            for event in ("pay", *WHOLE[provider]):
                story.happen(event)
        assert end_of(story) == THE_END, twice
    words = len(orders) if provider is Provider.WECHAT else 0
    assert ask("SELECT count(*) FROM payments_quarantine") == [(words,)]
    assert ask("SELECT count(*), sum(amount), sum(returned) FROM orders_order") == [
        (len(orders), len(orders) * 128_000_000, len(orders) * BACK_FEN * 10_000)
    ]


THE_END: Final = {
    "attempt": [("paid", None)],
    "order": [(128_000_000, 36_000_000)],
    "transactions": [(False, 12_800), (True, 12_800)],
    "refunds": [(BACK_FEN, "done"), (12_800, "done")],
    "notices": [(2,)],
    "at the channel": [BACK_FEN, 12_800],
}
"""One order less what was given back, and what came twice went back whole."""


def end_of(story: Story) -> dict[str, object]:
    """Give all that became of a payment, here and at the channel."""
    number, trade = story.payment.number, story.trade
    assert trade is not None
    heard = [sha256(body).digest() for event, body in story.said.items() if event in SHORT]
    return {
        "attempt": ask(f"SELECT state, query_at FROM payments_attempt{_THIS}", number),
        "order": ask(
            "SELECT amount, returned FROM orders_order paid JOIN payments_attempt attempt"
            f" ON attempt.order_id = paid.id{_THIS}",
            number,
        ),
        "transactions": ask(
            "SELECT is_surplus, amount_fen FROM payments_transaction"
            " WHERE attempt_number = %s ORDER BY 1",
            number,
        ),
        "refunds": ask(
            "SELECT back.amount_fen, back.state FROM payments_channelrefund back"
            " JOIN payments_transaction USING (transaction_id)"
            " WHERE attempt_number = %s ORDER BY 1",
            number,
        ),
        "notices": ask(
            "SELECT count(*) FROM payments_notification WHERE body_hash = ANY(%s)", heard
        ),
        "at the channel": sorted(refund.amount_fen for refund in trade.refunds),
    }
