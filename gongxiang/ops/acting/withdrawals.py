"""提现复核: the queues, and what is known of one withdrawal and its payee.

Units: µ¥. Source: P4; reliability I-26; design/ui/faces.md 3.2, 4, 6.5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import clock, text
from gongxiang.economy import accounts
from gongxiang.governance.models import Role
from gongxiang.governance.withdrawing import withdrawal_rules
from gongxiang.ledger import raw
from gongxiang.members import clusters
from gongxiang.ops.door import here
from gongxiang.ops.names import Names, names_of
from gongxiang.ops.page import Page
from gongxiang.ops.rows import Row, one, rows
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.table import (
    PAGE,
    Address,
    Cell,
    Column,
    NotThere,
    Stretch,
    Table,
    address,
    way_on,
)
from gongxiang.treasury.daily import asked_that_day
from gongxiang.treasury.models import PayoutState, Verdict

HISTORY: Final = 20
_BEYOND: Final = 2**62
_TONES: Final = {
    PayoutState.ARRIVED: "ok",
    PayoutState.DECLINED: "bad",
    PayoutState.EXPIRED: "plain",
    PayoutState.FAILED: "plain",
}
_QUEUES: Final = {
    "make": "待初审",
    "check": "待复核",
    "way": "在路上",
    "all": "全部",
}
_CONDITIONS: Final = {
    "make": "AND payout.state = 1 AND payout.verdict IS NULL",
    "check": "AND payout.state = 1 AND payout.verdict IS NOT NULL",
    "way": "AND payout.state IN (2, 3, 4)",
    "all": "",
}
_COLUMNS: Final = (
    Column("提现", "mono"),
    Column("申请时间"),
    Column("会员"),
    Column("金额（元）", "n"),
    Column("状态"),
    Column("初审"),
    Column("复核"),
)
_FIELDS: Final = """
SELECT payout.withdrawal_id, payout.member_id, withdrawal.amount, fact.at, payout.state,
       payout.verdict, payout.maker, payout.checker, payout.reason, payout.reviewed_at,
       payout.ended_at
  FROM treasury_payout payout
  JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
  JOIN orders_fact fact ON (fact.home_id, fact.id) = (payout.member_id, payout.withdrawal_id)
       AND fact.kind = 11
  JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (payout.member_id, payout.withdrawal_id)
       AND outcome.is_accepted
"""
_ONE: Final = f"{_FIELDS} WHERE payout.member_id = %s AND payout.withdrawal_id = %s"
_HISTORY: Final = f"""
{_FIELDS} WHERE payout.member_id = %s AND payout.withdrawal_id <> %s
 ORDER BY payout.withdrawal_id DESC LIMIT %s
"""
_PAYEE: Final = """
SELECT coalesce(balance.amount, 0), verified.shown_name, verified.shown_document,
       verified.verified_at, payout.provider, payout.payee_shown, payee.shown, payee.changed_at
  FROM treasury_payout payout
  LEFT JOIN ledger_balance balance
       ON (balance.party_id, balance.account) = (payout.member_id, %s)
  LEFT JOIN members_verified verified ON verified.member_id = payout.member_id
  LEFT JOIN members_payee payee ON payee.member_id = payout.member_id
 WHERE payout.member_id = %s AND payout.withdrawal_id = %s
"""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal on its way."""

    number: int
    member: int
    amount: int
    at: datetime
    state: PayoutState
    verdict: Verdict | None
    maker: str
    checker: str
    reason: str
    reviewed_at: datetime | None
    ended_at: datetime | None

    @property
    def href(self) -> str:
        """Give the address of its page."""
        return reverse("admin:withdrawal", args=[self.member, self.number])

    @property
    def yuan(self) -> str:
        """Write its amount."""
        return text.yuan(amount=self.amount)


def page(request: HttpRequest) -> Page:
    """List a queue, at first the one of his role: the longest waiting first; all: the newest."""
    where = address(request, "queue")
    if not where.get("queue"):
        own = "check" if here(request).role is Role.CHECKER else "make"
        where = Address({**where.values, "queue": own})
    queues = (where.choice("queue", "队列", _QUEUES),)
    queue = where.get("queue")
    is_all = queue == "all"
    place = where.place(1)
    edge, order = ("<", "DESC") if is_all else (">", "ASC")
    start = place[0] if place else (_BEYOND if is_all else 0)
    query = f"""{_FIELDS} WHERE payout.withdrawal_id {edge} %s {_CONDITIONS[queue]}
                ORDER BY payout.withdrawal_id {order} LIMIT %s"""
    listed = [_withdrawal(row) for row in rows(query, [start, PAGE + 1])]
    shown, now = listed[:PAGE], standing()
    names = names_of(each.member for each in shown)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(each, names, now) for each in shown),
        empty="这里现在没有提现。",
        filters=queues,
        on_title="更早" if is_all else "更晚",
    )
    stretch = Stretch(next=(listed[PAGE - 1].number,) if len(listed) > PAGE else None)
    return Page(title="提现复核", face=way_on(table, stretch, where))


