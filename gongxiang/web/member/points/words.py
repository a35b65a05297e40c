"""What a person reads when points cannot be sold: what, why, and what to do next.

Units: atoms, microseconds. Source: design/ui/faces.md 4.
"""

from gongxiang.acts.sell_points import (
    AllLocked,
    DayLimitReached,
    NothingToSell,
    SellsTooMuch,
    UnknownSeller,
)
from gongxiang.base import text
from gongxiang.economy.terms import Terms
from gongxiang.orders.facts import KeyTaken

Refusal = AllLocked | DayLimitReached | NothingToSell | SellsTooMuch | UnknownSeller | KeyTaken
NO_NUMBER = "填上要卖的积分，例如 112.0000"


def refusal_words(refusal: Refusal, *, now: int, terms: Terms) -> str:
    """Put a refusal into words; nothing was sold."""
    if isinstance(refusal, AllLocked):
        opens = text.moment(at=refusal.opens_at, now=now)
        held = text.span(seconds=terms.mint_lock)
        return f"最早的一批 {opens} 起可以卖（得到后满 {held}）。现在能卖 0.0000"
    if isinstance(refusal, SellsTooMuch):
        return f"最多卖 {text.points(atoms=refusal.most)} 积分"
    if isinstance(refusal, DayLimitReached):
        most = text.points(atoms=refusal.most)
        return f"今天还能卖 {most} 积分，{text.moment(at=refusal.resets_at, now=now)} 恢复"
    if isinstance(refusal, KeyTaken):
        return "这张表单已经用过了。回到积分页重新核对一次"
    return "还没有积分可以卖。在会员门店付款、过了退款期，积分就会出现"
