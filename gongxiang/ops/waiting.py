"""等你处理: what waits for somebody of the staff, the longest waiting first, in one question.

    kind, how many and how many longer than a day (counted to a thousand), what it comes to, since

On top stands what a channel should have answered an hour ago: no officer can mend that, but one has
to look whether the channel or the worker is down.

Units: µ¥; moments of the platform's clock, those that live by the real one moved to it.
Source: design/ui/faces.md 6.5 (等你处理 by waiting time); reliability C8.
"""

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from gongxiang.base import clock, text
from gongxiang.governance.models import Role
from gongxiang.ops.roles import may_see
from gongxiang.ops.rows import rows
from gongxiang.queries.overdue import Overdue, overdue

COUNTED_MAX: Final = 1_000
_MINUTE: Final = 60 * clock.SECOND
_HOUR: Final = 60 * _MINUTE
_PAYOUTS: Final = """
SELECT withdrawal.amount, fact.at
  FROM treasury_payout payout
  JOIN treasury_withdrawal withdrawal
       ON (withdrawal.member_id, withdrawal.id) = (payout.member_id, payout.withdrawal_id)
  JOIN orders_fact fact ON (fact.home_id, fact.id) = (payout.member_id, payout.withdrawal_id)
 WHERE payout.state = 1 AND payout.verdict IS {} ORDER BY payout.withdrawal_id
"""
_WAITING: Final = {
    "make": _PAYOUTS.format("NULL"),
    "check": _PAYOUTS.format("NOT NULL"),
    "cases": """
SELECT amount, opened_at FROM treasury_refundcase WHERE state = 1 ORDER BY id
""",
    "stores": """
SELECT 0, submitted_at + offset_time FROM merchants_application, shift
 WHERE state = 'submitted' ORDER BY submitted_at
""",
    "changes": """
SELECT 0, asked_at + offset_time FROM merchants_changerequest, shift
 WHERE state = 'asked' ORDER BY id
""",
    "notices": """
SELECT 0, received_at + offset_time FROM payments_waitingnotice, shift ORDER BY notice_id
""",
    "refused": """
SELECT amount_fen * 10000, created_at + offset_time FROM payments_channelrefund, shift
 WHERE state = 'failed' AND NOT is_replaced ORDER BY created_at, number
""",
    "differences": """
SELECT abs(theirs_fen - ours_fen) * 10000, found_at + offset_time FROM payments_difference, shift
 WHERE state = 'open' ORDER BY found_at
""",
    "shares": """
SELECT account.carried, max(share.created_at) + min(offset_time)
  FROM payments_submerchant account JOIN payments_share share USING (store_id, provider), shift
 WHERE account.carried >= 10000 AND share.state = 'failed'
 GROUP BY account.store_id, account.provider, account.carried
""",
    "recoveries": """
SELECT 0, asked_at FROM members_recovery WHERE state = 'asked' ORDER BY id
""",
    "channels": """
SELECT 0, changed_at + offset_time FROM payments_submerchant, shift
 WHERE state IN ('submitted', 'verifying') ORDER BY changed_at
""",
}
"""What waits, by its kind: the amount of each, and since when."""
_COUNTED: Final = """
SELECT '{kind}', count(*), count(*) FILTER (WHERE at < now - interval '1 day'),
       coalesce(sum(amount), 0)::numeric(38, 0), min(at)
  FROM ({waiting} LIMIT {most}) AS waiting (amount, at), shift
"""
_SHIFT: Final = """
WITH shift AS MATERIALIZED (
    SELECT make_interval(secs => offset_seconds) AS offset_time,
           clock_timestamp() + make_interval(secs => offset_seconds) AS now FROM points_horizon
)
"""
_QUEUES: Final = _SHIFT + " UNION ALL ".join(
    _COUNTED.format(kind=kind, waiting=waiting, most=COUNTED_MAX)
    for kind, waiting in _WAITING.items()
)  # constants alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One queue with something in it."""

    title: str
    note: str
    href: str
    since: str
    tone: str


