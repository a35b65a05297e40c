"""Where a request comes from.

A header about the address counts only when proxies of ours wrote it: GONGXIANG_PROXIES tells how
many stand before us.

Units: none. Source: reliability 8 (18).
"""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Give the address of whoever asks, as far as it can be trusted."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.PROXIES
    if proxies and len(told) >= proxies and told[-proxies]:
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
