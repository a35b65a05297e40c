"""The tree keeps the house rules, and each rule would notice."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests import tidy

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "gongxiang"
NEAR_MONEY = (
    *("base/money.py", "economy", "rulebook", "ledger", "settlement"),
    *("acts", "points", "orders", "treasury"),
)
SPLICES = {
    "acts/reseal_texts.py": "names of tables and columns, from a table of ours",
    "ledger/together.py": "questions of ours, several in one",
    "ops/acting/audit.py": "conditions of ours, each with its value bound",
    "ops/acting/withdrawals.py": "a direction, and the condition of a queue that is one of ours",
    "queries/messages.py": "questions of ours, several in one",
    "settlement/load.py": "questions of ours, several in one",
}
"""Where a function puts a question together out of what stands in the code."""
HOSTS_CLOCK = {
    "base/ids.py": "a number is new, and its digits say nothing of when",
    "acts/sweep_documents.py": "how old a file is, by the clock of the host that wrote it",
}
"""Where the host's clock is asked, and what hangs on it. The sandbox plays other hosts."""
TEXTS = ("*.py", "*.html", "*.txt", "*.toml", "*.po", "*.svg", "*.js", "*.css")
PAGES = ("*.html", "*.svg", "*.js", "*.css")


def offences(paths: Iterable[Path], find: Callable[[str], list[str]]) -> list[str]:
    """Name every offence with its file and line."""
    return [
        f"{path.relative_to(ROOT)}:{offence}"
        for path in paths
        for offence in find(path.read_text(encoding="utf-8"))
    ]


def test_no_float_no_decimal_no_division_near_money() -> None:
    paths = [path for name in NEAR_MONEY for path in tidy.sources(PACKAGE / name, "*.py")]
    assert offences(paths, tidy.money_offences) == []


@pytest.mark.parametrize(
    ("planted", "offence"),
    [
        ("rate = 0.2", "1: 0.2 is a float"),
        ("x = 1\nrate = float(text)", "2: float"),
        ("from decimal import Decimal\nx = Decimal(1)", "2: Decimal"),
        ("x = decimal.Decimal(1)", "1: Decimal"),
        ("amount = models.DecimalField()", "1: DecimalField"),
        ("def half(a: int) -> int:\n    return a / 2", "2: / instead of //"),
        ("a /= 2", "1: /= instead of //="),
    ],
)
def test_inexact_money_is_noticed(planted: str, offence: str) -> None:
    assert tidy.money_offences(planted) == [offence]


def test_whole_numbers_and_paths_are_no_offence() -> None:
    assert tidy.money_offences('x = 7 // 2\npath = ROOT / app / "sql" / name\ny = "0.2 / 3"') == []


def test_functions_and_modules_are_short() -> None:
    assert offences(tidy.sources(PACKAGE, "*.py"), tidy.length_offences) == []


def test_a_long_function_is_noticed() -> None:
    sixty = "def f() -> None:\n" + "    x = 1\n" * 59
    assert tidy.length_offences(sixty) == []
    assert tidy.length_offences(sixty + "    x = 2\n") == ["1: f of 61 lines"]


def test_a_long_module_is_noticed() -> None:
    assert tidy.length_offences("x = 1\n" * 400) == []
    assert tidy.length_offences("x = 1\n" * 401) == ["1: module of 402 lines"]


def test_an_act_file_offers_one_function_of_its_name() -> None:
    for path in tidy.sources(PACKAGE / "acts", "[!_]*.py"):
        found = tidy.act_offences(path.read_text(encoding="utf-8"), name=path.stem)
        assert found == [], path.name


def test_a_second_act_in_a_file_is_noticed() -> None:
    one = "class Refused(Exception): ...\ndef _helper(): ...\ndef refund(): ...\n"
    assert tidy.act_offences(one, name="refund") == []
    assert tidy.act_offences(one, name="sell") != []
    assert tidy.act_offences(one + "def sell(): ...\n", name="refund") != []


def test_every_module_says_what_it_is() -> None:
    paths = [path for path in tidy.sources(PACKAGE, "*.py") if path.parent.name != "migrations"]
    assert offences(paths, tidy.docstring_offences) == []


def test_every_rule_of_the_economy_names_its_source() -> None:
    paths = tidy.sources(PACKAGE / "economy", "[!_]*.py")
    assert offences(paths, lambda text: tidy.docstring_offences(text, heading="Source:")) == []


def test_a_missing_docstring_and_a_missing_source_are_noticed() -> None:
    assert tidy.docstring_offences("x = 1") == ["1: no module docstring"]
    assert tidy.docstring_offences('"""Mint.\n\nSource: E6."""', heading="Source:") == []
    assert tidy.docstring_offences('"""Mint."""', heading="Source:") != []


def test_no_text_promises_what_the_scheme_does_not_give() -> None:
    paths = tidy.sources(PACKAGE, *TEXTS) + tidy.sources(ROOT / "rules", *TEXTS)
    assert offences(paths, tidy.honesty_offences) == []


