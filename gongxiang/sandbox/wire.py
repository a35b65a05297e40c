"""A request and an answer of the payment sandbox, and signing as both channels do it.

Source: P1.
"""

import base64
import binascii
import time
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gongxiang.sandbox.keys import private


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came: `path` with its question mark."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back; `is_call`: an answer that may get lost when the sandbox is told so."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_call: bool = False


def sign(pem: str, message: str) -> str:
    """Sign with SHA-256, in base64."""
    return base64.b64encode(private(pem).sign(message.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(public_pem: str, message: str, signature: str) -> bool:
    """Tell whether a merchant signed this."""
    key = load_pem_public_key(public_pem.encode())
    assert isinstance(key, RSAPublicKey), "the sandbox's keys are RSA keys"
    try:
        key.verify(base64.b64decode(signature), message.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def moment(at: int) -> str:
    """Write a moment as WeChat does.

    >>> moment(1_000_000)
    '1970-01-01T08:00:01+08:00'
    """
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(at // 1_000_000 + 8 * 3_600))
