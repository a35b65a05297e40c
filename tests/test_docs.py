"""What the code offers is documented, and what the documents say is so."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import dev
from docs.generate import accounts, acts, clauses, commands, database, events, settings
from docs.generate.pages import PAGES, REFERENCE
from gongxiang.base import text
from gongxiang.base.clock import BEGINNING
from gongxiang.base.money import MYRIAD, POINT, YUAN
from gongxiang.cli.main import COMMANDS
from gongxiang.economy import accounts as chart_of_economy
from gongxiang.economy.events import Paid
from gongxiang.economy.lot import Lot
from gongxiang.economy.machine import fold
from gongxiang.economy.state import State, opened
from gongxiang.lab.files import read_entries
from gongxiang.lab.replay import fold as replayed
from gongxiang.ledger.chart import ACCOUNT_NAMES, PURPOSES
from gongxiang.rulebook.load import load_terms, read_library
from tests import tidy

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = (".venv", ".home", ".git", "node_modules")
LINK = re.compile(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"`((?:gongxiang|rules|tests|docs|bench)/[\w./-]+\.\w+)`")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|tmp)/")
TWO_COMMANDS = ("python3 dev.py up", "python3 dev.py test")


def documents() -> list[Path]:
    """List every document of the repository."""
    found = (path for path in ROOT.rglob("*.md") if not set(NOT_OURS) & set(path.parts))
    return sorted(found)


def reference(name: str) -> str:
    """Read a page of the reference."""
    return (REFERENCE / name).read_text(encoding="utf-8")


def anchors(document: str) -> set[str]:
    r"""Give what a link may point at within a document, as code hosts name headings.

    >>> sorted(anchors("# One thing\n\n## `two`, three"))
    ['one-thing', 'two-three']
    """
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(path: Path) -> Iterator[str]:
    """Give the links of a document that lead nowhere; those to other hosts are not followed."""
    for link in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        place, _, anchor = link.partition("#")
        if re.match(r"\w+:", link):
            continue
        target = path.parent / place if place else path
        if not target.exists():
            yield f"{path.relative_to(ROOT)}: {link}"
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{path.relative_to(ROOT)}: {link} (no such heading)"


@pytest.mark.parametrize("name", PAGES)
def test_the_reference_is_what_the_code_says(name: str) -> None:
    assert reference(name) == PAGES[name](), "run `.venv/bin/python -m docs.generate`"


def test_every_rule_is_documented() -> None:
    page = reference("rules.md")
    assert [name for name in read_library().rules if f"### {name} ·" not in page] == []


def test_every_preset_is_documented() -> None:
    page = reference("rules.md")
    assert [name for name in read_library().presets if f"| `{name}` |" not in page] == []


def test_every_command_and_option_is_documented() -> None:
    page = reference("commands.md")
    assert [name for name in COMMANDS if f"\n## {name}\n" not in page] == []
    options = {
        word
        for name in COMMANDS
        for action in commands.arguments_of(name)
        for word in action.option_strings
    }
    assert "--set" in options
    assert [option for option in sorted(options) if option not in page] == []


def test_every_door_is_documented() -> None:
    page = reference("commands.md")
    for name in dev.DOORS:
        assert f"\n## {name}\n" in page or f"| `{name}` |" in page, name


def test_every_environment_variable_is_documented() -> None:
    page = reference("settings.md")
    assert [name for name in settings.read_in() if f"| `{name}` |" not in page] == []


def test_every_act_is_documented() -> None:
    page = reference("acts.md")
    files = acts.act_files()
    assert files, "there are acts"
    assert [path.stem for path in files if f"\n## {path.stem}\n" not in page] == []


def test_every_table_is_documented_and_each_has_its_columns() -> None:
    page = reference("database.md")
    for model in database.models():
        assert f"\n## {database.table_of(model)}\n" in page
        for field in model._meta.fields:
            assert f"| `{field.column}` |" in page


def test_every_protected_table_exists() -> None:
    names = {database.table_of(model) for model in database.models()}
    assert database.growing() <= names
    assert {"ledger_batch", "ledger_posting", "orders_fact", "points_step"} <= database.growing()


def test_every_account_and_purpose_is_documented() -> None:
    page = reference("accounts.md")
    assert set(ACCOUNT_NAMES) == set(accounts.CONSTANTS)
    assert [number for number in ACCOUNT_NAMES if f"| {number} |" not in page] == []
    assert [name for name in PURPOSES if f"| `{name}` |" not in page] == []


def test_every_purpose_has_a_movement_and_every_leg_an_account() -> None:
    legs = [leg for _, _, found in accounts.movements() for leg in found]
    assert {purpose for purpose, _, _ in legs} == set(PURPOSES)
    assert {account for _, account, _ in legs} == set(accounts.CONSTANTS)
    assert chart_of_economy.DEBTS <= chart_of_economy.OF_A_PARTY


def test_every_line_type_and_key_is_documented() -> None:
    page = reference("events.md")
    for line in events.line_types():
        assert f"\n### {events.tag_of(line)}\n" in page
        for name in line.__struct_fields__:  # type: ignore[attr-defined]
            assert f"| `{name}` |" in page


def test_every_refusal_is_documented_with_its_word() -> None:
    page = reference("events.md")
    refused = events.refusals()
    assert len(refused) > 10
    for one in refused:
        assert f"| `{one.reason}` |" in page
        assert f"| `{one.__name__}` |" in page


def test_every_clause_that_the_code_cites_is_told() -> None:
    cited = set(clauses.kept_in())
    for rule in read_library().rules.values():
        cited |= clauses.named(text=rule.clause)
    assert cited - set(clauses.CLAUSES) == set()


def test_every_link_leads_somewhere() -> None:
    assert [link for path in documents() for link in broken_links(path)] == []


def test_a_broken_link_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_docs.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# Top\n[a](#top) [b](none.md) [c](#none) [d](https://example/)\n")
    assert list(broken_links(page)) == ["page.md: none.md", "page.md: #none (no such heading)"]


def test_every_file_that_a_document_names_exists() -> None:
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in documents()
        for name in PATH.findall(path.read_text(encoding="utf-8"))
        if not re.search(r"[A-Z]{4}", name) and not (ROOT / name).exists()
    ]
    assert missing == []


def test_every_decision_is_listed_in_the_index_of_decisions() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = [path for path in sorted(folder.glob("*.md")) if path.name != "README.md"]
    numbers = [path.name[:4] for path in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for path in pages:
        assert f"({path.name})" in index, path.name
        said = path.read_text(encoding="utf-8")
        assert all(word in said for word in ("Status:", "Date:", "Tags:")), path.name


def test_the_index_of_the_documents_leads_to_each_of_them() -> None:
    folder = ROOT / "docs"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = [path for path in documents() if path.is_relative_to(folder)]
    named = {(folder / link).resolve() for link in LINK.findall(index)} | {folder / "README.md"}
    beside = {path.parent for path in named if path.name == "README.md" and path.parent != folder}
    reached = named | beside
    assert [path.name for path in pages if not {path, path.parent} & reached] == []


def test_no_document_promises_what_the_scheme_does_not_give() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{offence}"
        for path in documents()
        for offence in tidy.honesty_offences(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_document_speaks_of_the_machine_it_was_written_on() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {place.group()}"
        for path in documents()
        for place in MACHINE.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("planted", ["see /home/ann/x", "(/root/x)", "under /tmp/x"])
def test_the_machine_is_noticed(planted: str) -> None:
    assert MACHINE.search(planted)


def test_the_readme_shows_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [command for command in TWO_COMMANDS if command not in readme] == []
    called = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert TWO_COMMANDS[1] in called


def test_the_changelog_knows_the_version() -> None:
    from gongxiang import __version__  # noqa: PLC0415

    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {__version__}" in log or "## Unreleased" in log


def test_the_events_of_the_tutorial_give_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tutorial" / "first-hour.md").read_text(encoding="utf-8")
    found = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert found, "the tutorial shows its events"
    path = tmp_path / "first.events.jsonl"
    path.write_text(found[1], encoding="utf-8")
    replay = replayed(read_entries(path), load_terms(preset="seed-1"))
    state = replay.state
    assert replay.refused == [(8, "points")]
    assert (state.cash["chen"], state.lots["order-1"].minted) == (74_670_709, 112 * POINT)
    for figure in (
        f"`{state.cash['chen']}` µ¥",
        f"`{state.lots['order-1'].minted}` atoms",
        f"minted {text.points(atoms=state.lots['order-2'].minted)[:-2]}",
        f"is owed {text.yuan(amount=state.stores['noodles'])}",
        f"{text.yuan(amount=state.unspent)} were earned by nobody",
    ):
        assert figure in page, figure


def test_pictures_are_small() -> None:
    pictures = sorted((ROOT / "docs" / "images").glob("*"))
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []
    assert "pool.png" in {path.name for path in pictures}


@pytest.fixture(scope="module")
def story() -> dict[int, State]:
    """Fold 51,437 orders of 1,000 yuan by as many members; nobody sells. Keep three moments."""
    return {orders: folded(orders) for orders in (1_138, 10_000, 51_437)}


def folded(orders: int) -> State:
    """Fold the scheme's own example for so many orders."""
    terms = load_terms(preset="seed-1")
    state = opened(terms)
    for number in range(1, orders + 1):
        order = Paid(number, number, 0, 1_000 * YUAN, 2_000, (), BEGINNING, terms)
        fold(state, order, None)
    return state


