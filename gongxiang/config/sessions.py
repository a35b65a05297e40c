"""Django's sessions in the database, read by one prepared question instead of the ORM's.

Every page of a member reads his session first; through the ORM that costs more than most of the
questions after it. All else is Django's own.

Units: none. Source: design/speed.md (Web).
"""

from typing import Any, Final

from django.contrib.sessions.backends import db

from gongxiang.ledger import raw

_LOAD: Final = """
SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > clock_timestamp()
"""


class SessionStore(db.SessionStore):
    """A session of the database."""

    def load(self) -> dict[str, Any]:
        """Give what the session holds; nothing, and no key, for one that is over or never was."""
        key, row = self.session_key, None
        if key is not None and key.isalnum():
            with raw.cursor() as cursor:
                row = cursor.execute(_LOAD, (key,)).fetchone()
        if row is None:
            self._session_key = None
            return {}
        kept: dict[str, Any] = self.decode(row[0])
        return kept
