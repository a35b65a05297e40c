"""Why a line of cash is as it is: rule, version, inputs, formula, and the same sum computed again.

    reward   order · rate of its version                       exact (R1)
    sale     floor(points · money / circulating) · payout      each lot is cut for itself (E11)

Units: µ¥, atoms, per-myriads. Source: R10; R1-R5, E11, E13, E16.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gongxiang.base import text
from gongxiang.base.money import floor_share
from gongxiang.economy.agency import LEVELS, rates
from gongxiang.economy.terms import Terms
from gongxiang.queries.cash_data import Entry
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


def explain(
    entry: Entry,
    *,
    order: tuple[int, int, tuple[bool, ...]] | None,
    versions: Mapping[int, Terms],
) -> Explanation:
    """Explain a line; `order` is what the order behind it settled with, where there is one."""
    if order is not None and entry.purpose in {"direct", "indirect", "recruiter", *LEVELS}:
        return _reward(entry, order, versions)
    if entry.purpose == "sold":
        return _sale(entry, versions)
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


def _sale(entry: Entry, versions: Mapping[int, Terms]) -> Explanation:
    version = max(versions)
    payout_rate = versions[version].payout_rate
    value = entry.points * entry.money // entry.circulating
    again = floor_share(value, payout_rate)
    stays = text.rate(per_myriad=10_000 - payout_rate)
    return Explanation(
        title=f"卖出 {text.points(atoms=entry.points)} 积分",
        rule=_RULES["sold"],
        lines=(
            Line(name="卖出积分", words=text.points(atoms=entry.points)),
            Line(name="成交前池里的钱", words=f"{text.yuan(amount=entry.money)} 元"),
            Line(name="成交前流通积分", words=text.points(atoms=entry.circulating)),
            Line(name="市值", words=f"{text.yuan_nearest(amount=value)} 元"),
            Line(name="到手", words=f"{text.yuan(amount=entry.amount)} 元", is_result=True),
        ),
        formula=f"到手 ＝ 积分 × 池里的钱 ÷ 流通积分 × {text.rate(per_myriad=payout_rate)}，"
        f"{stays} 留在池里。每一批各自去掉不足一微元的零头。",
        version=version,
        again=again,
    )
