"""Bills of both channels for a day, written from the payments that the sandbox itself keeps.

    tradebill, profitsharing/bills   WeChat: CSV, every value behind a backtick, sums at the end
    trade, signcustomer              Alipay: CSV in a zip, in GBK, comments behind #

The bill of the service provider's own account is written in own_funds.py.

Units: fen; the wire says yuan. Source: P3; I-6.
"""

import io
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.sandbox.trades import Trade, Trades, fee_fen

_EIGHT: Final = 8 * 3_600 * 1_000_000
_WECHAT_TRADES: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,微信订单号,商户订单号,用户标识,交易类型,交易状态,货币种类,"
    "应结订单金额,微信退款单号,商户退款单号,退款金额,退款状态,商品名称,手续费,费率,订单金额,申请退款金额"
)
_WECHAT_SHARES: Final = (
    "分账时间,分账发起方,分账方,微信订单号,微信分账/回退单号,分账明细单号,商户分账/回退单号,订单金额,"
    "分账接收方,分账金额,业务类型,处理状态,分账描述"
)
_ALIPAY_TRADES: Final = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,对方账户,订单金额（元）,商家实收（元）,"
    "退款批次号/请求号,服务费（元）,备注"
)
_ALIPAY_FUNDS: Final = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,"
    "交易渠道,业务类型,备注"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened to a payment on a day."""

    trade: Trade
    kind: str
    at: int
    transaction: str
    reference: str
    number: str
    amount_fen: int
    receiver: str = ""


def entries(trades: Trades, *, channel: str, day: str, payee: str = "") -> list[Entry]:
    """Give what happened on a day, in the order of time; of one payee or of all."""
    found = [
        entry
        for entry in all_entries(trades, channel=channel)
        if payee in {"", entry.trade.payee} and stamp(entry.at)[:10] == day
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.reference))


def all_entries(trades: Trades, *, channel: str) -> Iterator[Entry]:
    """Give all that ever happened to payments of a channel."""
    for trade in trades.all():
        if trade.channel == channel:
            yield from _of_trade(trade)


def wechat_trades(found: list[Entry], *, appid: str, mchid: str) -> str:
    """Write the trade bill."""
    rows = []
    for each in found:
        if each.kind not in {"paid", "refunded"}:
            continue
        is_refund = each.kind == "refunded"
        sign, trade = -1 if is_refund else 1, each.trade
        gone, whole = (
            ("0.00", yuan(trade.amount_fen))
            if not is_refund
            else (
                yuan(each.amount_fen),
                yuan(trade.amount_fen),
            )
        )
        rows.append(
            (
                stamp(each.at),
                appid,
                mchid,
                trade.payee,
                each.transaction,
                trade.number,
                trade.payer,
                "MWEB",
                "REFUND" if is_refund else "SUCCESS",
                "CNY",
                "0.00" if is_refund else whole,
                each.reference if is_refund else "0",
                each.number if is_refund else "0",
                gone,
                "SUCCESS" if is_refund else "",
                trade.description,
                yuan(sign * fee_fen(each.amount_fen)),
                "0.60%",
                "0.00" if is_refund else whole,
                gone,
            )
        )
    return backticked(_WECHAT_TRADES, rows, "总交易单数", (f"{len(rows)}",))


def wechat_shares(found: list[Entry], *, mchid: str) -> str:
    """Write the bill of shares: shares, returns, and what was freed."""
    names = {"shared": "分账", "returned": "分账回退", "freed": "解冻"}
    rows = [
        (
            stamp(each.at),
            mchid,
            each.trade.payee,
            each.transaction,
            each.reference,
            each.reference,
            each.number,
            yuan(each.trade.amount_fen),
            each.receiver or each.trade.payee,
            yuan(each.amount_fen),
            names[each.kind],
            "处理成功",
            "平台抽成",
        )
        for each in found
        if each.kind in names
    ]
    return backticked(_WECHAT_SHARES, rows, "总单数", (f"{len(rows)}",))


def alipay_trades(found: list[Entry]) -> bytes:
    """Write the bill of a store's business."""
    rows = []
    for each in found:
        if each.kind in {"paid", "refunded"}:
            is_refund = each.kind == "refunded"
            amount = yuan(-each.amount_fen if is_refund else each.amount_fen)
            fee = fee_fen(each.amount_fen)
            rows.append(
                (
                    each.transaction,
                    each.trade.number,
                    "退款" if is_refund else "交易",
                    each.trade.description,
                    stamp(each.trade.paid_at),
                    stamp(each.at),
                    each.trade.payer,
                    amount,
                    amount,
                    each.number if is_refund else "",
                    yuan(fee if is_refund else -fee),
                    each.reference,
                )
            )
    return _alipay("业务明细", _ALIPAY_TRADES, rows)


