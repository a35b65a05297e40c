"""Codes by phone: for one purpose, once, a few tries, so many an hour; nothing kept in clear."""

import re
import threading
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from gongxiang.acts.check_code import Checked, CodeEnded, WrongCode, check_code
from gongxiang.acts.send_code import PHONE_LIMITS, TRIES, Sent, TooSoon, send_code
from gongxiang.members import phone, sms
from gongxiang.sandbox.sms import Gateway
from tests.acts import town
from tests.conftest import Database

PHONE = "13800138000"
KEY = "a key of the test"


@pytest.fixture
def gateway(database: Database, settings: Settings) -> Iterator[Gateway]:
    with Gateway(("127.0.0.1", 0), key=KEY) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.SMS_URL = f"http://127.0.0.1:{served.server_port}/messages"
        settings.SMS_KEY = KEY
        yield served
        served.shutdown()
        thread.join()


def send(number: str = PHONE, *, address: str = "10.0.0.1") -> Sent:
    return send_code(number=number, purpose="sign_in", what="登录", address=address)


def received(gateway: Gateway) -> str:
    found = re.search(r"验证码 (\d{6})", gateway.messages[0]["text"])
    assert found is not None
    return found[1]


def check(number: int, code: str, *, purpose: str = "sign_in") -> Checked:
    return check_code(number=number, purpose=purpose, code=code)


def age(seconds: int) -> None:
    """Let all codes have been sent so much earlier."""
    town.query(
        "UPDATE members_phonecode SET sent_at = sent_at - make_interval(secs => %s),"
        " ends_at = ends_at - make_interval(secs => %s)",
        seconds,
        seconds,
    )


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "000001"


def test_the_right_code_proves_the_phone_once(gateway: Gateway) -> None:
    sent = send()
    code = received(gateway)
    assert check(sent.number, code) == Checked(subject=phone.subject(PHONE), shown="138****8000")
    with pytest.raises(CodeEnded):
        check(sent.number, code)


def test_a_wrong_code_says_how_often_it_may_be_tried_and_then_ends(gateway: Gateway) -> None:
    sent = send()
    code = received(gateway)
    for left in range(TRIES - 1, 0, -1):
        with pytest.raises(WrongCode) as refused:
            check(sent.number, wrong(code))
        assert refused.value.tries_left == left
    with pytest.raises(CodeEnded):
        check(sent.number, wrong(code))
    with pytest.raises(CodeEnded):
        check(sent.number, code)


def test_sixty_four_guesses_at_once_get_no_more_than_the_tries(gateway: Gateway) -> None:
    sent = send()
    bad = wrong(received(gateway))
    answers = town.at_once(64, lambda _: check(sent.number, bad))
    assert sum(isinstance(answer, WrongCode) for answer in answers) == TRIES - 1
    assert sum(isinstance(answer, CodeEnded) for answer in answers) == 64 - TRIES + 1


def test_one_code_used_sixty_four_times_at_once_counts_once(gateway: Gateway) -> None:
    sent = send()
    code = received(gateway)
    answers = town.at_once(64, lambda _: check(sent.number, code))
    assert sum(isinstance(answer, Checked) for answer in answers) == 1


def test_a_code_is_good_for_its_purpose_and_its_minutes_only(gateway: Gateway) -> None:
    sent = send()
    code = received(gateway)
    with pytest.raises(CodeEnded):
        check(sent.number, code, purpose="change_phone")
    age(301)
    with pytest.raises(CodeEnded):
        check(sent.number, code)


def test_a_phone_gets_one_a_minute_and_five_an_hour(gateway: Gateway) -> None:
    send()
    with pytest.raises(TooSoon) as refused:
        send()
    assert 58 <= refused.value.seconds <= 60
    for _ in range(4):
        age(61)
        send()
    age(61)
    with pytest.raises(TooSoon) as refused:
        send()
    assert refused.value.seconds > 3_000
    assert len(gateway.messages) == dict(PHONE_LIMITS)[3_600]


def test_an_address_gets_thirty_an_hour_over_all_phones(gateway: Gateway) -> None:
    for number in range(30):
        send(f"138001380{number:02}")
    with pytest.raises(TooSoon):
        send("13900139000")
    send("13900139000", address="10.0.0.2")


def test_a_subscribers_network_of_ipv6_is_one_address(gateway: Gateway) -> None:
    for number in range(30):
        send(f"138001380{number:02}", address=f"2001:db8::{number:x}")
    with pytest.raises(TooSoon):
        send("13900139000", address="2001:db8::ffff")
    send("13900139000", address="2001:db8:0:1::1")


def test_the_whole_platform_sends_so_many_an_hour(gateway: Gateway, settings: Settings) -> None:
    settings.SMS_HOUR_MAX = 3
    for number in range(3):
        send(f"138001380{number:02}", address=f"10.0.0.{number}")
    with pytest.raises(TooSoon) as refused:
        send("13900139000", address="10.0.0.9")
    assert (refused.value.seconds, len(gateway.messages)) == (3_600, 3)


def test_sixty_four_requests_at_once_send_one_code(gateway: Gateway) -> None:
    answers = town.at_once(64, lambda place: send(address=f"10.0.0.{place}"))
    assert sum(isinstance(answer, Sent) for answer in answers) == 1
    assert len(gateway.messages) == 1


def test_neither_phone_nor_code_stands_in_the_database(gateway: Gateway) -> None:
    send()
    rows = str(town.query("SELECT * FROM members_phonecode"))
    assert PHONE not in rows
    assert received(gateway) not in rows


def test_what_could_not_be_sent_is_void(database: Database, settings: Settings) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/messages"
    settings.SMS_KEY = KEY
    with pytest.raises(sms.NotSent):
        send()
    ((sent_at, ends_at),) = town.query("SELECT sent_at, ends_at FROM members_phonecode")
    assert sent_at == ends_at


def test_the_sandbox_refuses_an_unsigned_message(gateway: Gateway, settings: Settings) -> None:
    settings.SMS_KEY = "another key"
    with pytest.raises(sms.NotSent, match="401"):
        send()
    assert gateway.messages == []


def test_a_text_that_is_no_phone_is_refused_and_nothing_sent(gateway: Gateway) -> None:
    for typed in ("", "123", "23800138000", "138001380001", "１３８００１３８０００x"):
        with pytest.raises(phone.UnreadablePhone):
            send(typed)
    assert gateway.messages == []


def test_old_codes_are_forgotten(gateway: Gateway) -> None:
    send()
    age(2 * 86_400 + 1)
    send("13900139000")
    assert town.query("SELECT shown FROM members_phonecode") == [("139****9000",)]
