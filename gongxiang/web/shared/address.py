"""Where a request comes from, and where a page may send somebody on to.

Units: none. Source: reliability 8 (18); design/ui/faces.md 6.1.
"""

from django.utils.http import url_has_allowed_host_and_scheme

from gongxiang.members.address import address_of

__all__ = ["address_of", "way_on"]

_MAX = 500


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