def todos(*, role: Role, now: int) -> tuple[Todo, ...]:
    """Give the queues that a role may open and that are not empty, the longest waiting first."""
    waiting = []
    for kind, count, late, amount, since in rows(_QUEUES):
        name, title, unit, note, query = _WORDS[kind]
        if not count or not may_see(role, name):
            continue
        told = note.format(text.yuan(amount=amount))
        if late:
            told += f"；{_count(late)} {unit}等了一天以上"
        waited = now - clock.from_datetime(since)
        words = f"{title}　{_count(count)} {unit}"
        waiting.append((-waited, kind, words, told, reverse(f"admin:{name}") + query))
    return _silent() + tuple(
        Todo(
            title=title,
            note=note,
            href=href,
            since=_since(-waited),
            tone="bad" if -waited >= clock.DAY else "wait",
        )
        for waited, _, title, note, href in sorted(waiting)
    )


def _silent() -> tuple[Todo, ...]:
    """Say what a channel should have answered by now, nothing where it answers."""
    late = overdue()
    parts = (
        ("付款", late.payments),
        ("退款", late.refunds),
        ("提现", late.payouts),
        ("分账", late.shares),
        ("账单", late.bills),
    )
    words = "、".join(f"{name} {_count(count)} 笔" for name, count in parts if count)
    if not words:
        return ()
    return (
        Todo(
            title=f"渠道没有答复　{words}",
            note="看渠道和后台任务是不是停了；没有结果的不要重做，会一直查下去",
            href=_silent_at(late),
            since="超过 1 小时",
            tone="bad",
        ),
    )


def _silent_at(late: Overdue) -> str:
    """Give the page that shows most of what is late."""
    if late.payouts or late.payments:
        return reverse("admin:withdrawals") + "?queue=way"
    return reverse("admin:refunds" if late.refunds else "admin:differences")


_WORDS: Final = {
    "make": ("withdrawals", "提现待初审", "笔", "合计 {} 元", "?queue=make"),
    "check": ("withdrawals", "提现待复核", "笔", "合计 {} 元，制单人不能复核", "?queue=check"),
    "cases": ("cases", "结算后退款待审", "笔", "合计 {} 元，两位同事各写理由", ""),
    "stores": ("applications", "门店入驻待审", "家", "一位同事审核就够", ""),
    "changes": ("changes", "门店变更待审", "件", "改抽成、换店主、关店", ""),
    "notices": ("quarantine", "支付隔离", "笔", "金额、商户号、签名不符的回调会停在这里", ""),
    "refused": ("refunds", "退款没有退成", "笔", "付款人在等 {} 元，渠道没有退", ""),
    "differences": ("differences", "对账差异待认领", "笔", "账单和我们记的差 {} 元", ""),
    "shares": ("shares", "分账没有分成", "户", "合计 {} 元，等下次收款并入，或重新发起", ""),
    "recoveries": ("recoveries", "找回账户待核对", "件", "核对实名，通过后再等七天", ""),
    "channels": ("channels", "收款账户待开通", "个", "等渠道审核、店家签约", ""),
}
"""Page, title, measure word, words, and the address's filter."""


def _count(count: int) -> str:
    return text.count(number=count) + (" 以上" if count == COUNTED_MAX else "")


def _since(waited: int) -> str:
    """Say how long the oldest has waited.

    >>> _since(30 * _MINUTE), _since(2 * _HOUR), _since(3 * clock.DAY)
    ('等了 30 分钟', '等了 2 小时', '等了 3 天')
    """
    if waited >= clock.DAY:
        return f"等了 {waited // clock.DAY} 天"
    if waited >= _HOUR:
        return f"等了 {waited // _HOUR} 小时"
    return f"等了 {max(0, waited) // _MINUTE} 分钟"
