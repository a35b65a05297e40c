"""An applicant fills in a step: every text is kept as he typed it, fit or not.

Units: none. Source: design/ui/faces.md 1.7 (nothing typed is lost); reliability 8 (2, 29).
"""

import json
from collections.abc import Mapping
from typing import Final

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.merchants.applications import FIELDS, TEXT_MAX

EDITABLE: Final = ("draft", "incomplete")
_SAVE: Final = """
UPDATE merchants_application SET typed = typed || %s::jsonb
 WHERE (member_id, id) = (%s, %s) AND state = ANY(%s)
"""


class NotEditable(Exception):
    """No such application of this person, or it was handed in: nothing was changed."""


def save_application(*, member: int, application: int, typed: Mapping[str, str]) -> None:
    """Keep what was typed of the fields that there are; raises `NotEditable`."""
    kept = {field: typed[field].replace("\0", "")[:TEXT_MAX] for field in FIELDS if field in typed}
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        text = json.dumps(kept, ensure_ascii=False)
        cursor.execute(_SAVE, (text, member, application, list(EDITABLE)))
        if not cursor.rowcount:
            raise NotEditable(f"application {application}")