def alipay_funds(found: list[Entry]) -> bytes:
    """Write the bill of a store's account: what was shared and what came back of it."""
    rows = [
        (
            each.reference,
            each.transaction,
            each.trade.number,
            each.trade.description,
            stamp(each.at),
            each.receiver,
            "0.00" if each.kind == "shared" else yuan(each.amount_fen),
            yuan(-each.amount_fen) if each.kind == "shared" else "0.00",
            "支付宝",
            "分账" if each.kind == "shared" else "分账退回",
            each.number,
        )
        for each in found
        if each.kind in {"shared", "returned"}
    ]
    return _alipay("账务明细", _ALIPAY_FUNDS, rows)


def _of_trade(trade: Trade) -> Iterator[Entry]:
    for transaction in trade.transactions:
        yield Entry(
            trade=trade,
            kind="paid",
            at=trade.paid_at,
            transaction=transaction,
            reference=transaction,
            number=trade.number,
            amount_fen=trade.amount_fen,
        )
    first = trade.transactions[0] if trade.transactions else ""
    for refund in trade.refunds:
        yield Entry(
            trade=trade,
            kind="refunded",
            at=refund.at,
            transaction=refund.transaction or first,
            reference=refund.refund_id,
            number=refund.number,
            amount_fen=refund.amount_fen,
        )
    for share in trade.shares:
        yield Entry(
            trade=trade,
            kind="shared" if share.amount_fen else "freed",
            at=share.at,
            transaction=first,
            reference=share.detail_id,
            number=share.number,
            amount_fen=share.amount_fen,
            receiver=share.receiver,
        )
    for back in trade.share_returns:
        yield Entry(
            trade=trade,
            kind="returned",
            at=back.at,
            transaction=first,
            reference=back.return_id,
            number=back.number,
            amount_fen=back.amount_fen,
            receiver=trade.shares[0].receiver,
        )


def backticked(
    head: str, rows: Sequence[tuple[str, ...]], sums: str, summed: tuple[str, ...]
) -> str:
    """Write a bill as WeChat does: every value behind a backtick, the sums at the end."""
    lines = [head, *(_ticked(row) for row in rows)]
    return "\r\n".join([*lines, sums, _ticked(summed), ""])


def _ticked(row: tuple[str, ...]) -> str:
    return ",".join(f"`{value}" for value in row)


def _alipay(title: str, head: str, rows: Sequence[tuple[str, ...]]) -> bytes:
    lines = [
        f"#支付宝{title}查询",
        head,
        *(",".join(f"{value}\t" for value in row) for row in rows),
        f"#{title}列表结束",
        f"#共{len(rows)}笔",
        "",
    ]
    return zipped({title: lines})


def zipped(files: Mapping[str, Sequence[str]]) -> bytes:
    """Pack the files of a bill as Alipay does, each by its title."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for title, lines in files.items():
            archive.writestr(f"20880000000000000156_{title}.csv", "\r\n".join(lines).encode("gbk"))
    return packed.getvalue()


def stamp(at: int) -> str:
    """Write a moment as the channels do, by Shanghai's clock."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime((at + _EIGHT) // 1_000_000))


def yuan(fen: int) -> str:
    """Write fen as the channels do.

    >>> yuan(12_805), yuan(-5)
    ('128.05', '-0.05')
    """
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02}"
