"""The one door to text messages: a signed POST to the gateway that the settings name.

    POST GONGXIANG_SMS_URL   {"phone": "...", "text": "...", "id": "..."}
    X-Signature: HMAC-SHA256(GONGXIANG_SMS_KEY, body), hexadecimal

The sandbox speaks the same; only address and key differ. Redirects are not followed.

Units: seconds. Source: platform.md P1 (one door), P5; reliability 8 (11, 38).
"""

import hmac
import http.client
import json
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT_SECONDS: Final = 5
SIGNATURE: Final = "X-Signature"
_ACCEPTED: Final = range(200, 300)


class NotSent(Exception):
    """The gateway did not take the message, or did not answer in time."""


def send(*, phone: str, text: str, number: int) -> None:
    """Hand a message to the gateway under its number; raises `NotSent`."""
    if not settings.SMS_URL:
        raise NotSent("no gateway is set: GONGXIANG_SMS_URL is empty")
    body = json.dumps({"phone": phone, "text": text, "id": str(number)}).encode()
    headers = {
        "Content-Type": "application/json",
        SIGNATURE: hmac.new(settings.SMS_KEY.encode(), body, "sha256").hexdigest(),
    }
    try:
        status = _post(settings.SMS_URL, body, headers)
    except (OSError, http.client.HTTPException) as error:
        raise NotSent(f"the gateway does not answer: {type(error).__name__}") from error
    if status not in _ACCEPTED:
        raise NotSent(f"the gateway answered {status}")


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts.path or "/", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
