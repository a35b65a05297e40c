"""controls.md: what defends the platform, for who audits it: what holds, where, and by which tests.

The rows stand in `controls.toml` beside this file; a test refuses a row that names a test or a
module that is not there, or that neither is proved nor says why.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from docs.generate.markdown import code, page, table

ROWS = Path(__file__).with_name("controls.toml")
GROUPS = {
    "control": ("Controls", "By the numbers of the specification, reliability 8."),
    "wrapper": ("Notices of payment channels", "What stands around each channel's own client."),
    "attack": ("Attacks on the economy", ""),
    "fault": ("Faults and concurrency", ""),
    "check": ("Checks beside the platform", "What is compared all the time or day by day."),
    "bug": ("Bugs of software of this kind", "What others had, and why it is not here."),
}
INTRODUCTION = """\
This page is for who audits the platform. Each row says what holds, in which modules, and which
tests prove it; where something is not proved or not here yet, the row says so and why. The files
of tests are below `tests/`; `python3 dev.py test FILE -k NAME` runs one.

What is checked by the linters and by no test: `ruff` with all its rules, those of security (S)
among them, `mypy --strict`, and the layers of the imports (`python3 dev.py lint`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: proof is (file, name of a test) each."""

    group: str
    number: str
    holds: str
    where: tuple[str, ...]
    proof: tuple[tuple[str, str], ...]
    reason: str


def rows() -> list[Row]:
    """Read the rows."""
    told = tomllib.loads(ROWS.read_text(encoding="utf-8"))
    return [
        Row(
            group=group,
            number=number,
            holds=row["holds"],
            where=tuple(row["where"]),
            proof=tuple(
                (file, f"test_{name}")
                for file, names in row.get("proof", {}).items()
                for name in names
            ),
            reason=row.get("reason", ""),
        )
        for group, numbered in told.items()
        for number, row in numbered.items()
    ]


def controls() -> str:
    """Make the page."""
    parts, found = [INTRODUCTION], rows()
    for group, (title, note) in GROUPS.items():
        listed = [_written(row) for row in found if row.group == group]
        head = ("", "what holds", "where", "proved by")
        parts += [f"## {title}", *([note] if note else []), table(head=head, rows=listed)]
    return page(title="Controls", parts=parts)


def _written(row: Row) -> tuple[str, str, str, str]:
    files: dict[str, list[str]] = {}
    for file, name in row.proof:
        files.setdefault(file, []).append(code(name))
    proof = "; ".join(f"{code(file)}: {', '.join(names)}" for file, names in files.items())
    said = f"{row.holds} *{row.reason}*" if row.reason else row.holds
    return row.number, said, ", ".join(map(code, row.where)), proof or "—"
