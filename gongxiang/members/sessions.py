"""Sessions in a table of ours: one prepared question gives a session and its member's standing.

Every page of a member needs both first; through the ORM, and asked for one by one, they cost more
than most of the questions after them. All else is Django's, as its manual says how to extend it.

    session.standing    the epoch and moment of the member's open account, as it was loaded
    session.now         the database's moment then; 0 where nothing was loaded

Units: moments in microseconds. Source: design/speed.md (Web); reliability 8 (25).
"""

import json
from typing import Any, Final

from django.contrib.sessions.backends import db

from gongxiang.ledger import raw
from gongxiang.members.accounts import Standing
from gongxiang.members.session_models import Session

MEMBER: Final = "member"
"""The name under which a session holds its member."""
_LOAD: Final = """
SELECT session.session_data, session.member_id, account.epoch,
       (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
  FROM members_session session
  LEFT JOIN members_account account
    ON account.member_id = session.member_id AND account.closed_at IS NULL
 WHERE session.session_key = %s AND session.expire_date > clock_timestamp()
"""


class SessionStore(db.SessionStore):
    """A session of the database."""

    standing: Standing | None = None
    now: int = 0

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Give the table."""
        return Session

    def load(self) -> dict[str, Any]:
        """Give what the session holds; nothing, and no key, for one that is over or never was."""
        key, row = self.session_key, None
        if key is not None and key.isalnum():
            with raw.cursor() as cursor:
                row = cursor.execute(_LOAD, (key,)).fetchone()
        if row is None:
            self._session_key = None
            return {}
        held, member, epoch, now = row
        self.now = now
        if epoch is not None:
            self.standing = Standing(member=member, epoch=epoch, now=now)
        kept: dict[str, Any] = self.decode(held)
        return kept

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Write the member beside what else the session holds."""
        made = super().create_model_instance(data)
        assert isinstance(made, Session), "this store's table"
        made.member_id = data.get(MEMBER)
        return made

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Write what a session holds; the table is as trustworthy as the accounts beside it."""
        return json.dumps(session_dict, separators=(",", ":"))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Read it."""
        held: dict[str, Any] = json.loads(session_data)
        return held
