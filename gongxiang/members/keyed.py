"""Keyed hashes: find a phone number again without keeping it, compare a code without knowing it.

    digest(purpose, text) = HMAC-SHA256(key of the platform, purpose | text)

The purpose keeps a hash made for one use from meaning anything in another.

Units: none. Source: H5; reliability 8 (22, 32, 33, 36).
"""

import hmac
import secrets
from typing import Final

from django.conf import settings

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter that is read as a digit."""
_KEY_CHARACTERS: Final = 12
_CODE_CHARACTERS: Final = 8


def digest(purpose: str, text: str) -> str:
    """Give the keyed hash of a text for one purpose, as 64 hexadecimal digits."""
    key: str = settings.PHONE_KEY
    return hmac.new(key.encode(), f"{purpose}|{text}".encode(), "sha256").hexdigest()


def party_key(letter: str) -> str:
    """Make a key that a new party has outside: a letter and twelve random characters."""
    return letter + _random(_KEY_CHARACTERS)


def invite_code() -> str:
    """Make the code of a member's link."""
    return _random(_CODE_CHARACTERS)


def _random(count: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(count))