@pytest.mark.parametrize("word", tidy.DISHONEST)
def test_a_promise_is_noticed(word: str) -> None:
    assert f"2: {word}" in tidy.honesty_offences(f"<p>\n积分{word.capitalize()}!</p>")


def test_the_fixed_sentence_is_no_promise() -> None:
    assert tidy.honesty_offences("<b>积分不保本、不保收益。</b>") == []
    assert tidy.honesty_offences("积分不保本") == ["1: 保本"]


def test_no_page_loads_anything_from_elsewhere() -> None:
    assert offences(tidy.sources(PACKAGE, *PAGES), tidy.remote_offences) == []


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://cdn.example/x.js">',
        '<img src="http://example/x.png">',
        '<link href="//fonts.example/css">',
        "body { background: url(//example/x.png) }",
        '@import "//example/x.css";',
    ],
)
def test_a_remote_resource_is_noticed(planted: str) -> None:
    assert tidy.remote_offences(planted) == [f"1: {planted}"]


def test_links_and_namespaces_load_nothing() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    assert tidy.remote_offences(f'{svg}<a class="x" href="https://example/">x</a>') == []


def test_only_acts_and_the_settlement_lock_rows() -> None:
    allowed = (PACKAGE / "acts", PACKAGE / "settlement")
    paths = [
        path
        for path in tidy.sources(PACKAGE, "*.py")
        if not any(path.is_relative_to(folder) for folder in allowed)
    ]
    assert offences(paths, tidy.lock_offences) == []


def test_a_row_lock_is_noticed() -> None:
    planted = "x = 1\nOrder.objects.select_for_update().get()"
    assert tidy.lock_offences(planted) == ["2: select_for_update"]


def test_nothing_but_a_constant_is_spliced_into_a_question_of_the_database() -> None:
    paths = [
        path
        for path in tidy.sources(PACKAGE, "*.py")
        if str(path.relative_to(PACKAGE)) not in SPLICES
    ]
    assert offences(paths, tidy.sql_offences) == []
    for name in SPLICES:
        assert tidy.sql_offences((PACKAGE / name).read_text(encoding="utf-8")) != [], name


@pytest.mark.parametrize(
    ("planted", "offence"),
    [
        ("def f(x):\n    return f'SELECT 1 FROM a ORDER BY {x}'", ["2: x"]),
        ("def f(x):\n    return f'{_FIELDS} WHERE id = {x.id} LIMIT %s'", ["2: x.id"]),
        ("_ALL = f'{_FIELDS} ORDER BY id'\ndef f(x): return f'{x} 元'", []),
    ],
)
def test_a_spliced_value_is_noticed(planted: str, offence: list[str]) -> None:
    assert tidy.sql_offences(planted) == offence


def test_nothing_asks_the_hosts_clock() -> None:
    paths = [
        path
        for path in tidy.sources(PACKAGE, "*.py")
        if not path.is_relative_to(PACKAGE / "sandbox")
        and str(path.relative_to(PACKAGE)) not in HOSTS_CLOCK
    ]
    assert offences(paths, tidy.clock_offences) == []
    for name in HOSTS_CLOCK:
        assert tidy.clock_offences((PACKAGE / name).read_text(encoding="utf-8")) != [], name


@pytest.mark.parametrize("planted", ["timezone.now()", "datetime.now(UTC)", "time.time()"])
def test_the_hosts_clock_is_noticed(planted: str) -> None:
    assert tidy.clock_offences(f"x = 1\nat = {planted}") == [f"2: {planted.partition('(')[0]}"]


def test_nothing_runs_what_it_reads_or_draws_what_can_be_guessed() -> None:
    assert offences(tidy.sources(PACKAGE, "*.py"), tidy.import_offences) == [
        "gongxiang/lab/town.py:14: random"
    ], "a story of the town is drawn by its seed, and is no secret"


@pytest.mark.parametrize("name", sorted(tidy.UNSAFE))
def test_an_unsafe_module_is_noticed(name: str) -> None:
    assert tidy.import_offences(f"import os\nfrom {name} import x") == [f"2: {name}"]


def test_no_call_to_another_host_follows_its_answer_elsewhere_or_waits_for_ever() -> None:
    paths = [
        path
        for path in tidy.sources(PACKAGE, "*.py")
        if not path.is_relative_to(PACKAGE / "sandbox")
    ]
    assert offences(paths, tidy.call_offences) == []


def test_a_call_that_would_is_noticed() -> None:
    planted = "x = 1\nrequests.post(url, timeout=3)\nurllib.request.urlopen(url)"
    assert tidy.call_offences(planted) == ["2: requests.post", "3: urllib.request.urlopen"]


def test_what_begins_and_ends_does_so_by_one_look_at_the_clock() -> None:
    assert offences(tidy.sources(PACKAGE, "*.py"), tidy.moment_offences) == []


def test_a_second_look_at_the_clock_is_noticed() -> None:
    planted = "x = 1\nVALUES (clock_timestamp(),\n    clock_timestamp() + make_interval(secs => 1))"
    assert tidy.moment_offences(planted) == ["2: two moments"]
