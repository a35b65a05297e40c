"""Another implementation of Alipay's protocol speaks with our sandbox and reads our notices."""

from urllib.parse import parse_qsl

import pytest
import requests
from alipay import ISVAliPay

from gongxiang.base.clock import SECOND
from gongxiang.payments import channels, gateway
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import RefundOrder, RefundState
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World, alipay_notice, opened, paid, payee


@pytest.fixture
def oracle(world: World, sandbox: Sandbox) -> ISVAliPay:
    channel = channels.alipay()
    client = ISVAliPay(
        appid=channel.app_id,
        app_notify_url=None,
        app_private_key_string=channel.private_key,
        alipay_public_key_string=channel.public_key,
        sign_type="RSA2",
        app_auth_token=payee(Provider.ALIPAY).authorization,
    )
    client._gateway = channel.base
    return client


def test_the_other_client_opens_asks_and_refunds_at_our_sandbox(
    oracle: ISVAliPay, sandbox: Sandbox, world: World
) -> None:
    asked = oracle.api_alipay_trade_wap_pay(
        out_trade_no="GXORACLE-1",
        seller_id=payee(Provider.ALIPAY).number,
        total_amount="128.00",
        subject="付款给阿芳小馆",
        return_url="http://127.0.0.1:9/back",
        notify_url="http://127.0.0.1:9/notify",
    )
    assert requests.get(f"{oracle._gateway}?{asked}", timeout=5).status_code == 200
    trade = paid(sandbox, "GXORACLE-1", "alipay")
    told = oracle.api_alipay_trade_query(out_trade_no="GXORACLE-1")
    assert (told["code"], told["trade_status"]) == ("10000", "TRADE_SUCCESS")
    told = oracle.api_alipay_trade_refund(
        refund_amount="28.00", trade_no=trade.transactions[0], out_request_no="R1"
    )
    assert told["fund_change"] == "Y"
    order = RefundOrder(
        number="R1",
        payee=payee(Provider.ALIPAY),
        transaction_id=trade.transactions[0],
        amount_fen=2_800,
        total_fen=12_800,
    )
    found = gateway.query_refund(provider=Provider.ALIPAY, order=order)
    assert (found.state, found.at) == (RefundState.DONE, trade.refunds[0].at // SECOND * SECOND)


def test_the_other_client_believes_our_sandboxs_notice(
    oracle: ISVAliPay, sandbox: Sandbox, world: World
) -> None:
    payment = opened(world, provider=Provider.ALIPAY)
    requests.get(payment.hand_off, timeout=5)
    body = alipay_notice(sandbox, paid(sandbox, payment.number, "alipay"))
    said = dict(parse_qsl(body.decode()))
    signature = said.pop("sign")
    assert oracle.verify(dict(said), signature)
    assert not oracle.verify({**said, "total_amount": "0.01"}, signature)
