"""Programs of the people of the town, each with a token of its own."""

from collections.abc import Iterable

from gongxiang.acts.make_token import make_token
from gongxiang.members.tokens import Scope
from tests.acts import town
from tests.api.asked import Program
from tests.web.signed import signed_in


def token_of(key: str, scopes: Iterable[Scope] = tuple(Scope)) -> str:
    """Open an account for somebody and make a token that may do all, or what is named."""
    signed_in(key)
    made = make_token(member=town.party(key), name="程序", scopes=tuple(scopes), days=30)
    return made.token


def program_of(key: str, *scopes: Scope) -> Program:
    """Give a program of somebody."""
    return Program(token_of(key, scopes or tuple(Scope)))


def key(number: int = 1) -> str:
    """Give an idempotency key."""
    return f"key-{number:012}"
