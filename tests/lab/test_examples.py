"""Every worked example gives its expected result, in every key, through the command itself.

The shared ones were made by an independent implementation; our own stand in tests/examples.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gongxiang.cli.main import main
from tests.oracle.oracle import shared as shared_folder

OURS = Path(__file__).parents[1] / "examples"


def listed(folder: Path) -> list[Any]:
    """Give name, file and settings of a folder's examples; one empty one where it is absent."""
    manifest = folder / "manifest.toml"
    if not manifest.exists():
        return [pytest.param("", "", "", id="absent")]
    found = tomllib.loads(manifest.read_text(encoding="utf-8"))["example"]
    return [
        pytest.param(
            one["name"],
            one.get("file", f"{one['name']}.events.jsonl"),
            one["set"],
            id=one["name"],
        )
        for one in found
    ]


def agree(folder: Path, name: str, file: str, settings: str, out: Path) -> None:
    """Replay one example and compare it with its expected result."""
    words = ["replay", str(folder / file), "--out", str(out)]
    assert main([*words, "--set", *settings.split()] if settings else words) == 0
    expected = json.loads((folder / f"{name}.expected.json").read_text(encoding="utf-8"))
    found = json.loads(out.read_bytes())
    assert set(found) == set(expected)
    for key in expected:
        assert found[key] == expected[key], key


@pytest.mark.parametrize(("name", "file", "settings"), listed(shared_folder() / "examples"))
def test_a_shared_example_gives_its_result(
    name: str, file: str, settings: str, shared: Path, tmp_path: Path
) -> None:
    agree(shared / "examples", name, file, settings, tmp_path / "result.json")


@pytest.mark.parametrize(("name", "file", "settings"), listed(OURS))
def test_an_example_of_ours_gives_its_result(
    name: str, file: str, settings: str, tmp_path: Path
) -> None:
    agree(OURS, name, file, settings, tmp_path / "result.json")
