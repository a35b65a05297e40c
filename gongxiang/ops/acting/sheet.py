"""What a page that acts is made of: heads, tables, sentences, and a form whose words are kept.

A form is sent twice: first to be checked (`step` empty), then to be done (`step` is `do`). What is
destructive asks to type a number once more; what moves money asks for the second factor again
where it is no longer fresh. A refusal shows the form again, with 422 and all that was typed.

Units: none. Source: design/ui/faces.md 4, 5 (field), 6.5 (rules).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from gongxiang.acts.pass_factor import pass_factor
from gongxiang.governance.factor import TooManyCodes, WrongCode
from gongxiang.ops import door
from gongxiang.ops.door import Here
from gongxiang.ops.page import Page
from gongxiang.ops.table import Cell, Table

TEMPLATE: Final = "ops/sheet.html"
STEP: Final = "step"
DO: Final = "do"
TYPED: Final = "typed"
CODE: Final = "code"
REFUSED: Final = 422
_WORDS_MAX: Final = 500

Errors = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field; its kind is text, long, choice, hidden or code."""

    name: str
    title: str = ""
    value: str = ""
    kind: str = "text"
    hint: str = ""
    error: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form with its one button, which names the act."""

    title: str
    button: str
    fields: tuple[Field, ...] = ()
    tone: str = ""
    note: str = ""
    back: tuple[str, str] | None = None
    """Words and address of the way out."""

    @property
    def errors(self) -> tuple[Field, ...]:
        """Give the fields that were refused, for the summary."""
        return tuple(field for field in self.fields if field.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table under a heading."""

    title: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What the page prints."""

    heads: tuple[tuple[str, Cell], ...] = ()
    sentences: tuple[tuple[str, str], ...] = ()
    """Tone (wait, bad or plain) and words."""
    secret: tuple[str, str] | None = None
    """What is shown this once: its name and itself."""
    text: tuple[str, str] | None = None
    """A heading and something kept whole, such as a notice."""
    pictures: tuple[tuple[str, str], ...] = ()
    """What each shows, and itself as an address of data."""
    parts: tuple[Part, ...] = ()
    forms: tuple[Form, ...] = ()


def typed(request: HttpRequest, name: str) -> str:
    """Read what was typed into a field, trimmed and not longer than a page of a letter."""
    return request.POST.get(name, "").replace("\0", "").strip()[:_WORDS_MAX]


def is_doing(request: HttpRequest) -> bool:
    """Tell whether the form was checked and is now to be done."""
    return request.POST.get(STEP) == DO


def checking(
    request: HttpRequest,
    *,
    title: str,
    button: str,
    kept: Mapping[str, str],
    back: tuple[str, str],
    errors: Errors,
    tone: str = "",
    note: str = "",
    number: str = "",
    is_money: bool = False,
) -> Form:
    """Make the form that is checked: its words kept, a number to type, a code where needed."""
    fields = [Field(name=name, value=value, kind="hidden") for name, value in kept.items()]
    fields.append(Field(name=STEP, value=DO, kind="hidden"))
    if number:
        words = f"写上「{number}」再确认"
        value = typed(request, TYPED)
        fields.append(Field(name=TYPED, title=words, value=value, error=errors.get(TYPED, "")))
    if is_money and not door.is_fresh(request):
        words = "动钱之前，再写一次验证码"
        error = errors.get(CODE, "")
        fields.append(Field(name=CODE, title=words, kind="code", error=error))
    return Form(title=title, button=button, fields=tuple(fields), tone=tone, note=note, back=back)


def refusals(
    request: HttpRequest, who: Here, *, number: str = "", is_money: bool = False
) -> dict[str, str]:
    """Look at the typed number and, where it is no longer fresh, at the second factor."""
    errors: dict[str, str] = {}
    if number and typed(request, TYPED) != number:
        errors[TYPED] = f"要写的是「{number}」"
    if not errors and is_money and not door.is_fresh(request):
        error = factor_error(request, who)
        if error:
            errors[CODE] = error
    return errors


def factor_error(request: HttpRequest, who: Here) -> str:
    """Take the second factor once more; give the refusal in words, nothing when it was right."""
    try:
        pass_factor(user=who.user, code=typed(request, CODE), officer=who.name, is_sign_in=False)
    except (WrongCode, TooManyCodes) as refusal:
        return code_words(refusal)
    door.freshen(request)
    return ""


def code_words(refusal: WrongCode | TooManyCodes) -> str:
    """Say why a code was not taken."""
    if isinstance(refusal, TooManyCodes):
        return f"错的次数多了，{refusal.seconds} 秒后可以再试"
    return "验证码不对，或刚才用过了。等下一个数字再写"


def sheet_page(
    sheet: Sheet, *, title: str, up: tuple[str, str] | None, is_refused: bool = False
) -> Page:
    """Make the page of a sheet."""
    status = REFUSED if is_refused else 200
    return Page(title=title, face=sheet, template=TEMPLATE, up=up, status=status)
