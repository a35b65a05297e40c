"""The sheet is small, and every class of a template is in it.

Source: design/ui/faces.md 9 and 11.
"""

import re
from pathlib import Path

from gongxiang import web

ROOT = Path(web.__file__).parent
STATIC = ROOT / "shared/static/shared"
SHEET = (STATIC / "app.css").read_text(encoding="utf-8")
KEYPAD = (STATIC / "keypad.css").read_text(encoding="utf-8")
"""What the pay page loads besides."""
TEMPLATES = [path for path in ROOT.rglob("*.html") if "ops" not in path.parts]
HOOKS = {"facts-part"}
"""Classes that only tests look for."""
OUR_SCRIPT = re.compile(r"""<script defer src="\{\{ static\('shared/\w+\.js'\) \}\}"></script>""")


def test_the_sheet_is_at_most_25_kilobytes() -> None:
    assert len(SHEET.encode()) <= 25_000
    assert len(KEYPAD.encode()) <= 2_500


def test_the_sheet_loads_nothing() -> None:
    assert "url(" not in SHEET + KEYPAD
    assert "@import" not in SHEET + KEYPAD


def test_every_class_of_a_template_has_a_rule_and_every_rule_a_template() -> None:
    sheet = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", SHEET + KEYPAD, flags=re.DOTALL)
    styled = set(re.findall(r"\.([a-z][\w-]*)", sheet))
    printed: set[str] = set()
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for value in re.findall(r'class="([^"]*)"', text):
            printed |= set(re.sub(r"\{[%{].*?[%}]\}", " ", value).split())
    made = {"bad", "total", "slim", "broad", "w", "b", "c1", "c2", "c3", "c4", "padded"}
    assert printed - styled - HOOKS == set()
    assert styled - printed - made == set()


def test_no_template_has_inline_style_or_script() -> None:
    """A page may load a file of ours; nothing stands in the page itself."""
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        text = OUR_SCRIPT.sub("", text)
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|https?:", text), path.name


def test_a_script_is_at_most_4_kilobytes() -> None:
    for name in ("live.js", "keypad.js"):
        assert (STATIC / name).stat().st_size <= 4_096
