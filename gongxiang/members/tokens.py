"""Tokens that a member's programs ask with: whose one is, what it may do, until when.

A token is 256 random bits, shown once; kept is its SHA-256 alone. It counts while it has not ended,
was not revoked, and the account is open and in the epoch in which it was made: signing out on all
devices ends every token with the sessions. It is made with a fresh proof of its member; it asks for
cash within the hour after that alone.

Units: moments in microseconds. Source: reliability 8 (22, 25, 32, 33).
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import TextChoices

from gongxiang.base.clock import SECOND
from gongxiang.ledger import raw

PREFIX: Final = "gx_"
LENGTH_MAX: Final = 100
_BYTES: Final = 32
WITHDRAW_SECONDS: Final = 3_600
"""How long after its making, for which its member proved who he is, a token asks for cash."""
_MICROSECONDS: Final = "(extract(epoch FROM {}) * 1000000)::bigint"
_COUNTS: Final = """
FROM members_apitoken token JOIN members_account account USING (member_id)
 WHERE token.revoked_at IS NULL AND token.ends_at > clock_timestamp()
   AND account.closed_at IS NULL AND account.epoch = token.epoch
"""
_ROW: Final = (
    "SELECT token.id, token.member_id, token.name, token.scopes,"
    f" {_MICROSECONDS.format('token.made_at')}, {_MICROSECONDS.format('token.ends_at')},"
    f" {_MICROSECONDS.format('clock_timestamp()')} {_COUNTS}"
)
_HOLDER: Final = f"{_ROW} AND token.digest = %s"
_LIST: Final = f"{_ROW} AND token.member_id = %s ORDER BY token.id DESC"


class Scope(TextChoices):
    """What a token may do."""

    READ = "read", "看自己的订单、积分、零钱"
    PAY = "pay", "发起付款、申请退款"
    SELL = "sell", "卖出积分"
    WITHDRAW = "withdraw", "提现（做好后 1 小时内）"
    STORE = "store", "看门店订单和对账单、收款、退款"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token that counts: its number, whose it is, what it may do."""

    number: int
    member: int
    name: str
    scopes: tuple[Scope, ...]
    made_at: int
    ends_at: int
    seen_at: int

    @property
    def is_fresh(self) -> bool:
        """Tell whether the proof that it was made with is young enough to ask for cash."""
        return self.seen_at - self.made_at <= WITHDRAW_SECONDS * SECOND

    @property
    def may(self) -> str:
        """Say what it may do."""
        return "、".join(scope.label for scope in self.scopes)


def draw() -> str:
    """Draw a token."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """Give what of a token is kept.

    >>> digest("gx_")[:12]
    '986341c4b928'
    """
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(*, written: str) -> Token | None:
    """Give the token that somebody shows, while it counts."""
    is_ours = written.startswith(PREFIX) and len(written) <= LENGTH_MAX and written.isascii()
    rows = _rows(_HOLDER, digest(written)) if is_ours else []
    return _token(rows[0]) if rows else None


def tokens(*, member: int) -> tuple[Token, ...]:
    """Give the tokens of a member that count, newest first."""
    return tuple(map(_token, _rows(_LIST, member)))


def _token(row: tuple[Any, ...]) -> Token:
    number, member, name, scopes, made_at, ends_at, seen_at = row
    return Token(
        number=number,
        member=member,
        name=name,
        scopes=tuple(map(Scope, scopes.split())),
        made_at=made_at,
        ends_at=ends_at,
        seen_at=seen_at,
    )


def _rows(query: str, value: str | int) -> list[tuple[Any, ...]]:
    with raw.cursor() as cursor:
        cursor.execute(query, (value,))
        return cursor.fetchall()