def price(state: State) -> str:
    """Write a price as pages do."""
    return text.price(units=text.price_units(pool=state.money, circulating=state.circulating))


def back(state: State, lots: list[Lot]) -> str:
    """Give what these lots have of 100 yuan: received, and what selling the rest now adds."""
    spend = sum(lot.spend for lot in lots)
    net = sum(lot.net for lot in lots)
    value = sum(lot.left for lot in lots) * state.money // state.circulating
    pays = value * state.lots[1].terms.payout_rate // MYRIAD
    hundred = 100 * YUAN
    return text.yuan(amount=(net + pays) * hundred // spend)


def test_the_figures_of_what_the_scheme_returns_are_the_engines(story: dict[int, State]) -> None:
    page = (ROOT / "docs" / "explanation" / "what-it-returns.md").read_text(encoding="utf-8")
    first, tenth, last = story.values()
    assert (first.exited, price(first)) == ([1], "10.7295")
    assert tenth.exited == [1, 2, 3, 4]
    assert last.exited[-1] == 20
    lots = [tenth.lots[number] for number in range(1, 10_001)]
    figures = (
        f"order {1_138:,}",
        f"{len(tenth.exited)} of 10,000",
        price(tenth),
        f"{back(tenth, lots[:1_000])} yuan",
        f"{back(tenth, lots[-1_000:])} yuan",
        f"{len(last.exited)} of 51,437",
        price(last),
    )
    assert [figure for figure in figures if figure not in page] == []
