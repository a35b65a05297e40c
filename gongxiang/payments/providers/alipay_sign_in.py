"""Alipay's sign-in: out to its page, and its code exchanged at the gateway for whom it stands for.

    authorize   `authorize` of alipay.json ?app_id &scope=auth_base &redirect_uri &state
                comes back with ?auth_code &state
    exchange    alipay.system.oauth.token  grant_type, code, signed as every call of ours
                {"alipay_system_oauth_token_response": {"user_id" or "open_id", ...}, "sign": ...}
                or {"error_response": {"sub_code": "isv.code-invalid", ...}, "sign": ...}

It is the application that takes the payments, with its keys: who signs in bears the very number
that he pays under. Only that number is taken, the tokens are thrown away.

Units: none. Source: P1; reliability 8 (11, 24, 38).
"""

from typing import Final
from urllib.parse import urlencode

from gongxiang.members.issuers import NotProved, Unreachable, is_code, is_subject
from gongxiang.payments import channels
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.clock import database_now
from gongxiang.payments.providers.alipay import DONE, TROUBLE, ask
from gongxiang.payments.wire import Unknown

_METHOD: Final = "alipay.system.oauth.token"
_ANSWERS: Final = ("alipay_system_oauth_token_response", "error_response")


def is_on() -> bool:
    """Tell whether the application at Alipay signs people in: its file names Alipay's page."""
    try:
        return bool(channels.alipay().authorize)
    except NoChannel:
        return False


def authorize_url(*, back: str, state: str) -> str:
    """Give the page of Alipay that asks the person, and comes back with a code and the state."""
    channel = channels.alipay()
    asked = {
        "app_id": channel.app_id,
        "scope": "auth_base",
        "redirect_uri": back,
        "state": state,
    }
    return f"{channel.authorize}?{urlencode(asked)}"


def payer_of(*, code: str) -> str:
    """Exchange a code for whom it stands for, by the number that payments know him by.

    Raises `NotProved` and `Unreachable`.
    """
    if not is_code(code):
        raise NotProved("no code of Alipay looks like this")
    own = {"grant_type": "authorization_code", "code": code}
    try:
        told = ask(_METHOD, own, database_now(), answers=_ANSWERS)
    except (Unknown, NoChannel) as error:
        raise Unreachable(f"Alipay does not answer: {error}") from error
    if told.get("code") in TROUBLE:
        raise Unreachable("Alipay has trouble of its own, or too many calls")
    payer = told.get("open_id") or told.get("user_id")
    is_known = told.get("code", DONE) == DONE
    if not is_known or not isinstance(payer, str) or not is_subject(payer):
        raise NotProved("Alipay does not know this code, or knew it once")
    return payer
