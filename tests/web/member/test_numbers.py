"""A number that is another's by now opens nothing; its old account is found again, slowly.

Source: reliability 8 (3, 22, 26); platform.md (People).
"""

import re
import threading
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from gongxiang.acts.change_phone import PhoneTaken, change_phone
from gongxiang.acts.connect_identity import connect_identity
from gongxiang.acts.finish_recovery import finish_recovery
from gongxiang.acts.join import Proved, join
from gongxiang.acts.note_proof import note_proof
from gongxiang.acts.release_phone import NotStale, release_phone
from gongxiang.acts.review_recovery import NotAsked, ReasonMissing, review_recovery
from gongxiang.members import accounts, phone
from gongxiang.members.models import Recovery
from gongxiang.sandbox.sms import Gateway
from tests.acts import town
from tests.conftest import Database
from tests.web.member.test_people import KEY, prove
from tests.web.signed import signed_in

NUMBER = "13800138000"
OTHER = "13900139000"
DAY = 86_400


@pytest.fixture(autouse=True)
def gateway(database: Database, settings: Settings) -> Iterator[Gateway]:
    assert database.name
    town.open_town()
    town.query("UPDATE points_horizon SET offset_seconds = 0")
    with Gateway(("127.0.0.1", 0), key=KEY) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.SMS_URL = f"http://127.0.0.1:{served.server_port}/messages"
        settings.SMS_KEY = KEY
        settings.ALLOWED_HOSTS = ["testserver"]
        yield served
        served.shutdown()
        thread.join()


def subject(number: str = NUMBER) -> str:
    return phone.subject(number)


def proved(number: str = NUMBER) -> Proved:
    return Proved(issuer="phone", subject=subject(number), shown=phone.masked(number))


def old_account(*, days: int = 91) -> int:
    """Give an account that was last proved so many days ago."""
    made = join(proved=proved(), bringer=None, consents=(("membership", "1"),)).member
    later(days)
    return made


def later(days: int) -> None:
    seconds = days * DAY
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + %s", seconds)


def whose(number: str = NUMBER) -> int | None:
    return accounts.whose(issuer="phone", subject=subject(number))


def states() -> list[str]:
    return [state for (state,) in town.query("SELECT state FROM members_recovery ORDER BY id")]


def approved() -> tuple[int, int]:
    number, member = town.query("SELECT id, member_id FROM members_recovery ORDER BY id DESC")[0]
    state = review_recovery(
        member=member, number=number, officer="wu", is_approved=True, reason="身份证核对一致"
    )
    assert state is Recovery.State.APPROVED
    return number, member


def test_a_number_used_within_ninety_days_signs_in_as_ever(gateway: Gateway) -> None:
    member = old_account(days=89)
    client = Client()
    assert prove(client, gateway, NUMBER)["Location"] == "/me"
    later(89)
    again = Client()
    assert prove(again, gateway, NUMBER)["Location"] == "/me"
    assert again.session["member"] == member


def test_a_stale_number_opens_nothing_by_its_code(gateway: Gateway) -> None:
    old_account()
    client = Client()
    assert prove(client, gateway, NUMBER)["Location"] == "/login/number"
    assert "member" not in client.session
    assert client.get("/me").status_code == 302
    page = client.get("/login/number").content.decode()
    assert "90 天没有在这里登录过" in page
    refused = client.post("/login/number")
    assert refused.status_code == 422
    told = "先选一样：号码是新办的，还是原来的账户是你的"
    assert refused.content.decode().count(told) == 2
    assert 'aria-invalid="true" aria-describedby="whose-why">' in refused.content.decode()
    assert not {"用微信登录"} & set(re.findall(r">([^<]+)</a>", page))


def test_a_stale_number_opens_nothing_by_agreeing_to_join_either(gateway: Gateway) -> None:
    old = old_account()
    client = Client()
    prove(client, gateway, NUMBER)
    agreed = client.post("/join", {"membership": "on", "personal_data": "on"})
    assert (agreed.status_code, agreed["Location"]) == (303, "/login/number")
    assert "member" not in client.session
    assert whose() == old


def test_who_agreed_at_a_door_and_has_a_recycled_number_is_bound_to_it(gateway: Gateway) -> None:
    old_account()
    client = Client()
    client.post("/s/fang/join")
    prove(client, gateway, NUMBER)
    client.post("/login/number", {"whose": "new"})
    assert "推荐人会记为阿芳小馆" in client.get("/join").content.decode()
    client.post("/join", {"membership": "on", "personal_data": "on"})
    bound = town.query(
        "SELECT referrer_id, via_store_id FROM members_member WHERE member_id = %s",
        client.session["member"],
    )
    assert bound == [(town.party("afang"), town.party("fang", kind=2))]
    purposes = "SELECT purpose FROM members_consent WHERE member_id = %s ORDER BY purpose"
    assert [purpose for (purpose,) in town.query(purposes, client.session["member"])] == [
        *("membership", "personal_data", "recommendation"),
    ]


def test_the_new_holder_joins_as_himself_and_the_old_account_keeps_a_trace(
    gateway: Gateway,
) -> None:
    old = old_account()
    client = Client()
    prove(client, gateway, NUMBER)
    assert client.post("/login/number", {"whose": "new"})["Location"] == "/join"
    both = {"membership": "on", "personal_data": "on"}
    assert client.post("/join", both).status_code == 303
    assert client.session["member"] == whose() != old
    trace = town.query("SELECT member_id, shown FROM members_releasedidentity")
    assert trace == [(old, "138****8000")]
    told = town.query("SELECT kind FROM members_message WHERE member_id = %s", old)
    assert told == [("phone_released",)]


