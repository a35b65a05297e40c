"""SQL beside the models: keys that Django cannot say, and what only PostgreSQL enforces.

`keys.sql` of an app runs unchanged on one server and on Citus; `guards.sql` holds triggers and
grants, which Citus refuses on distributed tables and which `verify` checks again by sums.

Source: design/scale.md rule 6.
"""

from pathlib import Path

from django.db import migrations

PACKAGE = Path(__file__).resolve().parents[1]


def run(app: str, name: str) -> migrations.RunSQL:
    """Give the migration step that runs gongxiang/APP/sql/NAME."""
    return migrations.RunSQL((PACKAGE / app / "sql" / name).read_text(encoding="utf-8"))
