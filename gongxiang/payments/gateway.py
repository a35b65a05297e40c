"""The one door to the channels: whoever pays or pays back comes through here.

    prepay -> hand-off, of which sheet tells what an app opens
    query, read_notice -> Trade     refund, query_refund -> told
    bind, share, query_share, return_share, query_return -> told     unshared_fen -> frozen yet
    fetch_bill -> lines
    sign_in_url -> hand-off address     payer_of -> whom a code stands for

No call is made inside a transaction: a slow channel would hold locks (P5).

Units: fen; moments in microseconds. Source: P1, P2, P3, P5; reliability 1.4.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import connection

from gongxiang.payments import channels
from gongxiang.payments.clock import database_now
from gongxiang.payments.own import OWN
from gongxiang.payments.provider import Provider
from gongxiang.payments.providers import (
    alipay,
    alipay_bills,
    alipay_own_bill,
    alipay_shares,
    alipay_sign_in,
    wechat,
    wechat_bills,
    wechat_own_bill,
    wechat_shares,
    wechat_sheet,
)
from gongxiang.payments.wire import (
    BillLine,
    Declined,
    Notice,
    Payee,
    Prepay,
    RefundOrder,
    RefundTold,
    ShareOrder,
    Sheet,
    Trade,
    Unknown,
)


def providers() -> tuple[Provider, ...]:
    """List the channels that can be paid through."""
    return channels.open_channels()


def prepay(*, provider: Provider, order: Prepay) -> str:
    """Open a payment; give where the payer goes on: an address, or the package of a sheet."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.prepay(order=order)
    return alipay.prepay(order=order, now=database_now())


def sheet(*, hand_off: str, back: str) -> Sheet | None:
    """Give the sheet that a hand-off opens inside its channel's app; none for an address."""
    if not wechat_sheet.is_sheet(hand_off):
        return None
    return wechat_sheet.sheet(hand_off=hand_off, back=back, now=database_now())


def query(*, provider: Provider, number: str, payee: Payee) -> Trade:
    """Ask where a payment stands."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.query(number=number, payee=payee)
    return alipay.query(number=number, payee=payee, now=database_now())


def close(*, provider: Provider, number: str, payee: Payee) -> None:
    """Let nobody pay any more."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        wechat.close(number=number, payee=payee)
    else:
        alipay.close(number=number, payee=payee, now=database_now())


def refund(*, provider: Provider, order: RefundOrder) -> RefundTold:
    """Send money back under our number; the same number twice is one refund."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat.refund(order=order)
    return alipay.refund(order=order, now=database_now())


def query_refund(*, provider: Provider, order: RefundOrder) -> RefundTold:
    """Ask where a refund stands."""
    _refuse_inside()
    with _asking():
        if provider is Provider.WECHAT:
            return wechat.query_refund(order=order)
        return alipay.query_refund(order=order, now=database_now())


def bind(*, provider: Provider, payee: Payee) -> None:
    """Let the platform receive shares of a store."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        wechat_shares.bind(payee=payee)
    else:
        alipay_shares.bind(payee=payee, now=database_now())


def share(*, provider: Provider, order: ShareOrder) -> RefundTold:
    """Share a payment and free the rest; the same number twice is one share."""
    _refuse_inside()
    if provider is Provider.WECHAT:
        return wechat_shares.share(order=order)
    return alipay_shares.share(order=order, now=database_now())


def query_share(*, provider: Provider, order: ShareOrder) -> RefundTold:
    """Ask where a share stands."""
    _refuse_inside()
    with _asking():
        if provider is Provider.WECHAT:
            return wechat_shares.query(order=order)
        return alipay_shares.query(order=order, now=database_now())


def unshared_fen(*, provider: Provider, payee: Payee, transaction_id: str) -> int:
    """Ask how much of a payment is frozen yet, and may be shared."""
    _refuse_inside()
    with _asking():
        if provider is Provider.WECHAT:
            return wechat_shares.unshared_fen(transaction_id=transaction_id)
        now = database_now()
        return alipay_shares.unshared_fen(transaction_id=transaction_id, payee=payee, now=now)


def return_share(*, order: RefundOrder) -> RefundTold:
    """Send money of a share back to the store: WeChat's alone (`returns_apart`)."""
    _refuse_inside()
    return wechat_shares.return_share(order=order)


def query_return(*, order: RefundOrder) -> RefundTold:
    """Ask where such a return stands."""
    _refuse_inside()
    with _asking():
        return wechat_shares.query_return(order=order)


def fetch_bill(*, provider: Provider, payee: Payee, day: str) -> tuple[BillLine, ...]:
    """Give the lines of a day's bill; WeChat has one bill for all stores, Alipay one for each.

    Of the payee `OWN` it is the bill of the platform's own account.
    """
    _refuse_inside()
    if payee.number == OWN:
        return _fetch_own(provider, day)
    if provider is Provider.WECHAT:
        return wechat_bills.fetch(day=day)
    return alipay_bills.fetch(day=day, payee=payee, now=database_now())


def _fetch_own(provider: Provider, day: str) -> tuple[BillLine, ...]:
    if provider is Provider.WECHAT:
        return wechat_own_bill.fetch(day=day)
    return alipay_own_bill.fetch(day=day, now=database_now())


def read_notice(*, provider: Provider, headers: Mapping[str, str], body: bytes) -> Notice:
    """Check a notice in every way but against our own records, and read it."""
    if provider is Provider.WECHAT:
        return wechat.read_notice(headers=headers, body=body, now=database_now())
    return alipay.read_notice(body=body, now=database_now())


def has_sign_in() -> bool:
    """Tell whether people can sign in by Alipay here; WeChat's sign-in has settings of its own."""
    return alipay_sign_in.is_on()


def sign_in_url(*, back: str, state: str) -> str:
    """Give Alipay's page that asks who somebody is, and comes back with a code and the state."""
    return alipay_sign_in.authorize_url(back=back, state=state)


def payer_of(*, code: str) -> str:
    """Exchange such a code for the number that payments know him by.

    Raises `NotProved` and `Unreachable` of `issuers`.
    """
    _refuse_inside()
    return alipay_sign_in.payer_of(code=code)


def returns_apart(provider: Provider) -> bool:
    """Tell whether a channel takes the return of a share by itself, before the refund.

    At Alipay it goes with the refund.
    """
    return provider is Provider.WECHAT


@contextmanager
def _asking() -> Iterator[None]:
    """Let a refused question be none: what it was about stays unknown until it is answered."""
    try:
        yield
    except Declined as declined:
        raise Unknown(f"the question was refused: {declined.code}") from declined


def _refuse_inside() -> None:
    assert not connection.in_atomic_block, "no external call inside a transaction (P5)"
