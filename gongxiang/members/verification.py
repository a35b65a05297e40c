"""The one door to who somebody is: a signed POST to the gateway that the settings name.

    POST GONGXIANG_VERIFY_URL   {"name": "...", "document": "...", "id": "..."}
    X-Signature: HMAC-SHA256(GONGXIANG_VERIFY_KEY, body), hexadecimal
    200 {"id": "...", "match": true | false}, signed in the same way

The sandbox speaks the same; only address and key differ. What is asked stands in no log.

Units: seconds. Source: H5; platform.md P1 (one door), P5; reliability 8 (11, 36, 38).
"""

import hmac
import http.client
import json
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

TIMEOUT_SECONDS: Final = 5
SIGNATURE: Final = "X-Signature"
ANSWER_MAX: Final = 4_096
_OK: Final = 200


class NotAnswered(Exception):
    """The gateway did not answer, or not as itself: nobody was verified."""


def is_match(*, name: str, document: str, number: int) -> bool:
    """Tell whether a name and a document belong together; raises `NotAnswered`."""
    assert not connection.in_atomic_block, "no external call inside a transaction (P5)"
    if not settings.VERIFY_URL:
        raise NotAnswered("no gateway is set: GONGXIANG_VERIFY_URL is empty")
    body = json.dumps({"name": name, "document": document, "id": str(number)}).encode()
    try:
        status, answer, signature = _post(settings.VERIFY_URL, body)
    except (OSError, http.client.HTTPException) as error:
        raise NotAnswered(f"the gateway does not answer: {type(error).__name__}") from error
    if status != _OK or not hmac.compare_digest(signature, _signed(answer)):
        raise NotAnswered(f"the gateway answered {status}, or somebody else did")
    try:
        told = json.loads(answer)
        found = told["match"] if told["id"] == str(number) else None
    except (ValueError, KeyError, TypeError) as error:
        raise NotAnswered("an answer that cannot be read") from error
    if not isinstance(found, bool):
        raise NotAnswered("an answer about something else")
    return found


def _post(url: str, body: bytes) -> tuple[int, bytes, str]:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    headers = {"Content-Type": "application/json", SIGNATURE: _signed(body)}
    try:
        connection.request("POST", parts.path or "/", body, headers)
        response = connection.getresponse()
        return response.status, response.read(ANSWER_MAX), response.getheader(SIGNATURE) or ""
    finally:
        connection.close()


def _signed(body: bytes) -> str:
    key: str = settings.VERIFY_KEY
    return hmac.new(key.encode(), body, "sha256").hexdigest()
