"""The service provider's own account at each channel: what moved on it, and the bill of a day.

    WeChat   BASIC      shares that came in, returns that went out
             OPERATION  transfers to persons (商家转账 leaves from the 运营账户)
             FEES       nothing of its own accord
    Alipay   one account for all of it

    WeChat: CSV, every value behind a backtick, sums in the last line
    Alipay: GBK in a zip, comments and sums behind #, a file of sums beside it

Units: fen; the wire says yuan; moments in microseconds. Source: P3, P4; I-6.
"""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from gongxiang.sandbox import bills
from gongxiang.sandbox.trades import Booked, Trades

ACCOUNTS: Final = ("BASIC", "OPERATION", "FEES")
_OPENING_FEN: Final = 100_000_000
_HEAD: Final = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
_SUMS: Final = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
_ALIPAY_HEAD: Final = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,"
    "账户余额（元）,交易渠道,业务类型,备注"
)
_RULE: Final = "-" * 40
Row = tuple[Booked, int]


def of_day(trades: Trades, *, channel: str, day: str, account: str) -> list[Row]:
    """Give what moved on an account on a day, each with what the account held after it."""
    every = sorted(_booked(trades, channel, account), key=lambda each: (each.at, each.flow))
    changes = (each.amount_fen if each.is_in else -each.amount_fen for each in every)
    held = list(accumulate(changes, initial=_OPENING_FEN))[1:]
    return [row for row in zip(every, held, strict=True) if bills.stamp(row[0].at)[:10] == day]


def wechat(rows: list[Row], *, mchid: str) -> str:
    """Write the bill of one of WeChat's accounts."""
    lines = [
        (
            bills.stamp(each.at),
            each.order,
            each.flow,
            each.business,
            each.business,
            "收入" if each.is_in else "支出",
            bills.yuan(each.amount_fen),
            bills.yuan(held),
            f"{mchid}API",
            each.note,
            each.number,
        )
        for each, held in rows
    ]
    (came, in_fen), (went, out_fen) = _sums(rows, is_in=True), _sums(rows, is_in=False)
    sums = (f"{len(rows)}", f"{came}", bills.yuan(in_fen), f"{went}", bills.yuan(out_fen))
    return bills.backticked(_HEAD, lines, _SUMS, sums)


def alipay(rows: list[Row], *, seller: str, day: str) -> bytes:
    """Write the bill of Alipay's account."""
    year, month, date = day.split("-")
    lines = [
        "#支付宝账务明细查询",
        f"#账号：[{seller}0156]",
        f"#账单日：[{year}年{month}月{date}日]",
        f"#{_RULE}账务明细列表{_RULE}",
        _ALIPAY_HEAD,
        *(
            f"{each.flow}\t,{each.order}\t,{each.number}\t,{each.business}\t,"
            f"{bills.stamp(each.at)}\t,{each.other}\t,"
            f"{bills.yuan(each.amount_fen if each.is_in else 0)}\t,"
            f"{bills.yuan(0 if each.is_in else -each.amount_fen)}\t,"
            f"{bills.yuan(held)}\t,支付宝\t,{each.business}\t,{each.note}\t"
            for each, held in rows
        ),
        f"#{_RULE}账务明细列表结束{_RULE}",
        "#支出合计：{}笔，共{}元".format(*_told(rows, is_in=False)),
        "#收入合计：{}笔，共{}元".format(*_told(rows, is_in=True)),
        "",
    ]
    return bills.zipped({"账务明细": lines, "账务明细(汇总)": ["#支付宝账务汇总查询", ""]})


def _sums(rows: list[Row], *, is_in: bool) -> tuple[int, int]:
    found = [each.amount_fen for each, _ in rows if each.is_in == is_in]
    return len(found), sum(found)


def _told(rows: list[Row], *, is_in: bool) -> tuple[int, str]:
    count, amount_fen = _sums(rows, is_in=is_in)
    return count, bills.yuan(amount_fen)


def _booked(trades: Trades, channel: str, account: str) -> Iterator[Booked]:
    if account in {"", "BASIC"}:
        yield from _shares(trades, channel)
    if account in {"", "OPERATION"}:
        yield from _transfers(trades, channel)
    yield from (
        each for each in trades.booked if (each.channel, each.account) == (channel, account)
    )


def _shares(trades: Trades, channel: str) -> Iterator[Booked]:
    for entry in bills.all_entries(trades, channel=channel):
        if entry.kind in {"shared", "returned"}:
            is_wechat, is_in = channel == "wechat", entry.kind == "shared"
            back = "分账回退" if is_wechat else "分账退回"
            yield Booked(
                channel=channel,
                at=entry.at,
                business="分账" if is_in else back,
                is_in=is_in,
                amount_fen=entry.amount_fen,
                order=entry.reference,
                number=entry.number if is_wechat else entry.trade.number,
                note="平台抽成" if is_wechat else entry.number,
                other=entry.trade.payee,
            )


def _transfers(trades: Trades, channel: str) -> Iterator[Booked]:
    for each in trades.transfers.all(channel):
        if each.state == "done":
            yield Booked(
                channel=channel,
                at=each.ended_at * 1_000_000,
                business="商家转账" if channel == "wechat" else "转账",
                is_in=False,
                amount_fen=each.amount_fen,
                order=each.bill,
                number=each.number,
                note="零钱提现",
                other=each.account,
            )
