"""Two officers and one verdict: whose turn it is, what each types, and what follows (I-26).

    review, no verdict   the maker's     -> noted, or
    a verdict noted      the checker's   -> the same: executed; another one: both look again

Nobody checks what he made himself; what an officer did not see, he does not decide. What differs
from one money act to another is a `Review`: how it is found, shown and done, and its words.

Units: none. Source: reliability I-26; design/ui/faces.md 3.2, 4, 6.5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.governance.models import Role
from gongxiang.ops.acting.sheet import (
    Errors,
    Field,
    Form,
    checking,
    is_doing,
    refusals,
    typed,
)
from gongxiang.ops.door import Here, here
from gongxiang.ops.page import Done, Page
from gongxiang.ops.rows import reading
from gongxiang.treasury.models import Verdict

Each = TypeVar("Each")
_VERDICTS: Final = {"approve": Verdict.APPROVE, "decline": Verdict.DECLINE}
_NAMES: Final = {verdict: name for name, verdict in _VERDICTS.items()}
_TYPED: Final = 4
"""How many digits of the number are typed where a verdict cannot be taken back."""
_MOVED: Final = "刚刚有同事处理过这一笔，内容已更新，请再看一眼"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """Where the review of one thing stands; its key is (home, number)."""

    home: int
    number: int
    yuan: str
    href: str
    is_in_review: bool
    maker: str
    verdict: Verdict | None
    """The first officer's, none before it."""

    def is_last(self, verdict: Verdict) -> bool:
        """Tell whether a verdict agrees with the first one, so that it is executed."""
        return self.verdict is verdict

    def not_for(self, who: Here) -> str:
        """Say why it is not this officer's turn, nothing when it is."""
        if not self.is_in_review:
            return "这一笔已经处理完了"
        if self.maker == who.name:
            return "这一笔是你提交的，要另一位同事复核"
        if self.verdict is None and who.role is not Role.MAKER:
            return "先等资金制单给出初审意见"
        if self.verdict is not None and who.role is not Role.CHECKER:
            return f"{self.maker} 已给出初审意见「{self.verdict.label}」，等资金复核"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a kind of review says; `{yuan}`, `{verdict}`, `{state}` stand for the case's own."""

    choices: Mapping[Verdict, str]
    reason: str
    hint: str
    missing: Mapping[Verdict, str]
    """What is said where a verdict that needs a reason has none."""
    note: str
    first: Mapping[Verdict, str]
    last: Mapping[Verdict, str]
    """The buttons of the first verdict, and of the one that executes it."""
    noted: str
    differs: str
    executed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(Generic[Each]):
    """A kind of money act that two officers decide."""

    words: Words
    back_to: str
    """The name of its list's address."""
    numbered: frozenset[Verdict]
    """The verdicts that ask to type the number once more where they are executed."""
    find: Callable[[int, int], Each]
    stand: Callable[[Each], Stand]
    show: Callable[[Each, tuple[Form, ...], str], Page]
    act: Callable[[Each, Here, Verdict, str, str], str]
    """Do it, for an officer who saw this first officer; gives the label of where it then stands."""
    moved: tuple[type[Exception], ...]
    """What the act refuses with where somebody else was faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted(Generic[Each]):
    """What an officer typed about one thing."""

    kind: Review[Each]
    each: Each
    stand: Stand
    verdict: Verdict
    reason: str

    @property
    def is_last(self) -> bool:
        return self.stand.is_last(self.verdict)

    @property
    def number(self) -> str:
        """Give what has to be typed once more, nothing where it can still be taken back."""
        is_final = self.is_last and self.verdict in self.kind.numbered
        return str(self.stand.number)[-_TYPED:] if is_final else ""


def page(kind: Review[Each], request: HttpRequest, *, member: int, number: int) -> Page:
    """Show one thing, and the form where it is this officer's turn."""
    each = kind.find(member, number)
    stand = kind.stand(each)
    if not stand.is_in_review:
        return kind.show(each, (), "")
    refusal = stand.not_for(here(request))
    return kind.show(each, () if refusal else (_form(kind, stand, "", "", {}),), refusal)


def review(
    kind: Review[Each], request: HttpRequest, who: Here, *, member: int, number: int
) -> Page | Done:
    """Check and then note or execute an officer's verdict."""
    with reading():
        each = kind.find(member, number)
    wanted = _wanted(kind, request, who, each)
    if isinstance(wanted, Page):
        return wanted
    errors: Errors = {}
    if is_doing(request):
        errors = refusals(request, who, number=wanted.number, is_money=True)
        if not errors:
            return _reviewed(request, who, wanted)
    return _check(request, wanted, errors)


