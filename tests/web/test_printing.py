"""Pages are printed with what they are given: nothing is left out silently, all is escaped.

Source: ADR 0028.
"""

from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from jinja2 import DictLoader, UndefinedError

from gongxiang import web
from gongxiang.web.printing import environment

OUTER = "{{ show('inner', given=given) }}"


def printed(text: str, *, inner: str = "", **values: object) -> str:
    """Print a text with the words of all pages."""
    made = environment(loader=DictLoader({"page": text, "inner": inner}), autoescape=True)
    return made.get_template("page").render(values)


def test_every_template_is_well_formed() -> None:
    engine: Any = engines["jinja2"]
    made = engine.env
    names = [
        str(path.relative_to(folder))
        for folder in Path(web.__file__).parent.glob("*/jinja2")
        for path in folder.rglob("*.*")
    ]
    assert len(names) > 100
    for name in names:
        assert made.get_template(name).name == name


@pytest.mark.parametrize(
    "text",
    [
        "{{ amount }}",
        "{{ amount|yuan }}",
        "{% if amount %}{% endif %}",
        "{% for one in amount %}{% endfor %}",
        "{{ given.amuont }}",
        "{{ amount.of.something }}",
    ],
)
def test_a_name_that_nothing_gives_is_an_error(text: str) -> None:
    with pytest.raises((UndefinedError, TypeError)):
        printed(text, given=Path("somewhere"))


def test_what_a_form_does_not_hold_yet_and_what_is_not_there_is_empty() -> None:
    text = "[{{ typed.phone }}{% if typed.phone %}!{% endif %}{{ trouble.field.name }}]"
    assert printed(text, typed={}, trouble=None) == "[]"


def test_a_shown_template_sees_what_it_is_given_alone() -> None:
    assert printed(OUTER, inner="{{ given }}", given="本店", other="x") == "本店"
    with pytest.raises(UndefinedError):
        printed(OUTER, inner="{{ other }}", given="本店", other="x")


def test_whatever_a_person_typed_is_escaped_once() -> None:
    typed = '<b onclick="x">&\'</b>'
    escaped = "&lt;b onclick=&#34;x&#34;&gt;&amp;&#39;&lt;/b&gt;"
    assert printed("{{ given }}", given=typed) == escaped
    assert printed(OUTER, inner="{{ given }}", given=typed) == escaped
    assert printed("{{ given|default('x', true) }}", given=typed) == escaped
    assert printed("{{ given|urlencode }}", given="a&b c") == "a%26b%20c"


def test_a_drawing_is_printed_once_and_differs_by_its_words() -> None:
    text = "{{ picture('inner', name='a') }}{{ picture('inner', name='b') }}"
    assert printed(text, inner="<svg>{{ name }}</svg>") == "<svg>a</svg><svg>b</svg>"
