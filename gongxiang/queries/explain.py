"""Why a line of cash is as it is: rule, version, inputs, formula, and the same sum computed again.

    reward   order · rate of its version                       exact (R1)
    sale     floor(points · money / circulating) · payout      each lot is cut for itself (E11)
    exit     (cap - taken before) · payout                     cut (E13)
    case     (refund - kept - returned) modulo a fen           what the channel cannot carry (E16)
    cash     what was asked for, whole                         out and back (P4)

Units: µ¥, atoms, per-myriads. Source: R10; R1-R5, E11, E13, E16.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gongxiang.base import text
from gongxiang.base.money import MYRIAD, YUAN, floor_share
from gongxiang.economy.agency import LEVELS, rates
from gongxiang.economy.terms import Terms
from gongxiang.governance.withdrawing import WithdrawalRules
from gongxiang.queries.cash_data import Entry
from gongxiang.queries.replayed import Closed, Replayed, Sold, TakenBack
from gongxiang.queries.why import Line

TITLES: Final = {
    "direct": "直推奖励",
    "indirect": "间推奖励",
    "recruiter": "招商奖励",
    "district": "区代分成",
    "city": "市代分成",
    "province": "省代分成",
    "grand_region": "大区分成",
    "sold": "卖出积分",
    "exited": "到线自动结清",
    "case": "结算后退款",
    "withdrawn": "提现",
    "withdrawal_returned": "提现退回",
}
_RULES: Final = {
    "direct": "R3：你推荐的人在会员店消费",
    "indirect": "R3：你推荐的人再推荐的人，或你招来的店带来的会员，在会员店消费",
    "recruiter": "R4：你招来的店的每一笔营业额",
    "district": "R5：这家店登记在你代理的区",
    "city": "R5：这家店登记在你代理的市",
    "province": "R5：这家店登记在你代理的省",
    "grand_region": "R5：这家店登记在你代理的大区",
    "sold": "E11：先得的先卖，按成交前的价格",
    "exited": "E13：这一批的市值到了封顶线",
    "case": "E16：退款里不足一分的零头，记回零钱",
    "withdrawn": "P4：从零钱转到你自己的收款账户",
    "withdrawal_returned": "P4：没有到账的提现，原额退回零钱",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The rule, the numbers, the formula; `again` is the sum computed afresh, None if not."""

    title: str
    rule: str
    lines: tuple[Line, ...]
    formula: str
    version: int
    again: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a withdrawal asked for, what was kept back of it, and the rules of that moment."""

    amount: int
    withheld: int
    version: int
    rules: WithdrawalRules


def explain(
    entry: Entry,
    *,
    versions: Mapping[int, Terms],
    order: tuple[int, int, tuple[bool, ...]] | None = None,
    played: Replayed | None = None,
    asked: Asked | None = None,
) -> Explanation:
    """Explain a line by what the order behind it settled with, its lots, or what was asked for."""
    if order is not None and entry.purpose in {"direct", "indirect", "recruiter", *LEVELS}:
        return _reward(entry, order, versions)
    if isinstance(played, Sold):
        return _sale(entry, played)
    if isinstance(played, Closed):
        return _exit(played)
    if isinstance(played, TakenBack):
        return _case(played)
    if asked is not None:
        return _withdrawal(entry, asked)
    amount = Line(name="金额", words=f"{text.yuan_moved(amount=entry.amount)} 元", is_result=True)
    return Explanation(
        title=TITLES[entry.purpose],
        rule=_RULES[entry.purpose],
        lines=(amount,),
        formula="",
        version=0,
        again=None,
    )


def _reward(
    entry: Entry, order: tuple[int, int, tuple[bool, ...]], versions: Mapping[int, Terms]
) -> Explanation:
    spend, version, filled = order
    terms = versions[version]
    rate: int = (
        dict(zip(LEVELS, rates(filled, terms=terms), strict=True))[entry.purpose]
        if entry.purpose in LEVELS
        else getattr(terms, entry.purpose)
    )
    again = floor_share(spend, rate)
    return Explanation(
        title=TITLES[entry.purpose],
        rule=_RULES[entry.purpose],
        lines=(
            Line(name="结算的订单", words=f"{text.yuan(amount=spend)} 元"),
            Line(name="比例", words=text.rate(per_myriad=rate)),
            Line(name="奖励", words=f"{text.yuan(amount=again)} 元", is_result=True),
        ),
        formula="奖励 ＝ 订单 × 比例，从这笔订单的分销预算里出，付款那天就定下，结算时发放。",
        version=version,
        again=again,
    )


def _sale(entry: Entry, played: Sold) -> Explanation:
    rate = text.rate(per_myriad=played.payout_rate)
    stays = text.rate(per_myriad=MYRIAD - played.payout_rate)
    return Explanation(
        title=f"卖出 {text.points(atoms=entry.points)} 积分",
        rule=_RULES["sold"],
        lines=(
            Line(name="卖出积分", words=text.points(atoms=entry.points)),
            Line(name="从几批里扣", words=f"{text.count(number=played.lots)} 批"),
            Line(name="成交前池里的钱", words=f"{text.yuan(amount=entry.money)} 元"),
            Line(name="成交前流通积分", words=text.points(atoms=entry.circulating)),
            Line(name="市值", words=f"{text.yuan_nearest(amount=played.gross)} 元"),
            Line(name="到手", words=f"{text.yuan(amount=played.pays)} 元", is_result=True),
        ),
        formula=f"到手 ＝ 积分 × 池里的钱 ÷ 流通积分 × {rate}，"
        f"{stays} 留在池里。每一批各自去掉不足一微元的零头，再加起来。",
        version=played.version,
        again=played.pays,
    )


def _exit(played: Closed) -> Explanation:
    rest, terms = played.cap - played.taken, played.terms
    rate = text.rate(per_myriad=terms.payout_rate)
    multiple = f"{text.multiple(per_myriad=terms.exit_cap)} 倍"
    return Explanation(
        title=TITLES["exited"],
        rule=_RULES["exited"],
        lines=(
            Line(name="这一批当时的消费", words=f"{text.yuan(amount=played.spend)} 元"),
            Line(name=f"封顶线（消费的 {multiple}）", words=f"{text.yuan(amount=played.cap)} 元"),
            Line(name="以前卖出时已取的市值", words=f"{text.yuan(amount=played.taken)} 元"),
            Line(name="还差的市值", words=f"{text.yuan(amount=rest)} 元"),
            Line(name="到手", words=f"{text.yuan(amount=played.pays)} 元", is_result=True),
        ),
        formula=f"到手 ＝（消费的 {multiple} － 已取的市值）× {rate}，其余留在池里，"
        "不足一微元的零头也留在池里。",
        version=played.version,
        again=played.pays,
    )


def _case(played: TakenBack) -> Explanation:
    whole = played.amount - played.kept - played.returned
    return Explanation(
        title=TITLES["case"],
        rule=_RULES["case"],
        lines=(
            Line(name="退款", words=_exact(played.amount)),
            Line(name="扣回已卖积分的钱", words=_exact(played.kept)),
            Line(name="扣回本人得的奖励", words=_exact(played.returned)),
            Line(name="退到付款渠道（整分）", words=_exact(whole - played.pays)),
            Line(name="零头，记回零钱", words=_exact(played.pays), is_result=True),
        ),
        formula="零头 ＝ 退款 － 扣回的两项 － 退到渠道的整分。渠道只能退整分，不足一分的不吞掉。",
        version=played.version,
        again=played.pays,
    )


def _withdrawal(entry: Entry, asked: Asked) -> Explanation:
    is_back = entry.purpose == "withdrawal_returned"
    amount, free = f"{text.yuan(amount=asked.amount)} 元", text.yuan(amount=asked.rules.tax_free)
    rate = text.rate(per_myriad=asked.rules.tax_rate)
    moved = asked.amount if is_back else -asked.amount
    words = f"{text.yuan_moved(amount=moved)} 元"
    if is_back:
        lines: tuple[Line, ...] = (Line(name="当初提现", words=amount),)
        formula = "退回 ＝ 当初提现的全额，手续费 0，个税也不扣。"
    else:
        arrives = asked.amount - asked.withheld
        lines = (
            Line(name="提现", words=amount),
            Line(name="手续费", words="0.00 元"),
            Line(name="代扣个税", words=f"{text.yuan(amount=asked.withheld)} 元"),
            Line(name="打给你", words=f"{text.yuan(amount=arrives)} 元"),
        )
        formula = (
            f"零钱减少 ＝ 提现的全额；打给你 ＝ 提现 － 手续费 － 代扣个税。个税按超过 {free} 元的"
            f"部分 × {rate} 算，{'代扣' if asked.rules.is_withheld else '只显示，不代扣'}。"
        )
    return Explanation(
        title=TITLES[entry.purpose],
        rule=_RULES[entry.purpose],
        lines=(*lines, Line(name="记在零钱上", words=words, is_result=True)),
        formula=formula,
        version=asked.version,
        again=moved,
    )


def _exact(amount: int) -> str:
    """Write an amount with all six decimals: what is below a fen is the point here."""
    whole, rest = divmod(amount, YUAN)
    return f"{text.count(number=whole)}.{rest:06} 元"
