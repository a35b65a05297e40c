"""The sheet is small, and every class of a template is in it.

Source: design/ui/faces.md 9 and 11.
"""

import re
from pathlib import Path

from gongxiang import web

ROOT = Path(web.__file__).parent
SHEET = (ROOT / "shared/static/shared/app.css").read_text(encoding="utf-8")
TEMPLATES = [path for path in ROOT.rglob("*.html") if "ops" not in path.parts]
HOOKS = {"facts-part"}
"""Classes that only tests look for."""
OUR_SCRIPT = re.compile(r"""<script defer src="\{% static 'shared/\w+\.js' %\}"></script>""")


def test_the_sheet_is_at_most_25_kilobytes() -> None:
    assert len(SHEET.encode()) <= 25_000


def test_the_sheet_loads_nothing() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET


def test_every_class_of_a_template_has_a_rule_and_every_rule_a_template() -> None:
    sheet = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", SHEET, flags=re.DOTALL)
    styled = set(re.findall(r"\.([a-z][\w-]*)", sheet))
    printed: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for value in re.findall(r'class="([^"]*)"', text):
            printed |= set(re.sub(r"\{[%{].*?[%}]\}", " ", value).split())
    made = {"bad", "total", "slim", "broad", "w", "b", "c1", "c2", "c3", "c4"}
    assert printed - styled - HOOKS == set()
    assert styled - printed - made == set()


def test_no_template_has_inline_style_or_script() -> None:
    """A page may load a file of ours; nothing stands in the page itself."""
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        text = OUR_SCRIPT.sub("", text)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|https?:", text), path.name


def test_the_script_of_arrivals_is_at_most_4_kilobytes() -> None:
    assert (ROOT / "shared/static/shared/live.js").stat().st_size <= 4_096
