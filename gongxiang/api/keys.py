"""Idempotency keys: once for a key, however often it is sent.

Units: none. Source: I-18; issue "HTTP API v1".
"""

import hashlib
from typing import Annotated, Final

from ninja import Header

_KEY_MAX: Final = 64
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


def attempt_key(key: str) -> str:
    """Give the key that a payment is opened under; one without room for ours is told by its digest.

    >>> attempt_key("a" * 16), len(attempt_key("a" * 63)), len(attempt_key("a" * 64))
    ('api-aaaaaaaaaaaaaaaa', 64, 64)
    """
    own = f"api-{key}"
    digest = hashlib.sha256(key.encode("ascii")).hexdigest()
    return own if len(own) <= _KEY_MAX else f"api:{digest[: _KEY_MAX - 4]}"


def fact_key(*, member: int, what: str, key: str) -> str:
    """Give the key that a member's act is recorded under, the same as a page's."""
    return f"{what}/{member}/{key}"
