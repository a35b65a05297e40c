"""What the page for auditors says is there: each row has its modules, and its tests or a reason.

Source: reliability 8.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from docs.generate import controls
from docs.generate.controls import GROUPS, Row

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = {
    "control": [str(number) for number in range(1, 44)],
    "wrapper": [str(number) for number in range(1, 11)],
    "attack": [f"A{number}" for number in range(1, 24)],
    "fault": [f"C{number}" for number in range(1, 15)],
    "check": [f"Q{number}" for number in range(1, 11)],
}


def offences(row: Row) -> list[str]:
    """Tell what a row names and is not there, or that it is neither proved nor has a reason."""
    return [
        *(f"no {path}" for path in row.where if not (ROOT / path).exists()),
        *(f"no {file}::{name}" for file, name in row.proof if name not in names_in(file)),
        *(["neither proof nor reason"] if not row.proof and not row.reason else []),
        *(["stands nowhere"] if not row.where else []),
    ]


@cache
def names_in(file: str) -> frozenset[str]:
    """Give the names of the tests of a file."""
    path = ROOT / "tests" / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_has_its_modules_and_its_tests_or_a_reason() -> None:
    found = {f"{row.group} {row.number}": offences(row) for row in controls.rows()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_number_of_the_specification_is_there_once() -> None:
    found: dict[str, list[str]] = {group: [] for group in GROUPS}
    for row in controls.rows():
        found[row.group].append(row.number)
    assert {group: found[group] for group in NUMBERS} == NUMBERS
    assert len(found["bug"]) == 13


@pytest.mark.parametrize(
    ("where", "proof", "reason", "wrong"),
    [
        ("gongxiang/nothing.py", (), "later", "no gongxiang/nothing.py"),
        ("dev.py", (("test_tidy.py", "test_nothing"),), "", "no test_tidy.py::test_nothing"),
        ("dev.py", (("test_none.py", "test_x"),), "", "no test_none.py::test_x"),
        ("dev.py", (), "", "neither proof nor reason"),
    ],
)
def test_a_row_that_is_wrong_is_noticed(
    where: str, proof: tuple[tuple[str, str], ...], reason: str, wrong: str
) -> None:
    row = Row(group="control", number="1", holds="x", where=(where,), proof=proof, reason=reason)
    assert offences(row) == [wrong]
