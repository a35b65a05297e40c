"""How we speak to each channel: address, numbers and keys, from files in one folder.

    wechat.json   base, mchid, appid, serial, private_key, api_key, public_key_id, public_key, name
    alipay.json   base, app_id, seller_id, private_key, public_key, authorize

The sandbox writes the same files that an operator fills in for the real hosts: only addresses and
keys differ. A file that changed is read again.

Units: none. Source: P1; design/stack.md (payments).
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from django.conf import settings

from gongxiang.payments.provider import Provider

WECHAT_BASE: Final = "https://api.mch.weixin.qq.com"
ALIPAY_BASE: Final = "https://openapi.alipay.com/gateway.do"


class NoChannel(Exception):
    """There is no such channel here: its file is missing or cannot be read."""


class WechatChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The platform's account at WeChat Pay, as a service provider, and WeChat's key."""

    mchid: str
    appid: str
    serial: str
    private_key: str
    api_key: str
    public_key_id: str
    public_key: str
    name: str = ""
    base: str = WECHAT_BASE


class AlipayChannel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The platform's application and own account (`seller_id`) at Alipay, and Alipay's key.

    `authorize` is Alipay's page that asks who somebody is; without it nobody signs in by Alipay.
    """

    app_id: str
    seller_id: str
    private_key: str
    public_key: str
    authorize: str = ""
    base: str = ALIPAY_BASE


Channel = TypeVar("Channel", WechatChannel, AlipayChannel)


def wechat() -> WechatChannel:
    """Give the WeChat channel; raises `NoChannel`."""
    return _read(WechatChannel, Provider.WECHAT)


def alipay() -> AlipayChannel:
    """Give the Alipay channel; raises `NoChannel`."""
    return _read(AlipayChannel, Provider.ALIPAY)


def open_channels() -> tuple[Provider, ...]:
    """List the channels that there are."""
    return tuple(each for each in Provider if _path(each).is_file())


def _read(kind: type[Channel], provider: Provider) -> Channel:
    path = _path(provider)
    try:
        found: Channel = _decode(kind, path, path.stat().st_mtime_ns)
    except (OSError, msgspec.MsgspecError) as error:
        raise NoChannel(f"{path}: {error}") from error
    return found


def _path(provider: Provider) -> Path:
    folder: str = settings.CHANNELS_FOLDER or os.devnull
    return Path(folder) / f"{provider.value}.json"


@lru_cache(maxsize=8)
def _decode(kind: type[Channel], path: Path, changed_at: int) -> Channel:  # noqa: ARG001  part of the key
    return msgspec.json.decode(path.read_bytes(), type=kind)
