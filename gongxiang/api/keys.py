"""Idempotency keys: once for a key, however often it is sent.

Units: none. Source: I-18; issue "HTTP API v1".
"""

from typing import Annotated

from ninja import Header

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=16,
        max_length=64,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="a key of yours, once for what you want done; random, 16 to 64 characters",
    ),
]


def fact_key(*, member: int, what: str, key: str) -> str:
    """Give the key that a member's act is recorded under, the same as a page's."""
    return f"{what}/{member}/{key}"
