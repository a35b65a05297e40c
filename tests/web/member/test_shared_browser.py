"""Two people sign in on one browser: what the first one's session held is not the other's.

Source: reliability 8 (25, 28); design/ui/faces.md 1.7; docs/adr/0017, 0031.
"""

import re

import pytest
from django.test import Client

from gongxiang.acts.end_sessions import end_sessions
from gongxiang.sandbox.sms import Gateway
from tests.acts import town
from tests.web.member.test_people import gateway, member, number_of, prove

__all__ = ["gateway"]
ANN, BOB, CAT = "13800138000", "13900139000", "13700137000"
OF_SIGNING_IN = {"member", "member_epoch", "member_proved_at"}


def a_proof_waits(gateway: Gateway) -> Client:
    """Give Ann's browser, in which Cat's number has just been proved as well."""
    member(gateway, CAT)
    client = member(gateway, ANN)
    town.query("UPDATE members_phonecode SET sent_at = sent_at - interval '2 minutes'")
    client.post("/me/phone", {"phone": CAT})
    code = gateway.messages[0]["text"].partition("验证码 ")[2][:6]
    assert client.post("/me/phone/code", {"code": code})["Location"] == "/me/accounts"
    return client


def test_a_proof_of_one_member_joins_nothing_to_the_next(gateway: Gateway) -> None:
    member(gateway, BOB)
    client = a_proof_waits(gateway)
    prove(client, gateway, BOB)
    assert client.post("/me/accounts", {"sure": "on"})["Location"] == "/me"
    assert town.query("SELECT * FROM members_joinedaccount") == []
    assert set(client.session.keys()) == OF_SIGNING_IN


def test_who_joins_two_accounts_of_his_keeps_what_his_session_held(gateway: Gateway) -> None:
    client = a_proof_waits(gateway)
    session = client.session
    session["payments"] = ["1"]
    session.save()
    assert client.post("/me/accounts", {"sure": "on"})["Location"] == "/me"
    assert number_of(client) != town.query("SELECT member_id FROM members_joinedaccount")[0][0]
    assert client.session["payments"] == ["1"]


@pytest.mark.parametrize(
    ("who", "called", "kept"), [(ANN, "小满", {"payments", "wechat_payer"}), (BOB, "", set())]
)
def test_what_one_typed_and_paid_is_there_for_him_alone(
    gateway: Gateway, who: str, called: str, kept: set[str]
) -> None:
    member(gateway, BOB)
    client = member(gateway, ANN)
    session = client.session
    session.update({"payments": ["1"], "wechat_payer": "openid of Ann"})
    session.save()
    end_sessions(member=number_of(client))
    client.post("/me/name", {"name": "小满"})
    prove(client, gateway, who)
    page = client.get("/me/name").content.decode()
    assert re.findall(r'id="name"[^>]* value="([^"]*)"', page) == [called]
    assert set(client.session.keys()) - OF_SIGNING_IN - {"kept_form"} == kept
