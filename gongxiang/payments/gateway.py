"""The one door to the channels: whoever pays or pays back comes through here.

    prepay -> hand-off address     query, read_notice -> Trade     refund, query_refund -> state

No call is made inside a transaction: a slow channel would hold locks (P5).

Units: fen; moments in microseconds. Source: P1, P5; reliability 1.4.
"""

from collections.abc import Mapping

from django.db import connection

from gongxiang.payments import channels
from gongxiang.payments.clock import database_now
from gongxiang.payments.provider import Provider
from gongxiang.payments.providers import alipay, wechat
from gongxiang.payments.wire import Notice, Prepay, RefundOrder, RefundState, Trade


def providers() -> tuple[Provider, ...]:
    """List the channels that can be paid through."""
    return channels.open_channels()


def prepay(*, provider: Provider, order: Prepay) -> str:
    """Open a payment; give the address where the payer goes on."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.prepay(order=order)
    return alipay.prepay(order=order, now=database_now())


def query(*, provider: Provider, number: str) -> Trade:
    """Ask where a payment stands."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.query(number=number)
    return alipay.query(number=number, now=database_now())


def close(*, provider: Provider, number: str) -> None:
    """Let nobody pay any more."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        wechat.close(number=number)
    else:
        alipay.close(number=number, now=database_now())


def refund(*, provider: Provider, order: RefundOrder) -> RefundState:
    """Send money back under our number; the same number twice is one refund."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.refund(order=order)
    return alipay.refund(order=order, now=database_now())


def query_refund(*, provider: Provider, order: RefundOrder) -> RefundState:
    """Ask where a refund stands."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.query_refund(order=order)
    return alipay.query_refund(order=order, now=database_now())


def read_notice(*, provider: Provider, headers: Mapping[str, str], body: bytes) -> Notice:
    """Check a notice in every way but against our own records, and read it."""
    if provider is Provider.WECHAT:
        return wechat.read_notice(headers=headers, body=body, now=database_now())
    return alipay.read_notice(body=body)


def _refuse_inside() -> None:
    assert not connection.in_atomic_block, "no external call inside a transaction (P5)"