def test_the_old_holder_with_wechat_is_in_by_it_and_the_number_counts_again(
    gateway: Gateway, settings: Settings
) -> None:
    member = old_account()
    connect_identity(member=member, issuer="wechat", subject="openid")
    settings.WECHAT_APP = "wxtest"
    settings.WECHAT_AUTHORIZE = "http://127.0.0.1:9/authorize"
    client = Client()
    prove(client, gateway, NUMBER)
    assert "用微信登录" in client.get("/login/number").content.decode()
    note_proof(issuer="phone", subject=subject(), is_beside_another=True)
    again = Client()
    assert prove(again, gateway, NUMBER)["Location"] == "/me"
    assert again.session["member"] == member


def test_customer_service_and_seven_days_open_a_phone_alone(gateway: Gateway) -> None:
    member = old_account()
    client = Client()
    prove(client, gateway, NUMBER)
    assert "等客服核对" in client.post("/login/number", {"whose": "mine"}).content.decode()
    assert "member" not in client.session
    approved()
    later(6)
    early = Client()
    assert prove(early, gateway, NUMBER)["Location"] == "/login/number"
    later(1)
    done = Client()
    assert prove(done, gateway, NUMBER)["Location"] == "/me"
    assert done.session["member"] == member
    assert states() == ["done"]


def test_a_lost_number_is_replaced_and_asking_tells_nothing(gateway: Gateway) -> None:
    member = old_account(days=1)
    client = Client()
    assert prove(client, gateway, OTHER)["Location"] == "/join"
    assert "找回原来的账户" in client.get("/join").content.decode()
    known = client.post("/login/lost", {"phone": NUMBER}).content
    unknown = client.post("/login/lost", {"phone": "13700137000"}).content
    assert known == unknown
    unread = client.post("/login/lost", {"phone": "x"})
    assert unread.status_code == 422
    assert 'aria-invalid="true" aria-describedby="phone-why"' in unread.content.decode()
    approved()
    later(7)
    done = Client()
    assert prove(done, gateway, OTHER)["Location"] == "/me"
    assert done.session["member"] == member
    assert whose() is None
    assert whose(OTHER) == member


def test_the_owners_sign_in_ends_the_matter(gateway: Gateway) -> None:
    member = old_account(days=1)
    client = Client()
    prove(client, gateway, OTHER)
    client.post("/login/lost", {"phone": NUMBER})
    approved()
    owner = Client()
    prove(owner, gateway, NUMBER)
    assert owner.session["member"] == member
    assert states() == ["cancelled"]
    later(8)
    assert finish_recovery(proved=proved(OTHER)) is None
    assert "申请找回这个账户" in owner.get("/messages").content.decode()


def test_a_review_needs_a_reason_and_is_one(gateway: Gateway) -> None:
    old_account(days=1)
    client = Client()
    prove(client, gateway, OTHER)
    client.post("/login/lost", {"phone": NUMBER})
    number, member = town.query("SELECT id, member_id FROM members_recovery")[0]
    with pytest.raises(ReasonMissing):
        review_recovery(member=member, number=number, officer="wu", is_approved=True, reason=" ")
    approved()
    with pytest.raises(NotAsked):
        approved()
    assert town.query("SELECT officer, kind FROM governance_auditentry") == [
        ("wu", "recovery_reviewed")
    ]


def test_a_fresh_number_is_not_released_and_a_stale_one_can_be_changed_to() -> None:
    old = old_account(days=1)
    with pytest.raises(NotStale):
        release_phone(subject=subject())
    signed_in("lin")
    lin = town.party("lin")
    with pytest.raises(PhoneTaken):
        change_phone(member=lin, subject=subject(), shown="138****8000")
    later(90)
    change_phone(member=lin, subject=subject(), shown="138****8000")
    assert whose() == lin != old
    assert town.query("SELECT member_id FROM members_releasedidentity") == [(old,)]


def test_who_has_joined_anew_asks_from_his_account_and_finds_both_there(gateway: Gateway) -> None:
    old = old_account(days=1)
    new = join(proved=proved(OTHER), bringer=None, consents=(("membership", "1"),)).member
    client = Client()
    prove(client, gateway, OTHER)
    assert "找回以前的账户" in client.get("/me").content.decode()
    assert "139****9000" in client.get("/login/lost").content.decode()
    own = client.post("/login/lost", {"phone": OTHER})
    assert (own.status_code, "就是你现在这个账户的" in own.content.decode()) == (422, True)
    asked = client.post("/login/lost", {"phone": NUMBER}).content.decode()
    assert "用 139****9000 登录一次，两个账户就合在一起" in asked
    approved()
    later(7)
    again = Client()
    assert prove(again, gateway, OTHER)["Location"] == "/me"
    assert again.session["member"] == old
    assert town.query("SELECT member_id, into_id FROM members_joinedaccount") == [(new, old)]


def test_who_is_signed_in_proves_himself_before_he_asks(gateway: Gateway) -> None:
    join(proved=proved(), bringer=None, consents=(("membership", "1"),))
    client = Client()
    prove(client, gateway, NUMBER)
    session = client.session
    session["member_proved_at"] = 0
    session.save()
    assert "找回以前的账户前，再确认一次是你" in client.get("/login/lost").content.decode()


def test_who_asks_too_often_is_told_so(gateway: Gateway) -> None:
    client = Client()
    prove(client, gateway, OTHER)
    for last in range(3):
        assert client.post("/login/lost", {"phone": f"1360013600{last}"}).status_code == 200
    refused = client.post("/login/lost", {"phone": NUMBER})
    assert refused.status_code == 422
    assert "今天申请的次数已经用完" in refused.content.decode()
