"""The story of an order in a few lines: what happened, when, at which step, and what comes next.

Units: µ¥, atoms.
Source: E7, E8, E13, E16; design/ui/faces.md 3.2 (money states are said in time).
"""

from dataclasses import dataclass

from django.urls import reverse

from gongxiang.base import clock, text
from gongxiang.ops.figures import exact_points, exact_yuan
from gongxiang.ops.life import Life, Refund, Step
from gongxiang.ops.names import Names
from gongxiang.ops.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One thing that happened (done), waits (now) or will not happen any more (off)."""

    title: str
    when: str
    note: str
    tone: str = "done"
    batch: int = 0
    href: str = ""


def chapters(life: Life, names: Names, now: Standing) -> tuple[Chapter, ...]:
    """Tell the order's life from its payment on."""
    store = names.text(life.store)
    paid = Chapter(
        title="已付款",
        when=now.stamp(life.paid_at),
        note=f"付给{store} {exact_yuan(amount=life.amount)} 元；"
        f"平台抽成、奖励的人和比例从此冻结（规则第 {life.version.number} 版）",
    )
    before = [_returned(refund, now) for refund in life.refunds if not refund.is_by_case]
    after = [_by_case(refund, now) for refund in life.refunds if refund.is_by_case]
    if life.exited is not None:
        after.append(_exited(life.exited, now))
    after.sort(key=lambda chapter: chapter[0])
    return (paid, *before, _settled(life, now), *(chapter for _, chapter in after))


def _returned(refund: Refund, now: Standing) -> Chapter:
    return Chapter(
        title=f"结算前退款 {exact_yuan(amount=refund.amount)} 元",
        when=now.stamp(refund.at),
        note=f"{refund.key}，原路退回；盈利池没有动过",
    )


def _settled(life: Life, now: Standing) -> Chapter:
    """Say when the order settled, or when it will."""
    step = life.settled
    if step is not None:
        return Chapter(
            title=f"已结算，盈利池第 {text.count(number=step.number)} 步",
            when=now.stamp(life.due_at),
            note=f"{exact_yuan(amount=life.spend)} 元分完，"
            f"铸出 {exact_points(atoms=step.points)} 积分；"
            f"价格 {step.before.price} → {step.after.price}",
            batch=step.batch,
            href=reverse("admin:batch", args=[step.batch]),
        )
    if not life.spend:
        return Chapter(
            title="不再结算", when="", note="结算前已全部退回，盈利池没有动过", tone="off"
        )
    due = text.moment(at=clock.from_datetime(life.due_at), now=now.now)
    return Chapter(title=f"{due} 自动结算", when="", note=_waiting(life, now), tone="now")


def _waiting(life: Life, now: Standing) -> str:
    left = clock.from_datetime(life.due_at) - now.now
    if left <= 0:
        return "退款期已过，轮到它就结算"
    return f"退款期内，还剩 {text.left(microseconds=left)}；现在退款分毫不差，盈利池不动"


def _by_case(refund: Refund, now: Standing) -> tuple[int, Chapter]:
    step = refund.step
    title = f"结算后退款 {exact_yuan(amount=refund.amount)} 元"
    if step is None:
        return 0, Chapter(title=title, when="", note="没有动到任何积分")
    note = (
        f"{refund.key}，第 {text.count(number=step.number)} 步；"
        f"收回积分 {exact_points(atoms=-step.points)}，"
        f"盈利池 {text.yuan_moved(amount=step.amount)} 元，其余由门店承担"
    )
    return step.number, Chapter(
        title=title,
        when=now.stamp(step.at),
        note=note,
        batch=step.batch,
        href=reverse("admin:batch", args=[step.batch]),
    )


def _exited(step: Step, now: Standing) -> tuple[int, Chapter]:
    return step.number, Chapter(
        title=f"到线自动结清，第 {text.count(number=step.number)} 步",
        when=now.stamp(step.at),
        note=f"{exact_points(atoms=-step.points)} 积分到封顶线，"
        f"到手 {exact_yuan(amount=-step.amount)} 元进零钱",
        batch=step.batch,
        href=reverse("admin:batch", args=[step.batch]),
    )
