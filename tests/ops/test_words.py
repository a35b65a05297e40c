"""Everything a person reads is Chinese, also what the theme brings along."""

import ast
import gettext
import re
from pathlib import Path

import unfold
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext as translated

from gongxiang import ops
from tests.ops import world

WORDS = Path(ops.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES"
THEME = Path(unfold.__file__).parent
IN_TEMPLATES = re.compile(r"""{%\s*trans(?:late)?\s+(?:"([^"]+)"|'([^']+)')""")
IN_MODULES = re.compile(r"""[^\w]_\(\s*"([^"]+)"\s*\)""")
NAMES = re.compile(r"[A-Za-z]{3,}")
KNOWN = {"esc", "verify", "differential", "flat", "off", "statement", "only", "payable"}
"""A key, a command, and values of rules as the rulebook's own sentences explain them."""


def entries(text: str) -> dict[str, str]:
    """Read a catalogue: each text and its translation, plurals by their first form."""
    found: dict[str, str] = {}
    for block in text.split("\n\n")[1:]:
        parts: dict[str, str] = {}
        for line in block.splitlines():
            keyword, _, quoted = line.partition(" ")
            if keyword.startswith("msg"):
                parts[keyword] = ast.literal_eval(quoted)
        found[parts["msgid"]] = parts.get("msgstr") or parts["msgstr[0]"]
    return found


def test_the_compiled_catalogue_is_the_written_one() -> None:
    written = entries((WORDS / "django.po").read_text(encoding="utf-8"))
    with (WORDS / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert len(written) == 116
    assert all(
        compiled.gettext(text) == said or said in repr(compiled._catalog.get((text, 0)))  # type: ignore[attr-defined]
        for text, said in written.items()
    )
    texts = {key if isinstance(key, str) else key[0] for key in compiled._catalog}  # type: ignore[attr-defined]
    assert texts - {""} == set(written)


def test_every_text_of_the_theme_is_translated() -> None:
    texts: set[str] = set()
    for path in THEME.rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        texts |= {one or other for one, other in IN_TEMPLATES.findall(source)}
    for path in THEME.rglob("*.py"):
        texts |= set(IN_MODULES.findall(path.read_text(encoding="utf-8")))
    assert len(texts) > 100
    with translation.override("zh-hans"):
        assert {text for text in texts if translated(text) == text} <= {
            "ID",
            "#",
            "%(class_name)s %(instance)s",
        }


def test_no_english_word_is_left_on_any_page(superuser: Client) -> None:
    paths = [*world.pages().values(), "/ops/password_change/", "/ops/没有/"]
    for path in paths:
        # The audit log tells which address was refused; an address is no word.
        text = re.sub(r"/ops/\S*|[0-9a-f]{6,}", " ", world.text_of(superuser.get(path)))
        assert set(NAMES.findall(text)) - KNOWN <= set(world.STAFF), path


def test_no_english_word_is_left_on_the_sign_in(town: None) -> None:
    assert NAMES.findall(world.text_of(Client().get("/ops/login/"))) == []


def test_what_is_read_aloud_and_hinted_is_chinese(superuser: Client) -> None:
    spoken = re.compile(r'(?:aria-label|placeholder|title|alt)="([^"]*)"')
    for path in world.pages().values():
        for words in spoken.findall(superuser.get(path).content.decode()):
            assert not NAMES.search(re.sub(r"[0-9a-f]{6,}", "", words)), (path, words)


def test_every_page_has_a_title_of_its_own(superuser: Client) -> None:
    named = {
        "today",
        "orders",
        "order settled",
        "steps",
        "lots",
        "postings",
        "batches",
        "batch",
        "balances",
        "members",
        "member",
        "stores",
        "store",
        "contracts",
        "versions",
        "version",
        "find",
    }
    titles = [
        re.search(r"<title>\s*(.*?)\s*</title>", superuser.get(path).content.decode())[1]  # type: ignore[index]
        for name, path in world.pages().items()
        if name in named
    ]
    assert len(set(titles)) == len(named)
    assert all(title.endswith("· 共享会员运营") for title in titles)


def test_every_page_has_one_heading_and_speaks_chinese(superuser: Client) -> None:
    for name, path in world.pages().items():
        body = superuser.get(path).content.decode()
        if name != "palette":
            assert body.count("<h1>") == 1, name
            assert '<html lang="zh-hans"' in body, name
