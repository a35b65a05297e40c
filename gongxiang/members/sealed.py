"""Texts that identify a person, sealed: to be opened where they are needed, never to be searched.

    seal(purpose, text) = nonce | AES-256-GCM(key, nonce, text, purpose)

The purpose is part of the seal: what was sealed for one use opens for no other. The key is the
platform's own; without it a copy of the database names nobody.

Units: none. Source: H5; reliability 8 (33, 34, 36).
"""

import base64
import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NAME: Final = "name"
DOCUMENT: Final = "document"
ACCOUNT: Final = "account"
_NONCE: Final = 12


class Unreadable(Exception):
    """Sealed with another key, for another purpose, or changed since."""


def seal(*, purpose: str, text: str) -> str:
    """Seal a text for one purpose."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = _cipher().encrypt(nonce, text.encode(), purpose.encode())
    return base64.b64encode(nonce + hidden).decode()


def unseal(*, purpose: str, sealed: str) -> str:
    """Open what was sealed for this purpose; raises `Unreadable`."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher().decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(f"not sealed by this key for {purpose}") from error


def _cipher() -> AESGCM:
    key: str = settings.IDENTITY_KEY
    assert key, "GONGXIANG_IDENTITY_KEY is needed where persons are verified"
    return AESGCM(hashlib.sha256(f"identity|{key}".encode()).digest())
