"""The one door to the channels for money that goes to persons.

    send -> told     query -> told     cancel     read_notice -> notice     confirm_page

No call is made inside a transaction: a slow channel would hold locks (P5).

Units: fen; moments in microseconds. Source: P1, P4, P5; reliability 1.4.
"""

from collections.abc import Mapping

from django.db import connection

from gongxiang.payments.clock import database_now
from gongxiang.payments.provider import Provider
from gongxiang.payments.providers import alipay_transfer, wechat_transfer
from gongxiang.payments.transfer_wire import TransferNotice, TransferOrder, TransferTold


def send(*, provider: Provider, order: TransferOrder) -> TransferTold:
    """Send cash under our number; the same number twice is one transfer."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat_transfer.send(order=order)
    return alipay_transfer.send(order=order, now=database_now())


def query(*, provider: Provider, number: str) -> TransferTold:
    """Ask where a transfer stands."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat_transfer.query(number=number)
    return alipay_transfer.query(number=number, now=database_now())


def cancel(*, provider: Provider, number: str) -> None:
    """Take back what its payee did not confirm; only a query says that it is closed."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        wechat_transfer.cancel(number=number)


def read_notice(*, headers: Mapping[str, str], body: bytes) -> TransferNotice:
    """Check a notice in every way but against our own records, and read it: WeChat's alone."""
    return wechat_transfer.read_notice(headers=headers, body=body, now=database_now())


def confirm_page(*, number: str) -> str:
    """Give the page of the sandbox's phone for a transfer; nothing where the channel is real."""
    return wechat_transfer.confirm_page(number=number)


def confirm_words(*, package: str) -> dict[str, str]:
    """Give what WeChat's own sheet is opened with."""
    return wechat_transfer.confirm_words(package=package)


def _refuse_inside() -> None:
    assert not connection.in_atomic_block, "no external call inside a transaction (P5)"
