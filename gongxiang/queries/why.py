"""Why a step moved the pool as it did: its numbers in the order they are computed, and a formula.

    settled   minted = floor(floor(inflow · backing) · circulating / money)   the rest stays
    sold      value = points · money / circulating     paid = floor(value · payout), the rest stays

Units: µ¥, atoms.
Source: R10 (every amount can be explained); E8, E11, E13, E16, E18.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gongxiang.base import money, text
from gongxiang.economy.mint import parts
from gongxiang.economy.terms import Terms
from gongxiang.queries.pool_data import Kind, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number of an explanation, in words; the result is shown larger."""

    name: str
    words: str
    is_result: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """An explanation: the numbers, then the formula they follow."""

    lines: tuple[Line, ...]
    formula: str


def why(*, step: Step, terms: Terms) -> Why:
    """Explain a step by the rules it was handled with."""
    return _WRITERS[step.kind](step, terms)


def _mint(step: Step, terms: Terms) -> Why:
    inflow = step.money_moved
    backing = money.floor_share(inflow, terms.backing_rate)
    lines = (
        Line(name="这笔订单让进池的钱", words=_yuan(inflow)),
        Line(name=f"其中 {_rate(terms.backing_rate)} 铸积分", words=_yuan(backing)),
        Line(name="其余留在池里", words=_yuan(inflow - backing)),
        Line(name="铸成积分", words=text.points(atoms=step.points_moved), is_result=True),
    )
    pieces = parts(inflow, money=step.before.money, terms=terms)
    formula = (
        f"铸成积分 ＝ {text.yuan(amount=backing)} × {text.points(atoms=step.before.circulating)}"
        f" ÷ {text.yuan(amount=step.before.money)}，用的是进池之前的池。"
    )
    if pieces > 1:
        formula = (
            f"这笔钱超过池的 {_rate(terms.mint_step)}，分成 {text.count(number=pieces)} 小份，"
            "一份接一份按各自之前的池铸成，再加起来。大单因此不占便宜。"
        )
    return Why(lines=lines, formula=formula)


def _sale(step: Step, terms: Terms) -> Why:
    points = -step.points_moved
    value = points * step.before.money // step.before.circulating
    return Why(
        lines=_payout(step, "按之前的价格，市值", value),
        formula=f"市值 ＝ 积分 × 池里的钱 ÷ 流通积分。到手 ＝ 市值 × {_rate(terms.payout_rate)}。",
    )


def _exit(step: Step, terms: Terms) -> Why:
    """Show the cap that was left: what pays the net at the payout rate."""
    paid = -step.money_moved
    cap_left = money.ceil_div(paid * money.MYRIAD, terms.payout_rate) if terms.payout_rate else 0
    return Why(
        lines=_payout(step, "离封顶线还差的市值", cap_left),
        formula="这批积分的市值到了封顶线，由系统自动结清；超过封顶线的部分留在池里。"
        f"到手 ＝ 还差的市值 × {_rate(terms.payout_rate)}。",
    )


def _payout(step: Step, name: str, value: int) -> tuple[Line, ...]:
    paid = -step.money_moved
    return (
        Line(name="离开流通的积分", words=text.points(atoms=-step.points_moved)),
        Line(name=name, words=_yuan(value)),
        Line(name="留在盈利池", words=_yuan_parts(value, paid)),
        Line(name="到手，进入零钱", words=_yuan(paid), is_result=True),
    )


def _refund(step: Step, terms: Terms) -> Why:  # noqa: ARG001  every writer is asked alike
    name = "从盈利池退出" if step.money_moved <= 0 else "净进入盈利池"
    lines = (
        Line(name="收回的积分", words=text.points(atoms=-step.points_moved)),
        Line(name=name, words=_yuan(abs(step.money_moved)), is_result=True),
    )
    return Why(
        lines=lines,
        formula="池退出的钱，从不多于收回的积分当时值的钱加扣回的卖出款，"
        "也不多于这笔退款当初进池的钱；其余由门店承担。",
    )


def _injection(step: Step, terms: Terms) -> Why:  # noqa: ARG001  every writer is asked alike
    return Why(
        lines=(Line(name="进入盈利池", words=_yuan(step.money_moved), is_result=True),),
        formula="注资不铸积分，钱进了池，流通积分不变。",
    )


_WRITERS: Final[dict[Kind, Callable[[Step, Terms], Why]]] = {
    Kind.MINT: _mint,
    Kind.SALE: _sale,
    Kind.EXIT: _exit,
    Kind.REFUND: _refund,
    Kind.INJECTION: _injection,
}


def _yuan(amount: int) -> str:
    return f"{text.yuan(amount=amount)} 元"


def _yuan_parts(value: int, paid: int) -> str:
    """Give what stays so that the shown parts add up: both are cut to the fen first."""
    return _yuan(value - value % money.FEN - (paid - paid % money.FEN))


def _rate(per_myriad: int) -> str:
    return text.rate(per_myriad=per_myriad)
