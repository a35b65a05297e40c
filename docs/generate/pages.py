"""Which reference pages there are, and what makes each of them."""

from collections.abc import Callable
from pathlib import Path

from docs.generate.accounts import accounts
from docs.generate.acts import acts
from docs.generate.api import api_page
from docs.generate.clauses import clauses
from docs.generate.commands import commands
from docs.generate.controls import controls
from docs.generate.database import database
from docs.generate.events import events
from docs.generate.rules import rules
from docs.generate.settings import settings

REFERENCE = Path(__file__).parents[1] / "reference"
PAGES: dict[str, Callable[[], str]] = {
    "accounts.md": accounts,
    "acts.md": acts,
    "api.md": api_page,
    "clauses.md": clauses,
    "commands.md": commands,
    "controls.md": controls,
    "database.md": database,
    "events.md": events,
    "rules.md": rules,
    "settings.md": settings,
}
