"""The keys of the payment sandbox and of the merchant it knows, made once and kept in a folder.

    wechat.json, alipay.json   the merchant's side, as the platform reads it
    sandbox.json               the channels' side

Source: P1; design/stack.md (payments).
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_BITS: Final = 2_048
_NAME: Final = "sandbox.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the sandbox signs with, and what it knows of its one merchant."""

    wechat_private: str
    wechat_key_id: str
    wechat_merchant: str
    mchid: str
    appid: str
    serial: str
    api_key: str
    alipay_private: str
    alipay_merchant: str
    app_id: str
    seller_id: str


def keys_in(folder: Path, *, base: str) -> Keys:
    """Read the keys of a folder, made now if there are none; tell the merchant our address."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / _NAME).is_file():
        _make(folder)
    keys = Keys(**json.loads((folder / _NAME).read_text(encoding="utf-8")))
    page = f"{base}/oauth2/publicAppAuthorize.htm"
    for name, ours in (
        ("wechat.json", {"base": base}),
        ("alipay.json", {"base": f"{base}/gateway.do", "authorize": page}),
    ):
        told = json.loads((folder / name).read_text(encoding="utf-8"))
        _write(folder / name, told | ours)
    return keys


@lru_cache(maxsize=16)
def private(pem: str) -> RSAPrivateKey:
    """Read a private key."""
    key = load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, RSAPrivateKey), "the sandbox's keys are RSA keys"
    return key


def public_of(pem: str) -> str:
    """Give the public half of a private key."""
    return _public(private(pem))


def _make(folder: Path) -> None:
    wechat, wechat_merchant, alipay, alipay_merchant = (_fresh() for _ in range(4))
    keys = Keys(
        wechat_private=_pem(wechat),
        wechat_key_id=f"PUB_KEY_ID_{secrets.randbelow(10**20):020}",
        wechat_merchant=_public(wechat_merchant),
        mchid=f"19{secrets.randbelow(10**8):08}",
        appid=f"wx{secrets.token_hex(8)}",
        serial=secrets.token_hex(20).upper(),
        api_key=secrets.token_hex(16),
        alipay_private=_pem(alipay),
        alipay_merchant=_public(alipay_merchant),
        app_id=f"2021{secrets.randbelow(10**12):012}",
        seller_id=f"2088{secrets.randbelow(10**12):012}",
    )
    _write(
        folder / "wechat.json",
        {
            "mchid": keys.mchid,
            "appid": keys.appid,
            "serial": keys.serial,
            "private_key": _pem(wechat_merchant),
            "api_key": keys.api_key,
            "public_key_id": keys.wechat_key_id,
            "public_key": _public(wechat),
        },
    )
    _write(
        folder / "alipay.json",
        {
            "app_id": keys.app_id,
            "seller_id": keys.seller_id,
            "private_key": _pem(alipay_merchant),
            "public_key": _public(alipay),
        },
    )
    _write(folder / _NAME, asdict(keys))


def _write(path: Path, told: Mapping[str, str]) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(told, file)
    fresh.replace(path)


def _fresh() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=_BITS)


def _pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(key: RSAPrivateKey) -> str:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()