def _wanted(
    kind: Review[Each], request: HttpRequest, who: Here, each: Each
) -> _Wanted[Each] | Page:
    """Read what was typed, or show what is wrong with it."""
    stand = kind.stand(each)
    verdict, reason = _VERDICTS.get(typed(request, "verdict")), typed(request, "reason")
    refusal = stand.not_for(who)
    if refusal:
        return _again(kind, request, each, who, {"verdict": refusal})
    if verdict is None:
        return _again(kind, request, each, who, {"verdict": "选一个意见"})
    if not reason and verdict in kind.words.missing:
        return _again(kind, request, each, who, {"reason": kind.words.missing[verdict]})
    return _Wanted(kind=kind, each=each, stand=stand, verdict=verdict, reason=reason)


def _reviewed(request: HttpRequest, who: Here, wanted: _Wanted[Each]) -> Page | Done:
    kind, stand, words = wanted.kind, wanted.stand, wanted.kind.words
    try:
        state = kind.act(wanted.each, who, wanted.verdict, wanted.reason, typed(request, "maker"))
    except kind.moved:
        with reading():
            each = kind.find(stand.home, stand.number)
        refusal = kind.stand(each).not_for(who) or _MOVED
        return _again(kind, request, each, who, {"verdict": refusal})
    told = words.executed
    if not wanted.is_last:
        told = words.noted if stand.verdict is None else words.differs
    done = told.format(yuan=stand.yuan, verdict=wanted.verdict.label, state=state)
    return Done(reverse(kind.back_to), done)


def _form(kind: Review[Each], stand: Stand, verdict: str, reason: str, errors: Errors) -> Form:
    words = kind.words
    return Form(
        title="初审意见" if stand.verdict is None else "复核意见",
        button="下一步：核对",
        fields=(
            Field(
                name="verdict",
                title="意见",
                kind="choice",
                value=verdict,
                choices=tuple((_NAMES[each], told) for each, told in words.choices.items()),
                error=errors.get("verdict", ""),
            ),
            Field(
                name="reason",
                title=words.reason,
                kind="long",
                value=reason,
                hint=words.hint,
                error=errors.get("reason", ""),
            ),
        ),
        note=words.note,
    )


def _again(kind: Review[Each], request: HttpRequest, each: Each, who: Here, errors: Errors) -> Page:
    """Show the form again with what was typed and what was wrong; nothing was done."""
    stand = kind.stand(each)
    form = _form(kind, stand, typed(request, "verdict"), typed(request, "reason"), errors)
    if stand.not_for(who):
        refusal = Field(name="verdict", kind="hidden", error=errors.get("verdict", ""))
        form = Form(title="没有执行", button="", fields=(refusal,))
    with reading():
        return kind.show(each, (form,), "")


def _check(request: HttpRequest, wanted: _Wanted[Each], errors: Errors) -> Page:
    stand = wanted.stand
    button, note = _check_words(wanted)
    form = checking(
        request,
        title="核对" + (f"：{wanted.reason}" if wanted.reason else ""),
        button=button,
        kept={
            "verdict": _NAMES[wanted.verdict],
            "reason": wanted.reason,
            "maker": stand.maker,
        },
        back=("先不处理", stand.href),
        errors=errors,
        tone="" if wanted.verdict is Verdict.APPROVE else "bad",
        note=note,
        number=wanted.number,
        is_money=True,
    )
    with reading():
        return wanted.kind.show(wanted.each, (form,), "")


def _check_words(wanted: _Wanted[Each]) -> tuple[str, str]:
    """Name the act on its button, and what follows from it under it."""
    stand, words = wanted.stand, wanted.kind.words
    if wanted.is_last:
        button = words.last[wanted.verdict].format(yuan=stand.yuan)
        return button, f"初审 {stand.maker}，复核是你。确认后立即执行。"
    if stand.verdict is None:
        return words.first[wanted.verdict], "初审是你。还要另一位同事复核，才会执行。"
    note = f"{stand.maker} 的意见是「{stand.verdict.label}」。确认后两位重新看，钱没有动。"
    return f"意见不同，请 {stand.maker} 再看", note
