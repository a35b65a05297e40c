"""Pictures that stores hand in: kept outside the web's tree, under names of chance.

    GONGXIANG_DOCUMENTS/ab/ab3f...   one JPEG of our own drawing, mode 0600

The name says nothing and is the only way to a file; who may ask for it, the caller knows. A file
is written whole before a row names it, so a row never names half a picture.

Units: bytes. Source: reliability 8 (20, 32): ASVS 5.2.1, 5.3.1, 5.3.2, 5.4.1.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpResponse

_NAME_BYTES: Final = 16
_NAME: Final = re.compile(r"[0-9a-f]{32}", re.ASCII).fullmatch
_DRAFT: Final = ".draft"
_POLICY: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def keep(data: bytes) -> str:
    """Write a picture down; give the name of chance by which it is found again."""
    name = secrets.token_hex(_NAME_BYTES)
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(_DRAFT)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return name


def read(name: str) -> bytes | None:
    """Give a picture by its name; nothing where there is none."""
    if _NAME(name) is None:
        return None
    try:
        return _path(name).read_bytes()
    except FileNotFoundError:
        return None


def drop(name: str) -> None:
    """Forget a picture that no row names any more."""
    assert _NAME(name), "only names of ours are dropped"
    for path in (_path(name), _path(name).with_suffix(_DRAFT)):
        path.unlink(missing_ok=True)


def written(*, since: int, until: int) -> Iterator[str]:
    """Name every file that was written in [since, until), in seconds since 1970 UTC."""
    folder: Path = settings.DOCUMENTS_FOLDER
    for path in sorted(folder.glob("[0-9a-f][0-9a-f]/*")):
        with contextlib.suppress(FileNotFoundError):
            if _NAME(path.stem) and since <= path.stat().st_mtime < until:
                yield path.stem


def private_answer(name: str, *, called: str) -> HttpResponse:
    """Answer with a picture for who may see it: never guessed, run, framed or kept by a cache.

    Raises `Http404`.
    """
    response = _answer(name)
    response["Content-Disposition"] = f'attachment; filename="{called}.jpg"'
    response["Cache-Control"] = "private, no-store"
    return response


def public_answer(name: str) -> HttpResponse:
    """Answer with a picture for everybody; raises `Http404`."""
    response = _answer(name)
    response["Content-Disposition"] = 'inline; filename="photo.jpg"'
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _answer(name: str) -> HttpResponse:
    data = read(name)
    if data is None:
        raise Http404
    response = HttpResponse(data, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    return response


def _path(name: str) -> Path:
    folder: Path = settings.DOCUMENTS_FOLDER
    return folder / name[:2] / name
