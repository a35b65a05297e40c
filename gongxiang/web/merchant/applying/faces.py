"""What the steps of an application show: what is filled in, what can be chosen, what it means.

Units: micro-yuan, rates per myriad. Source: design/ui/faces.md 6.3; E6, R5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse

from gongxiang.base.money import YUAN
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.merchants import applications
from gongxiang.merchants.applications import DOCUMENTS
from gongxiang.merchants.categories import Category
from gongxiang.queries import applications as queries
from gongxiang.queries.applications import Asked
from gongxiang.rulebook.divisions import PROVINCE, Division, divisions
from gongxiang.web.merchant.applying import words

STEPS: Final = ("shop", "place", "rate", "papers", "send")
TITLES: Final = {
    "shop": "店是做什么的",
    "place": "店在哪里",
    "rate": "每 100 元让出多少",
    "papers": "执照和门头",
    "send": "核对并提交",
}
_EXAMPLES: Final = 5
_HUNDRED: Final = 100 * YUAN


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step, and what of it is still to be done."""

    name: str
    title: str
    lacks: tuple[str, ...]
    is_asked_for: bool
    """A review asks to mend something here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a commission makes of 100 yuan, in micro-yuan."""

    rate: int
    keeps: int
    platform: int
    rewards: int
    pool: int


def after(name: str) -> str | None:
    """Give the step after one, or nothing after the last."""
    place = STEPS.index(name) + 1
    return STEPS[place] if place < len(STEPS) else None


def steps(asked: Asked, *, terms: Terms) -> list[Step]:
    """Give the steps of an application with what each still lacks."""
    texts = {field: " ".join(text.split()) for field, text in asked.typed.items()}
    lacking = set(applications.troubles_of(texts, terms=terms))
    lacking |= {kind for kind in DOCUMENTS if kind not in asked.documents}
    return [
        Step(
            name=name,
            title=TITLES[name],
            lacks=tuple(
                called
                for item, called in words.CALLED.items()
                if item in lacking and words.STEP_OF[item] == name
            ),
            is_asked_for=any(words.STEP_OF[item] == name for item in asked.missing),
        )
        for name in STEPS
    ]


def onward(steps: list[Step]) -> Step:
    """Give the step to go on with: the first that needs something, else the last."""
    return next((one for one in steps if one.lacks or one.is_asked_for), steps[-1])


def meaning(rate: int, *, terms: Terms) -> Meaning:
    """Say what becomes of 100 yuan at a commission (E6): the parts add up to it."""
    parts = split(_HUNDRED, commission_rate=rate, terms=terms)
    return Meaning(
        rate=rate,
        keeps=parts.merchant,
        platform=parts.platform,
        rewards=parts.distribution,
        pool=parts.inflow,
    )


def examples(*, terms: Terms) -> list[Meaning]:
    """Give what rates across the whole band mean, the least and the highest among them."""
    least, most = band(terms)
    width = (most - least) // (_EXAMPLES - 1)
    rates = [least + width * place for place in range(_EXAMPLES - 1)] + [most]
    return [meaning(rate, terms=terms) for rate in rates]


def band(terms: Terms) -> tuple[int, int]:
    """Give the least and the highest commission of the platform (E6)."""
    return max(terms.commission_min, terms.fees_rate), terms.commission_max


def offers(asked: Asked, name: str, *, terms: Terms) -> dict[str, Any]:
    """Give what a step has to choose from."""
    if name == "shop":
        return {"categories": Category.choices}
    if name == "place":
        return _places(asked)
    if name == "rate":
        own = applications.rate_of(asked.typed.get("rate", ""))
        is_fit = own is not None and applications.in_band(own, terms=terms)
        least, most = band(terms)
        return {
            "own": meaning(own or 0, terms=terms) if is_fit else None,
            "meanings": examples(terms=terms),
            "least": least,
            "most": most,
        }
    if name == "send":
        by = asked.typed.get("recruiter", "").strip()
        return {
            "summary": summary(asked),
            "bringer": queries.bringer(code=by) if by else None,
        }
    return {}


def listed(asked: Asked, troubles: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give each trouble with where it is mended: on this page, or in the step it belongs to."""
    found = []
    for item, trouble in troubles.items():
        step = words.STEP_OF.get(item, "send")
        page = reverse("merchant:apply_step", args=[asked.number, step])
        found.append((f"{page}#{item}", trouble))
    return found


def summary(asked: Asked) -> list[tuple[str, str]]:
    """Give what was typed as rows to be read once more."""
    typed = asked.typed
    category = dict(Category.choices).get(typed.get("category", ""), "")
    rate = typed.get("rate", "").strip(" %")
    where = f"{place_name(typed.get('division', ''))} {typed.get('address', '')}"
    return [
        ("店名", typed.get("name", "")),
        ("主营类目", str(category)),
        ("店里电话", typed.get("phone", "")),
        ("地址", where.strip()),
        ("平台抽成", rate and f"{rate}%"),
        ("信用代码", typed.get("uscc", "")),
    ]


def place_name(code: str) -> str:
    """Give a division with what it lies in, in words; empty for a code that is none.

    >>> place_name("440106"), place_name("x")
    ('广东省广州市天河区', '')
    """
    names = []
    division = divisions().get(code)
    while division is not None:
        names.append(division.name)
        division = divisions().get(division.parent or "")
    return "".join(reversed(names))


def _places(asked: Asked) -> dict[str, Any]:
    known = divisions()
    code = asked.typed.get("province", "")
    groups: dict[str, list[Division]] = {}
    for one in known.districts():
        parent = known[one.parent or ""]
        province = parent if parent.level == PROVINCE else known[parent.parent or ""]
        if province.code == code:
            groups.setdefault(parent.name, []).append(one)
    return {"provinces": known.provinces(), "groups": list(groups.items())}
