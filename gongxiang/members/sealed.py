"""Texts that identify a person, sealed: to be opened where they are needed, never to be searched.

    seal(purpose, text) = nonce | AES-256-GCM(key, nonce, text, purpose)

The purpose is part of the seal: what was sealed for one use opens for no other. Persons are sealed
with the identity key, the staff's second factors with the secret key; without them a copy of the
database names nobody and opens no console. What was sealed with an older key opens as long as the
settings still name that key, and is sealed anew by `keys reseal`.

Units: none. Source: H5; reliability 8 (23, 33, 34, 36).
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
FACTOR: Final = "factor"
_NONCE: Final = 12


class Unreadable(Exception):
    """Sealed with another key, for another purpose, or changed since."""


def seal(*, purpose: str, text: str) -> str:
    """Seal a text for one purpose, with the key of today."""
    nonce = secrets.token_bytes(_NONCE)
    hidden = _ciphers(purpose)[0].encrypt(nonce, text.encode(), purpose.encode())
    return base64.b64encode(nonce + hidden).decode()


def unseal(*, purpose: str, sealed: str) -> str:
    """Open what was sealed for this purpose, with any key that counts; raises `Unreadable`."""
    return _opened(purpose, sealed)[0]


def reseal(*, purpose: str, sealed: str) -> str | None:
    """Seal anew what an older key sealed; nothing for the key of today; raises `Unreadable`."""
    text, place = _opened(purpose, sealed)
    return seal(purpose=purpose, text=text) if place else None


def _opened(purpose: str, sealed: str) -> tuple[str, int]:
    """Give the text, and the place of the key that opens it: 0 is the key of today."""
    try:
        raw = base64.b64decode(sealed, validate=True)
    except ValueError as error:
        raise Unreadable(f"nothing that was sealed for {purpose}") from error
    for place, cipher in enumerate(_ciphers(purpose)):
        try:
            return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode()).decode(), place
        except (InvalidTag, ValueError):
            continue
    raise Unreadable(f"not sealed by a key of ours for {purpose}")


def _ciphers(purpose: str) -> list[AESGCM]:
    """Give the ciphers of a purpose: with the key of today, then with those before it."""
    if purpose == FACTOR:
        kind, keys = "factor", [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    else:
        kind, keys = "identity", [settings.IDENTITY_KEY, *settings.IDENTITY_KEY_FALLBACKS]
    assert keys[0], "GONGXIANG_IDENTITY_KEY is needed where persons are verified"
    return [AESGCM(hashlib.sha256(f"{kind}|{key}".encode()).digest()) for key in keys]
