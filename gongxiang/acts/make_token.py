"""A member makes a token for a program: what it may do, for how many days; told once.

Units: days. Source: reliability 8 (22, 26, 32).
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.db import transaction

from gongxiang.base import ids
from gongxiang.governance.models import RuleVersion
from gongxiang.ledger import raw
from gongxiang.members import tokens
from gongxiang.members.tokens import Scope
from gongxiang.rulebook.load import load_book

NAME_MAX: Final = 40
_ACCOUNT: Final = """
SELECT epoch FROM members_account WHERE member_id = %s AND closed_at IS NULL FOR UPDATE
"""
_LIVE: Final = """
SELECT count(*) FROM members_apitoken
 WHERE member_id = %s AND epoch = %s AND revoked_at IS NULL AND ends_at > clock_timestamp()
"""
_INSERT: Final = """
INSERT INTO members_apitoken (digest, id, member_id, name, scopes, epoch, made_at, ends_at)
VALUES (%s, %s, %s, %s, %s, %s, statement_timestamp(),
        statement_timestamp() + make_interval(days => %s))
"""


class UnfitToken(Exception):
    """No name, no scope, or no such number of days: nothing was made."""


class TooManyTokens(Exception):
    """As many tokens count as a member may have: end one first."""

    def __init__(self, most: int) -> None:
        """Keep how many there may be."""
        super().__init__(f"{most} tokens count already")
        self.most = most


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A token's number, and the token itself: nobody can tell it again."""

    number: int
    token: str


def make_token(*, member: int, name: str, scopes: Collection[Scope], days: int) -> Made:
    """Make a token of a member; raises `UnfitToken` and `TooManyTokens`."""
    named = " ".join(name.split())
    made = Made(number=ids.next_id(), token=tokens.draw())
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        version = RuleVersion.objects.latest("id")
        count_max, days_max = _limits(version.preset, tuple(version.settings))
        if not (0 < len(named) <= NAME_MAX and named.isprintable() and scopes):
            raise UnfitToken("a token needs a name and a scope")
        if not 1 <= days <= days_max:
            raise UnfitToken(f"a token lives for 1 to {days_max} days")
        cursor.execute(_ACCOUNT, (member,))
        row = cursor.fetchone()
        if row is None:
            raise UnfitToken(f"member {member} has no open account")
        cursor.execute(_LIVE, (member, row[0]))
        live = cursor.fetchone()
        if live is not None and live[0] >= count_max:
            raise TooManyTokens(count_max)
        told = " ".join(sorted(scope.value for scope in set(scopes)))
        kept = (tokens.digest(made.token), made.number, member, named, told, row[0], days)
        cursor.execute(_INSERT, kept)
    return made


@cache
def _limits(preset: str, settings: tuple[str, ...]) -> tuple[int, int]:
    """Give how many tokens a member may have, and for how many days one may live."""
    book = load_book(preset=preset, settings=settings)
    return book.number(name="tokens_max"), book.number(name="token_days_max")
