"""规则版本: every rulebook that was published, its values in words, and what it changed.

The page of a version adds up the reward budget (R1) and lists the articles of law that the plan
may touch (H3).

Units: as the rules say; rates per myriad.
Source: R1, R9, H3; design/ui/faces.md 6.5.
"""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import clock, text
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rulebook import Told, Version, in_force, versions
from gongxiang.ops.standing import Standing, standing
from gongxiang.ops.table import Cell, Column, NotThere, Table
from gongxiang.rulebook.budget import budget_of
from gongxiang.rulebook.explain import differences
from gongxiang.rulebook.flags import Flag, flags_of

GROUPS: Final = {
    "shares": "一笔钱怎么分",
    "points": "积分",
    "rewards": "推荐与招商",
    "agents": "区域代理",
    "mall": "商城",
    "limits": "平台限额",
    "ranks": "级差与平级",
}
_COLUMNS: Final = (
    Column("版本"),
    Column("状态"),
    Column("蓝本"),
    Column("另行设定"),
    Column("公示时间"),
    Column("生效时间"),
)
_RULES: Final = (
    Column("规则"),
    Column("值", "n"),
    Column("说明", "w"),
    Column("条款"),
    Column("来源", "w"),
)
_PARTS: Final = (Column("奖励"), Column("比例", "n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page of one version prints."""

    groups: tuple[tuple[str, Table], ...]
    parts: Table
    worst: str
    limit: str
    changes: tuple[str, ...]
    flags: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]


def page(request: HttpRequest) -> Page:  # noqa: ARG001  every page's form
    """List the versions, newest first."""
    now = standing()
    found = versions()
    current = in_force(found, at=clock.to_datetime(now.now))
    table = Table(
        columns=_COLUMNS,
        rows=tuple(_line(version, current, now) for version in found),
        empty="还没有公布过规则，平台还没有开盘。",
    )
    return Page(title="规则版本", face=table)


def one_page(request: HttpRequest, *, number: int) -> Page:  # noqa: ARG001  every page's form
    """Show one version; raises `NotThere`."""
    now = standing()
    found = versions()
    chosen = next((version for version in found if version.number == number), None)
    if chosen is None:
        raise NotThere(f"没有第 {number} 版规则")
    budget = budget_of(terms=chosen.terms)
    told = chosen.tell_all()
    titles = {rule.name: rule.title for rule in told}
    face = Face(
        groups=tuple(
            (GROUPS[group], _rules(tuple(rules)))
            for group, rules in groupby(told, key=lambda rule: rule.group)
        ),
        parts=Table(
            columns=_PARTS,
            rows=tuple(
                (Cell(titles[name]), Cell(text.rate(per_myriad=rate)))
                for name, rate in budget.parts
            ),
            empty="没有任何奖励。",
        ),
        worst=text.rate(per_myriad=budget.worst),
        limit=text.rate(per_myriad=budget.limit),
        changes=_changes(chosen, found),
        flags=tuple(flag_words(flag) for flag in flags(chosen)),
        facts=(
            ("蓝本", chosen.book.preset.title),
            ("公示时间", now.stamp(chosen.published_at)),
            ("生效时间", now.stamp(chosen.effective_at) or "开盘起"),
        ),
    )
    return Page(
        title=f"规则第 {number} 版",
        face=face,
        template="ops/version.html",
        tags=(state_of(chosen, in_force(found, at=clock.to_datetime(now.now))),),
        up=("规则版本", reverse("admin:versions")),
    )


def state_of(version: Version, current: Version | None) -> Tag:
    """Say where a version stands."""
    if current is None or version.number > current.number:
        return Tag("公示中", "wait")
    return Tag("生效中", "ok") if version.number == current.number else Tag("已被替换")


def flags(version: Version) -> tuple[Flag, ...]:
    """Give the articles of law that a version may touch (H3)."""
    return flags_of(book=version.book)


def flag_words(flag: Flag) -> tuple[str, str]:
    """Give an article's citation and what it is about."""
    return flag.article.citation, flag.article.sentence_zh


def _line(version: Version, current: Version | None, now: Standing) -> tuple[Cell, ...]:
    tag = state_of(version, current)
    settings = len(version.settings)
    return (
        Cell(f"第 {version.number} 版", href=reverse("admin:version", args=[version.number])),
        Cell(tag.text, tone=tag.tone),
        Cell(version.book.preset.title),
        Cell(f"{settings} 项" if settings else "没有"),
        Cell(now.stamp(version.published_at)),
        Cell(now.stamp(version.effective_at) or "开盘起"),
    )


def _rules(rules: tuple[Told, ...]) -> Table:
    return Table(
        columns=_RULES,
        rows=tuple(
            (
                Cell(rule.title),
                Cell(rule.words),
                Cell(rule.sentence),
                Cell(rule.clause),
                Cell(rule.source),
            )
            for rule in rules
        ),
        empty="",
    )


def _changes(chosen: Version, found: list[Version]) -> tuple[str, ...]:
    before = [version for version in found if version.number < chosen.number]
    if not before:
        return ()
    changed = differences(before=before[0].terms, after=chosen.terms)
    return tuple(change.sentence for change in changed)
