"""The addresses of the site, as its resolver knows them."""

import re
from collections.abc import Iterator
from typing import Final

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(*, aside: tuple[str, ...]) -> list[str]:
    """Give every address but those under the beginnings named aside."""
    return sorted({path for path in _walk(get_resolver(), "/") if not path.startswith(aside)})


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for one in resolver.url_patterns:
        path = before + re.sub(r"^\^|\\Z$|\$$", "", str(one.pattern))
        if isinstance(one, URLPattern):
            yield path
        else:
            yield from _walk(one, path)
