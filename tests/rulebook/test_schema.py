"""The rules files have the shape that schema.json describes, and nothing else is read."""

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gongxiang.rulebook.json_schema import json_schema
from gongxiang.rulebook.load import GROUPS, RULES, load_terms, read_library
from gongxiang.rulebook.schema import MalformedRules
from tests.rulebook.json_validator import Json, is_valid, plain

SCHEMA: dict[str, Any] = json.loads((RULES / "schema.json").read_text(encoding="utf-8"))
KIND_OF_FILE = {
    **{f"{group}.toml": "rules" for group in GROUPS},
    **{f"presets/{name}.toml": "preset" for name in ("seed-1", "seed-2", "town")},
    "units.toml": "units",
    "law.toml": "law",
}


def parsed(path: Path) -> Json:
    return plain(tomllib.loads(path.read_text(encoding="utf-8")))


def test_the_schema_in_the_folder_is_the_one_the_code_makes() -> None:
    assert json_schema() == SCHEMA


def test_every_file_of_the_folder_has_a_place() -> None:
    found = {path.relative_to(RULES).as_posix() for path in RULES.rglob("*.toml")}
    assert found == set(KIND_OF_FILE)


@pytest.mark.parametrize("name", KIND_OF_FILE)
def test_every_file_is_valid(name: str) -> None:
    schema = SCHEMA["$defs"][KIND_OF_FILE[name]]
    assert is_valid(parsed(RULES / name), schema, SCHEMA)


GOOD = """
[exit_cap]
name = "封顶倍数"
sentence_zh = "到线结清。"
sentence_en = "Closed at the line."
unit = "multiple"
clause = "E13"
values = [
    { since = 2026-11-01, value = 12_000, source = "a" },
    { since = 2027-01-01, value = 20_000, source = "b" },
]
"""

PLANTED = {
    "a number with a point": ("12_000", "1.2", "value 1.2 must be whole"),
    "true for a number": ("12_000", "true", "value True must be whole"),
    "a text for a number": ("12_000", '"12000"', "value '12000' must be whole"),
    "a text for a day": ("2026-11-01", '"2026-11-01"', "since must be a date"),
    "a moment for a day": ("2026-11-01", "2026-11-01T00:00:00", "since must be a date"),
    "no source": (', source = "a"', "", "without source"),
    "an empty source": ('source = "a"', 'source = " "', "source must be a text"),
    "a key nobody knows": ('clause = "E13"', 'clause = "E13"\nlow = 1', "unknown key low"),
    "no sentence": ('sentence_en = "Closed at the line."', "", "without sentence_en"),
    "a unit nobody knows": ('"multiple"', '"percent"', "unit 'percent' is not in units.toml"),
    "values against the calendar": ("2027-01-01", "2025-01-01", "in order of date"),
    "two values of one day": ("2027-01-01", "2026-11-01", "in order of date"),
    "no values": (GOOD[GOOD.index("[\n") :], "[]", "at least one value"),
    "no table": (GOOD, "exit_cap = 1", "must be a table"),
}


def folder_with(tmp_path: Path, text: str) -> Path:
    """Copy the rules to a folder whose group `shares` holds only `text`."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    for path in (folder / "presets").glob("*.toml"):
        path.unlink()
    points = (folder / "points.toml").read_text(encoding="utf-8")
    start = points.index("[exit_cap]")
    end = points.index("[voucher_multiple]")
    (folder / "points.toml").write_text(points[:start] + points[end:], encoding="utf-8")
    shares = (folder / "shares.toml").read_text(encoding="utf-8")
    (folder / "shares.toml").write_text(text + shares, encoding="utf-8")
    return folder


def test_a_rules_file_that_is_right_is_read(tmp_path: Path) -> None:
    rule = read_library(folder=folder_with(tmp_path, GOOD)).rules["exit_cap"]
    assert [(str(dated.since), dated.value) for dated in rule.history] == [
        ("2026-11-01", 12_000),
        ("2027-01-01", 20_000),
    ]


@pytest.mark.parametrize("case", PLANTED)
def test_a_rules_file_that_is_wrong_is_refused_by_name(tmp_path: Path, case: str) -> None:
    right, wrong, reason = PLANTED[case]
    assert right in GOOD
    text = GOOD.replace(right, wrong)
    schema = SCHEMA["$defs"]["rules"]
    with pytest.raises(MalformedRules, match=reason) as refused:
        read_library(folder=folder_with(tmp_path, text))
    assert "rules/shares.toml [exit_cap]" in str(refused.value)
    calendar = "calendar" in case or "one day" in case
    blank = "empty source" in case or "moment" in case or "text for a day" in case
    if not (calendar or blank):
        assert not is_valid(plain(tomllib.loads(text)), schema, SCHEMA)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedRules, match=r"rules/shares\.toml: not TOML"):
        read_library(folder=folder_with(tmp_path, "[exit_cap"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedRules, match=r"rules/units\.toml: the file is missing"):
        read_library(folder=tmp_path)


def test_a_rule_stands_in_one_file_only(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    with (folder / "ranks.toml").open("a", encoding="utf-8") as file:
        file.write(GOOD)
    with pytest.raises(MalformedRules, match=r"ranks\.toml \[exit_cap\]: .* points\.toml"):
        read_library(folder=folder)


def test_a_preset_can_only_name_rules_that_exist(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    with (folder / "presets" / "town.toml").open("a", encoding="utf-8") as file:
        file.write('exit_cup = [{ since = 2026-11-01, value = 1, source = "a" }]\n')
    with pytest.raises(MalformedRules, match=r"presets/town\.toml: no rule is called exit_cup"):
        load_terms(preset="town", folder=folder)
