"""Typed readers of environment variables; a value that cannot be read is refused by name."""

import json
import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_HOUR: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
NO_DATABASE: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "NAME": ""}


def text(name: str, *, default: str = "") -> str:
    """Read a text; an empty variable counts as absent."""
    return os.environ.get(name) or default


def choice(name: str, *, choices: Collection[str], default: str) -> str:
    """Read one of the choices."""
    value = text(name, default=default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of {', '.join(choices)}")
    return value


def hour(name: str) -> str:
    """Read an hour of the day as `03:30`, empty where there is none."""
    value = os.environ.get(name, "").strip()
    if value and not _HOUR.fullmatch(value):
        raise ImproperlyConfigured(f"{name} must be an hour of the day, as 03:30: {value!r}")
    return value


def whole(name: str, *, default: int) -> int:
    """Read a whole number, 0 or more."""
    value = text(name, default=str(default))
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number, 0 or more")
    return int(value)


def flag(name: str) -> bool:
    """Read a switch: 1 or 0, off when absent."""
    return choice(name, choices=("0", "1"), default="0") == "1"


def words(name: str, *, default: Collection[str] = ()) -> list[str]:
    """Read a list, separated by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def gateway(name: str, *, is_production: bool, default: str = "") -> str:
    """Read the address of a service outside; in production https and none on this machine."""
    url = text(name, default=default)
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ImproperlyConfigured(f"{name} must look like https://host/path")
    is_here = parts.hostname in {"localhost", "::1"} or (parts.hostname or "").startswith("127.")
    if url and is_production and (parts.scheme != "https" or is_here):
        raise ImproperlyConfigured(f"{name} is a sandbox; production needs an https address")
    return url


def database(url: str) -> dict[str, Any]:
    """Return Django's form of a PostgreSQL address.

    >>> database("postgresql://ann:secret@db.example:5433/town?sslmode=require")["PORT"]
    '5433'
    """
    if not url:
        return dict(NO_DATABASE)
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}") from error
    name = parts.path.removeprefix("/")
    if parts.scheme not in {"postgres", "postgresql"} or not name:
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(name),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port),
        "OPTIONS": {"connect_timeout": 10, **dict(parse_qsl(parts.query))},
    }


def channels(name: str, *, sandbox: Path, is_production: bool) -> str:
    """Give the folder of the payment channels; in production none that a sandbox plays in.

    A channel whose file names an address without https moves no real money, so it is refused.
    """
    if not is_production:
        return text(name) or str(sandbox)
    folder = text(name)
    for path in sorted(Path(folder).glob("*.json")) if folder else ():
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise ImproperlyConfigured(f"{path} cannot be read: {error}") from error
        addresses = [told[name] for name in ("base", "authorize") if told.get(name)]
        if path.name == "sandbox.json" or not all(one.startswith("https://") for one in addresses):
            raise ImproperlyConfigured(f"{path} is a sandbox: production refuses it")
    return folder


def wechat_app(name: str, *, channels_folder: str) -> str:
    """Read the app that people sign in by; another one than the payments' is refused.

    WeChat knows a person by another number in every app: who signed in by another one than he pays
    by would never find what he paid for.
    """
    app = text(name)
    path = Path(channels_folder) / "wechat.json"
    if not (app and channels_folder and path.is_file()):
        return app
    try:
        payments: str = json.loads(path.read_text(encoding="utf-8")).get("appid", "")
    except ValueError as error:
        raise ImproperlyConfigured(f"{path} cannot be read: {error}") from error
    if payments != app:
        raise ImproperlyConfigured(
            f"{name} is {app}, and payments are taken under {payments} ({path}): one person has"
            " another openid in each app, so nobody would find what he paid for; use one app"
        )
    return app