def found(*, member: int, number: int) -> Withdrawal:
    """Give one withdrawal that left the balance; raises `NotThere`."""
    row = one(_ONE, [member, number])
    if row is None:
        raise NotThere(f"没有编号 {number} 的提现，或它还没有从零钱里扣出")
    return _withdrawal(row)


def heads(each: Withdrawal, *, names: Names, now: Standing) -> tuple[tuple[str, Cell], ...]:
    """Tell what is known of a withdrawal."""
    row = one(_PAYEE, [accounts.CASH, each.member, each.number])
    assert row is not None, "a withdrawal that was found has a payout"
    cash, name, document, verified_at, provider, sent_to, named, changed_at = row
    first = each.verdict.label if each.verdict else ""
    return (
        ("会员", names.cell(each.member)),
        ("金额", Cell(f"{each.yuan} 元")),
        ("状态", Cell(each.state.label, tone=_TONES.get(each.state, "wait"))),
        ("申请时间", Cell(now.stamp(each.at))),
        ("初审", Cell(each.maker or "还没有", note=first)),
        ("复核", Cell(each.checker or "还没有", note=now.stamp(each.reviewed_at))),
        ("他现在的零钱", Cell(f"{text.yuan(amount=cash)} 元")),
        ("申请那天的限额", _limit(each)),
        ("实名", _identity(name, document, verified_at)),
        ("收款账号", _account(provider, sent_to, named, now.stamp(changed_at))),
        ("完整资料", Cell("写明理由后查看", href=reverse("admin:unmask", args=[each.member]))),
        ("原因", Cell(each.reason or "没有写")),
    )


def _limit(each: Withdrawal) -> Cell:
    """Say how much of the day's limit he has used, and what is left of it."""
    most = withdrawal_rules().day_max
    with raw.cursor() as cursor:
        person = clusters.accounts_of(cursor, member=each.member)
        used = asked_that_day(cursor, person=person, at=clock.from_datetime(each.at))
    words = f"用了 {text.yuan(amount=used)}，还剩 {text.yuan(amount=max(0, most - used))} 元"
    return Cell(words, note=f"一天最多 {text.yuan(amount=most)} 元")


def _identity(name: str | None, document: str | None, at: datetime | None) -> Cell:
    """Say who he is, masked."""
    if name is None or at is None:
        return Cell("没有核对过", tone="bad")
    return Cell(f"{name} {document}", note=f"{_real(at)}核对")


def _account(provider: str, sent_to: str, named: str | None, changed: str) -> Cell:
    """Say where the cash goes, masked, and whether he has named another account since."""
    if not provider:
        return Cell("没有，要人工打款", tone="wait")
    if named is not None and named != sent_to:
        return Cell(sent_to, note=f"后来改成了 {named}（{changed}），这一笔不跟着变")
    return Cell(sent_to, note=f"{changed}填写" if changed else "")


def _real(at: datetime) -> str:
    """Write a moment of the real clock."""
    moment = clock.from_datetime(at)
    return text.stamp(at=moment, now=moment)


def history(each: Withdrawal, *, names: Names, now: Standing) -> Table:
    """List what its payee withdrew besides."""
    past = [_withdrawal(row) for row in rows(_HISTORY, [each.member, each.number, HISTORY])]
    return Table(
        columns=_COLUMNS,
        rows=tuple(_line(other, names, now) for other in past),
        empty="他以前没有提现过。",
    )


def _withdrawal(row: Row) -> Withdrawal:
    number, member, amount, at, state, verdict, *rest = row
    known = None if verdict is None else Verdict(verdict)
    return Withdrawal(number, member, amount, at, PayoutState(state), known, *rest)


def _line(each: Withdrawal, names: Names, now: Standing) -> tuple[Cell, ...]:
    first = each.verdict.label if each.verdict else ""
    return (
        Cell(str(each.number), href=each.href),
        Cell(now.stamp(each.at)),
        names.cell(each.member),
        Cell(each.yuan),
        Cell(each.state.label, tone=_TONES.get(each.state, "wait"), note=each.reason),
        Cell(each.maker, note=first),
        Cell(each.checker),
    )
