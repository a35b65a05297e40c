"""A page that learns of arrivals by itself: where it listens, and what its browser may load.

    GONGXIANG_STREAM   ":8001" the same host at another port, "/stream" a path that the proxy leads
                       to the stream process, a whole address, or empty: the page asks again by
                       itself every few seconds, as it does without script

Units: none. Source: design/ui/faces.md 9; docs/adr/0015-arrivals-by-notify.md.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gongxiang.web.live.tokens import token
from gongxiang.web.middleware import PUBLIC_POLICY


def stream_address(request: HttpRequest, *, topic: str) -> str:
    """Give the address at which this page hears of a topic; empty where there is no stream."""
    base = _base(request)
    return f"{base}/live?t={token(topic=topic)}" if base else ""


def allow_script(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the page load this host's own script, and listen to the stream."""
    parts = urlsplit(_base(request))
    origin = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    response["Content-Security-Policy"] = (
        f"{PUBLIC_POLICY}; script-src 'self'; connect-src 'self'{origin}"
    )
    return response


def _base(request: HttpRequest) -> str:
    base: str = settings.STREAM_ADDRESS
    if not base.startswith(":"):
        return base
    host = request.get_host().removesuffix(f":{request.get_port()}")
    return f"{request.scheme}://{host}{base}"
