"""Where a request comes from.

A header about the address counts only when proxies of ours wrote it: GONGXIANG_PROXIES tells how
many stand before us.

Units: none. Source: reliability 8 (7, 18).
"""

import ipaddress
from typing import Final

from django.conf import settings
from django.http import HttpRequest

_SUBSCRIBER_BITS: Final = 64


def address_of(request: HttpRequest) -> str:
    """Give the address of whoever asks, as far as it can be trusted."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.PROXIES
    if proxies and len(told) >= proxies and told[-proxies]:
        return told[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Give what limits count by: the address, or of IPv6 the network that one subscriber has.

    >>> network_of("2001:db8::27"), network_of("192.0.2.1"), network_of("")
    ('2001:db8::/64', '192.0.2.1', '')
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((known, _SUBSCRIBER_BITS), strict=False))


def network_of_caller(request: HttpRequest) -> str:
    """Give what limits count whoever asks by."""
    return network_of(address_of(request))
