"""必须看见的事: the honest facts of the scheme and its reach over people, live (H2, H3).

The same facts as on the public page, and beside them what the articles on pyramid schemes look at:
how deep relations are rewarded, how many people were brought, how many by one of them.

However many members there are, so many are counted at most.

Units: µ¥, rates per myriad. Source: H2, H3; design/ui/faces.md 6.5 (必须看见的事).
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import clock, text
from gongxiang.ops.page import Page
from gongxiang.ops.rows import one
from gongxiang.ops.rulebook import Version, in_force, versions
from gongxiang.ops.subjects.versions import flag_words, flags
from gongxiang.ops.table import NotThere
from gongxiang.queries.facts import Back, Distance, Facts, Reach
from gongxiang.queries.pool_data import NotOpen
from gongxiang.queries.present import present
from gongxiang.rulebook.flags import reward_depth

COUNTED_MAX: Final = 100_000
_PEOPLE: Final = """
WITH members AS MATERIALIZED (
    SELECT referrer_id FROM members_member ORDER BY member_id LIMIT %(most)s
)
SELECT count(*), count(referrer_id), count(DISTINCT referrer_id),
       coalesce((SELECT max(brought) FROM (SELECT count(*) AS brought FROM members
                  WHERE referrer_id IS NOT NULL GROUP BY referrer_id) each), 0)
  FROM members
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One fact: its name, its figure, and what stands under it."""

    title: str
    value: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page prints."""

    facts: tuple[Told, ...]
    people: tuple[Told, ...]
    flags: tuple[tuple[str, str], ...]
    flags_href: str


def page(request: HttpRequest) -> Page:  # noqa: ARG001  every page's form
    """Tell the facts and the heads."""
    try:
        now = present()
    except NotOpen:
        raise NotThere("还没有公布过规则，平台还没有开盘") from None
    found = versions()
    version = in_force(found, at=clock.to_datetime(now.pool.now)) or found[-1]
    face = Face(
        facts=_facts(now.facts),
        people=_people(version),
        flags=tuple(flag_words(flag) for flag in flags(version)),
        flags_href=reverse("admin:version", args=[version.number]),
    )
    up = ("今天", reverse("admin:index"))
    return Page(title="必须看见的事", face=face, template="ops/must_see.html", up=up)


def _facts(facts: Facts) -> tuple[Told, ...]:
    return (
        _back(facts.first, facts.last, is_compared=facts.is_compared),
        _distance(facts.distance),
        Told(
            title="到过封顶线",
            value=text.count(number=facts.lots_capped),
            unit=f"/ {text.count(number=facts.lots)} 批",
            note=f"占全部批次的 {text.percent(per_myriad=facts.capped_share)}%",
        ),
        Told(
            title="已付会员占消费",
            value=text.percent(per_myriad=facts.paid_share),
            unit="%",
            note=f"按规则，最多到 {text.rate(per_myriad=facts.paid_limit)}",
        ),
        Told(
            title="现在卖出 1 积分，到手",
            value=text.price(units=facts.pays),
            unit="元",
            note=f"价格 {text.price(units=facts.price)} 元的"
            f" {text.rate(per_myriad=facts.payout_rate)}，其余留在池里",
        ),
    )


def _back(first: Back | None, last: Back | None, *, is_compared: bool) -> Told:
    """Compare the first tenth of the members with the last."""
    title = "先来的对后来的"
    if first is None or last is None:
        note = "有积分的会员满 10 位后，比较最早和最晚的各一成"
        return Told(title=title, value="还算不出" if is_compared else "还在算", note=note)
    early, late = (text.yuan(amount=each.together) for each in (first, last))
    note = "每消费 100 元，最早和最晚各一成会员已拿到的，加上现在全卖能得的"
    return Told(title=title, value=f"{early} 对 {late}", unit="元", note=note)


def _distance(distance: Distance) -> Told:
    """Say how far a lot of today is from its cap, at the present pace."""
    title, orders = "离封顶有多远", text.about(number=distance.orders)
    size = f"平均 {text.yuan(amount=distance.spend)} 元"
    further = f"今天新得的一批，要再结算约 {orders} 笔同样大小（{size}）的订单，而且没有人卖出"
    if distance.reach is Reach.COUNTED:
        pace = "24 小时" if distance.pace_days == 1 else f"{distance.pace_days} 天"
        return Told(
            title=title,
            value=f"约 {text.about(number=distance.days)}",
            unit="天",
            note=f"{further}；按最近 {pace}的速度算，慢下来就到不了",
        )
    if distance.reach is Reach.UNKNOWN:
        return Told(title=title, value="还算不出", note="还没有结算过订单，没有速度可以算")
    never = "照现在的速度到不了"
    if distance.reach is Reach.STANDSTILL:
        return Told(title=title, value=never, note=f"最近 7 天没有结算过订单；{further}")
    return Told(title=title, value=never, note="照最近的速度、没有人卖出，也要一百年以上")


def _people(version: Version) -> tuple[Told, ...]:
    """Tell how deep relations are rewarded, and how many people were brought by whom."""
    depth = reward_depth(book=version.book)
    row = one(_PEOPLE, {"most": COUNTED_MAX})
    assert row is not None, "an aggregate has one row"
    members, brought, bringers, most = (text.count(number=number) for number in row)
    cut = f"，只数最早的 {members} 人" if row[0] == COUNTED_MAX else ""
    return (
        Told(
            title="受奖励的关系最深",
            value="不限" if depth is None else str(depth),
            unit="层",
            note="按生效的规则，一笔消费最多奖励到第几层",
        ),
        Told(
            title="有推荐人的会员",
            value=brought,
            unit=f"/ {members} 人",
            note=f"由 {bringers} 人推荐{cut}",
        ),
        Told(title="一个人推荐得最多", value=most, unit="人", note="直接推荐的，不算他们再推荐的"),
    )
