"""Bills of both channels for a day, written from the payments that the sandbox itself keeps.

    tradebill, profitsharing/bills   WeChat: CSV, every value behind a backtick, sums at the end
    fundflowbill                     WeChat: the service provider's own account
    trade, signcustomer              Alipay: CSV in a zip, in GBK, comments behind #

Units: fen; the wire says yuan. Source: P3; I-6.
"""

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gongxiang.sandbox.trades import Trade, Trades, fee_fen

_DAY: Final = 86_400_000_000
_EIGHT: Final = 8 * 3_600 * 1_000_000
_WECHAT_TRADES: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,微信订单号,商户订单号,用户标识,交易类型,交易状态,货币种类,"
    "应结订单金额,微信退款单号,商户退款单号,退款金额,退款状态,商品名称,手续费,费率,订单金额,申请退款金额"
)
_WECHAT_SHARES: Final = (
    "分账时间,分账发起方,分账方,微信订单号,微信分账/回退单号,分账明细单号,商户分账/回退单号,订单金额,"
    "分账接收方,分账金额,业务类型,处理状态,分账描述"
)
_WECHAT_FUNDS: Final = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,业务凭证号"
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
        for trade in trades.all()
        if trade.channel == channel and payee in {"", trade.payee}
        for entry in _of_trade(trade)
        if _day(entry.at) == day
    ]
    return sorted(found, key=lambda entry: (entry.at, entry.reference))


def wechat_trades(found: list[Entry], *, appid: str, mchid: str) -> str:
    """Write the trade bill."""
    rows = []
    for each in found:
        if each.kind not in {"paid", "refunded"}:
            continue
        is_refund = each.kind == "refunded"
        sign, trade = -1 if is_refund else 1, each.trade
        gone, whole = (
            ("0.00", _yuan(trade.amount_fen))
            if not is_refund
            else (
                _yuan(each.amount_fen),
                _yuan(trade.amount_fen),
            )
        )
        rows.append(
            (
                _stamp(each.at),
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
                _yuan(sign * fee_fen(each.amount_fen)),
                "0.60%",
                "0.00" if is_refund else whole,
                gone,
            )
        )
    return _wechat(_WECHAT_TRADES, rows, "总交易单数")


def wechat_shares(found: list[Entry], *, mchid: str) -> str:
    """Write the bill of shares: shares, returns, and what was freed."""
    names = {"shared": "分账", "returned": "分账回退", "freed": "解冻"}
    rows = [
        (
            _stamp(each.at),
            mchid,
            each.trade.payee,
            each.transaction,
            each.reference,
            each.reference,
            each.number,
            _yuan(each.trade.amount_fen),
            each.receiver or each.trade.payee,
            _yuan(each.amount_fen),
            names[each.kind],
            "处理成功",
            "平台抽成",
        )
        for each in found
        if each.kind in names
    ]
    return _wechat(_WECHAT_SHARES, rows, "总单数")


def wechat_funds(found: list[Entry]) -> str:
    """Write the funds bill of the service provider: shares come in, returns go out."""
    rows = [
        (
            _stamp(each.at),
            each.reference,
            each.reference,
            "分账" if each.kind == "shared" else "分账回退",
            "分账",
            "收入" if each.kind == "shared" else "支出",
            _yuan(each.amount_fen),
            each.number,
        )
        for each in found
        if each.kind in {"shared", "returned"}
    ]
    return _wechat(_WECHAT_FUNDS, rows, "资金流水总笔数")


def alipay_trades(found: list[Entry]) -> bytes:
    """Write the bill of a store's business."""
    rows = []
    for each in found:
        if each.kind in {"paid", "refunded"}:
            is_refund = each.kind == "refunded"
            amount = _yuan(-each.amount_fen if is_refund else each.amount_fen)
            fee = fee_fen(each.amount_fen)
            rows.append(
                (
                    each.transaction,
                    each.trade.number,
                    "退款" if is_refund else "交易",
                    each.trade.description,
                    _stamp(each.trade.paid_at),
                    _stamp(each.at),
                    each.trade.payer,
                    amount,
                    amount,
                    each.number if is_refund else "",
                    _yuan(fee if is_refund else -fee),
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
            _stamp(each.at),
            each.receiver,
            "0.00" if each.kind == "shared" else _yuan(each.amount_fen),
            _yuan(-each.amount_fen) if each.kind == "shared" else "0.00",
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


def _wechat(head: str, rows: Sequence[tuple[str, ...]], sums: str) -> str:
    lines = [head, *(",".join(f"`{value}" for value in row) for row in rows)]
    return "\r\n".join([*lines, sums, f"`{len(rows)}", ""])


def _alipay(title: str, head: str, rows: Sequence[tuple[str, ...]]) -> bytes:
    lines = [
        f"#支付宝{title}查询",
        head,
        *(",".join(f"{value}\t" for value in row) for row in rows),
    ]
    lines += [f"#{title}列表结束", f"#共{len(rows)}笔", ""]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"20880000000000000156_{title}.csv", "\r\n".join(lines).encode("gbk"))
    return packed.getvalue()


def _day(at: int) -> str:
    return _stamp(at)[:10]


def _stamp(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime((at + _EIGHT) // 1_000_000))


def _yuan(fen: int) -> str:
    sign, size = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{size // 100}.{size % 100:02}"
