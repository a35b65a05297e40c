"""WeChat's sign-in: our own client of its OAuth pages, and nothing else of WeChat.

    authorize   GONGXIANG_WECHAT_AUTHORIZE ?appid &redirect_uri &response_type=code &scope &state
    exchange    GET GONGXIANG_WECHAT_API/sns/oauth2/access_token ?appid &secret &code &grant_type
                {"openid": "...", ...} or {"errcode": 40029, "errmsg": "..."}

Only the openid is taken, the access token is thrown away. Redirects are not followed; the answer
is small JSON or nothing.

Units: bytes, seconds. Source: design/stack.md (WeChat login); reliability 8 (11, 24, 38).
"""

import http.client
import json
from typing import Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from gongxiang.members import issuers
from gongxiang.members.issuers import NotProved, Unreachable

_HOST: Final = "open.weixin.qq.com"
TIMEOUT_SECONDS: Final = 5
_ANSWER_MAX: Final = 8_192
_OK: Final = 200


def is_on() -> bool:
    """Tell whether the platform has an app at WeChat."""
    return bool(settings.WECHAT_APP)


def is_inside_only() -> bool:
    """Tell whether the page that asks opens inside WeChat alone: WeChat's own does."""
    return urlsplit(settings.WECHAT_AUTHORIZE).hostname == _HOST


def authorize_url(*, back: str, state: str) -> str:
    """Give the page of WeChat that asks the person, and comes back with a code and the state."""
    asked = {
        "appid": settings.WECHAT_APP,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    return f"{settings.WECHAT_AUTHORIZE}?{urlencode(asked)}#wechat_redirect"


def openid_of(*, code: str) -> str:
    """Exchange a code for whom it stands for; raises `NotProved` and `Unreachable`."""
    if not issuers.is_code(code):
        raise NotProved("no code of WeChat looks like this")
    asked = {
        "appid": settings.WECHAT_APP,
        "secret": settings.WECHAT_SECRET,
        "code": code,
        "grant_type": "authorization_code",
    }
    try:
        told = json.loads(_get(f"{settings.WECHAT_API}/sns/oauth2/access_token", asked))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"WeChat does not answer: {type(error).__name__}") from error
    openid = told.get("openid") if isinstance(told, dict) else None
    if not isinstance(openid, str) or not issuers.is_subject(openid):
        raise NotProved("WeChat does not know this code, or knew it once")
    return openid


def _get(url: str, asked: dict[str, str]) -> bytes:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", f"{parts.path}?{urlencode(asked)}")
        answer = connection.getresponse()
        body = answer.read(_ANSWER_MAX + 1)
    finally:
        connection.close()
    if answer.status != _OK or len(body) > _ANSWER_MAX:
        raise http.client.HTTPException(f"status {answer.status}")
    return body
