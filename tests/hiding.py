"""Row-level security, in tests alone: the database hides what is not named as one's own.

Where every question names its owner already, hiding the rows of others changes no answer.

Source: reliability 8 (28, 30).
"""

import re
from typing import Final

import psycopg
from django.db import connection
from django.http.response import HttpResponseBase

from tests.acts import town
from tests.test_schema import COLOCATED

PRIVATE: Final = (
    *("ledger_posting", "members_consent", "members_message", "members_messagemark"),
    *("members_payee", "members_verified", "merchants_application", "merchants_changerequest"),
    *("payments_shift", "payments_storerefund", "points_sale", "treasury_payin"),
    *("treasury_payout", "treasury_withdrawal", "treasury_withdrawalreturn"),
)
"""Tables whose rows nobody sees but the party that their keys begin with."""
OWNS: Final = {"member": ("lin",), "cashier": ("qinghe", "fang"), "owner": ("afang", "fang")}
"""Who asks, and the parties that are his: himself, and the store that he works in."""
_EACH_TIME: Final = re.compile(
    r'name="(?:csrfmiddlewaretoken|token|once)" value="[^"]*"'
    r'|datetime="[^"]*"|state=\w+|"record": "\w+"'
)


def make_hidable(admin: psycopg.Connection) -> None:
    """Let the application's role see what `see_only` names; at first, everything."""
    for table in PRIVATE:
        admin.execute(
            f"CREATE POLICY own ON {table} USING (current_setting('own.all') = 'yes' OR"
            f" {COLOCATED[table]} = ANY(current_setting('own.parties')::bigint[]))"
        )
        admin.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    see_only(None)


def see_only(role: str | None) -> None:
    """Hide what is not somebody's own; hide nothing for nobody, and everything for a stranger."""
    keys = OWNS.get(role or "", ())
    own = [town.party(key, kind=kind) for kind, key in enumerate(keys, 1)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('own.all', %s, false), set_config('own.parties', %s, false)",
            ["" if role else "yes", f"{{{','.join(map(str, own))}}}"],
        )


def told(answer: HttpResponseBase) -> tuple[int, str]:
    """Give what an answer says, but for what is drawn anew each time."""
    page = getattr(answer, "content", b"").decode(errors="replace")
    return answer.status_code, _EACH_TIME.sub("", page)
