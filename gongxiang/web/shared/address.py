"""Where a request comes from, and where a page may send somebody on to.

A header about the address counts only when proxies of ours wrote it: GONGXIANG_PROXIES tells how
many stand before us.

Units: none. Source: reliability 8 (18); design/ui/faces.md 6.1.
"""

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

_MAX = 500


def address_of(request: HttpRequest) -> str:
    """Give the address of whoever asks, as far as it can be trusted."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.PROXIES
    if proxies and len(told) >= proxies and told[-proxies]:
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def way_on(asked: str, *, default: str) -> str:
    r"""Give a page of ours to go on to: what was asked for, if it is one.

    >>> way_on("/points?x=1", default="/"), way_on("https://elsewhere.example", default="/")
    ('/points?x=1', '/')
    >>> way_on("//elsewhere.example", default="/"), way_on("/\\elsewhere.example", default="/")
    ('/', '/')
    """
    is_ours = (
        len(asked) <= _MAX
        and asked.startswith("/")
        and asked.isprintable()
        and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    )
    return asked if is_ours else default
