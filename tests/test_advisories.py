"""A known vulnerability is named and fails; a network that is down says so and fails nothing.

Source: reliability 8 (41).
"""

import importlib.util
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SPECIFICATION = importlib.util.spec_from_file_location("dev_door", ROOT / "dev.py")
assert SPECIFICATION is not None
assert SPECIFICATION.loader is not None
DEV = importlib.util.module_from_spec(SPECIFICATION)
SPECIFICATION.loader.exec_module(DEV)


def test_what_is_known_is_named_with_the_version_that_mends_it() -> None:
    flaws = [
        {"id": "PYSEC-2026-1", "fix_versions": ["5.2.9", "6.0.1"], "aliases": []},
        {"id": "PYSEC-2026-2", "fix_versions": [], "aliases": []},
    ]
    told = [
        {"name": "django", "version": "5.2.0", "vulns": flaws},
        {"name": "jinja2", "version": "3.1.6", "vulns": []},
        {"name": "granian", "skip_reason": "not found"},
    ]
    assert DEV.known_vulnerabilities(json.dumps({"dependencies": told, "fixes": []})) == (
        [
            "django 5.2.0: PYSEC-2026-1, mended in 5.2.9, 6.0.1",
            "django 5.2.0: PYSEC-2026-2, mended in no version",
        ],
        2,
    )


def test_a_report_that_was_not_written_is_about_nothing() -> None:
    assert DEV.known_vulnerabilities("") == ([], 0)
