"""Nobody comes in with a password alone, twice with one code, after a change of role, or too late.

Source: reliability 8 (18, 23, 25, 26).
"""

import re
import time

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django_otp.plugins.otp_totp.models import TOTPDevice

from gongxiang.acts.add_officer import NameTaken, NameUnfit, add_officer
from gongxiang.acts.change_officer import (
    LastAdmin,
    OwnAccount,
    WhyMissing,
    change_officer,
)
from gongxiang.acts.pass_factor import pass_factor
from gongxiang.acts.reset_factor import reset_factor
from gongxiang.governance.factor import TooManyCodes, WrongCode
from gongxiang.governance.models import AuditEntry, Officer, RecoveryCode, Role
from tests.acts.town import at_once
from tests.conftest import Database
from tests.ops import staff, world


@pytest.fixture(autouse=True)
def _staff(database: Database) -> None:
    world.users()


def password_given(name: str = "li", password: str = world.PASSWORD) -> Client:
    client = Client()
    client.post("/ops/login/", {"username": name, "password": password, "next": "/ops/audit/"})
    return client


def sent(client: Client, code: str, way_on: str = "/ops/audit/") -> int:
    return client.post("/ops/factor/", {"code": code, "next": way_on}).status_code


def kinds() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("kind", flat=True))


def number(name: str) -> int:
    return User.objects.values_list("pk", flat=True).get(username=name)


def change(name: str, role: Role, *, is_active: bool = True, officer: str = "min") -> None:
    change_officer(user=number(name), role=role, is_active=is_active, officer=officer, why="测试")


def test_the_password_alone_opens_no_page() -> None:
    client = password_given()
    for path in ("/ops/", "/ops/audit/", "/ops/password_change/"):
        assert client.get(path)["Location"].startswith("/ops/login/?next="), path
    assert client.get("/ops/login/?next=/ops/audit/")["Location"] == (
        "/ops/factor/?next=/ops/audit/"
    )
    assert "写上身份验证器现在显示的 6 位数字" in world.text_of(client.get("/ops/factor/"))


def test_the_code_of_the_moment_opens_and_leads_to_where_one_wanted_to_go() -> None:
    client = password_given()
    before = client.session.session_key
    answer = client.post("/ops/factor/", {"code": staff.code_of("li"), "next": "/ops/audit/"})
    assert (answer.status_code, answer["Location"]) == (303, "/ops/audit/")
    assert client.session.session_key != before
    assert client.get("/ops/audit/").status_code == 200
    assert kinds() == ["signed_in"]


def test_it_never_leads_elsewhere() -> None:
    for asked in ("https://elsewhere.example/", "//elsewhere.example", "/wallet", ""):
        client = password_given()
        answer = client.post("/ops/factor/", {"code": staff.code_of("li"), "next": asked})
        assert answer["Location"] == "/ops/", asked
        staff.forget_used_codes("li")


def test_a_code_is_taken_once() -> None:
    code = staff.code_of("li")
    assert sent(password_given(), code) == 303
    answer = password_given().post("/ops/factor/", {"code": code})
    assert answer.status_code == 422
    assert "验证码不对，或刚才用过了" in world.text_of(answer)
    assert kinds() == ["signed_in", "sign_in_denied"]


def test_one_code_sent_by_eight_at_once_is_taken_once() -> None:
    code, user = staff.code_of("li"), number("li")

    def one(_place: int) -> str:
        try:
            pass_factor(user=user, code=code, officer="li", is_sign_in=True)
        except (WrongCode, TooManyCodes) as refusal:
            return type(refusal).__name__
        return "in"

    assert at_once(8, one).count("in") == 1
    assert kinds().count("signed_in") == 1


def test_after_wrong_codes_even_the_right_one_has_to_wait() -> None:
    client = password_given()
    for _ in range(3):
        assert sent(client, "000000") == 422
        TOTPDevice.objects.filter(user_id=number("li")).update(throttling_failure_timestamp=None)
    assert sent(client, "000000") == 422
    answer = client.post("/ops/factor/", {"code": staff.code_of("li")})
    assert answer.status_code == 422
    assert re.search(r"错的次数多了，\d+ 秒后可以再试", world.text_of(answer))


def test_the_first_sign_in_sets_the_factor_up_and_shows_recovery_codes_once() -> None:
    password = add_officer(name="xin", role=Role.AUDITOR, shown="辛", officer="min")
    client = password_given("xin", password)
    page = client.get("/ops/factor/")
    assert "用身份验证器扫这个码" in world.text_of(page)
    assert '<svg class="qr"' in page.content.decode()
    answer = client.post("/ops/factor/", {"code": staff.code_of("xin"), "next": "/ops/audit/"})
    codes = re.findall(r"<li>([2-9a-z]{5}-[2-9a-z]{5})</li>", answer.content.decode())
    assert len(set(codes)) == 10
    assert client.get("/ops/audit/").status_code == 200
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    assert len(kept) == 10
    assert not any(code in digest for code in codes for digest in kept)
    assert password_given("xin", password).get("/ops/factor/").content.decode().count("<li>") == 0
    again = password_given("xin", password)
    assert sent(again, codes[0].upper()) == 303
    assert sent(password_given("xin", password), codes[0]) == 422
    assert RecoveryCode.objects.count() == 9
    assert kinds()[:2] == ["staff_added", "factor_set"]


def test_a_secret_that_is_not_confirmed_lets_nobody_in() -> None:
    password = add_officer(name="xin", role=Role.AUDITOR, shown="", officer="min")
    client = password_given("xin", password)
    assert sent(client, "123456") == 422
    assert client.get("/ops/").status_code == 302


def test_another_role_ends_every_session_at_the_next_request() -> None:
    client = staff.signed_in("li")
    assert client.get("/ops/").status_code == 200
    change("li", Role.SERVICE)
    assert client.get("/ops/")["Location"] == "/ops/login/?next=/ops/"
    assert staff.signed_in("li").get("/ops/audit/").status_code == 403


def test_a_disabled_account_is_out_at_once_and_cannot_sign_in() -> None:
    client = staff.signed_in("li")
    change("li", Role.AUDITOR, is_active=False)
    assert client.get("/ops/").status_code == 302
    assert password_given().get("/ops/factor/")["Location"] == "/ops/login/"


def test_the_same_role_again_ends_nothing() -> None:
    client = staff.signed_in("li")
    change("li", Role.AUDITOR)
    assert client.get("/ops/").status_code == 200
    assert kinds() == []


def test_a_reset_factor_ends_sessions_password_and_codes() -> None:
    client = staff.signed_in("li")
    password = reset_factor(user=number("li"), officer="min", why="手机丢了")
    assert client.get("/ops/").status_code == 302
    assert password_given().get("/ops/factor/")["Location"] == "/ops/login/"
    page = password_given("li", password).get("/ops/factor/")
    assert "用身份验证器扫这个码" in world.text_of(page)


def test_nobody_changes_himself_and_the_last_admin_stays() -> None:
    with pytest.raises(OwnAccount):
        change("min", Role.AUDITOR)
    with pytest.raises(OwnAccount):
        reset_factor(user=number("min"), officer="min", why="手机丢了")
    with pytest.raises(LastAdmin):
        change("min", Role.AUDITOR, officer="system")
    with pytest.raises(LastAdmin):
        change("min", Role.ADMIN, is_active=False, officer="system")
    with pytest.raises(WhyMissing):
        change_officer(user=number("li"), role=Role.ADMIN, is_active=True, officer="min", why=" ")
    assert Officer.objects.get(pk=number("min")).epoch == 1
    assert kinds() == []


@pytest.mark.parametrize("name", ["", "a b", "system", "SYSTEM", "x" * 41, "a\n"])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(NameUnfit):
        add_officer(name=name, role=Role.AUDITOR, shown="", officer="min")


def test_a_name_is_taken_whatever_its_case() -> None:
    with pytest.raises(NameTaken):
        add_officer(name="Li", role=Role.AUDITOR, shown="", officer="min")


def test_five_wrong_passwords_lock_the_account_and_the_address() -> None:
    for _ in range(4):
        assert Client().post("/ops/login/", {"username": "li", "password": "no"}).status_code == 200
    locked = Client().post("/ops/login/", {"username": "li", "password": "no"})
    assert locked.status_code == 429
    assert "密码错的次数多了，15 分钟后可以再试" in world.text_of(locked)
    elsewhere = Client(REMOTE_ADDR="198.51.100.1")
    right = {"username": "li", "password": world.PASSWORD}
    assert elsewhere.post("/ops/login/", right).status_code == 429
    assert Client().post("/ops/login/", right | {"username": "fu"}).status_code == 429
    assert elsewhere.post("/ops/login/", right | {"username": "fu"}).status_code == 302
    assert Client().get("/ops/login/").status_code == 200
    assert kinds().count("locked_out") >= 1
    assert "no" not in AuditEntry.objects.values_list("subject_id", flat=True)


def test_a_name_that_nobody_has_is_not_kept() -> None:
    Client().post("/ops/login/", {"username": "my-secret-password", "password": "li"})
    assert list(AuditEntry.objects.values_list("subject_id", "kind")) == [("?", "sign_in_denied")]


def test_half_an_hour_without_a_click_ends_the_session() -> None:
    client = staff.signed_in("li")
    staff.click_lies_back(client, 29 * 60)
    assert client.get("/ops/").status_code == 200
    staff.click_lies_back(client, 31 * 60)
    assert client.get("/ops/").status_code == 302


def test_twelve_hours_end_the_session_whatever_is_clicked() -> None:
    client = staff.signed_in("li")
    session = client.session
    session["officer_began"] = int(time.time()) - 12 * 3_600 - 1
    session.save()
    assert client.get("/ops/").status_code == 302


def test_the_mark_of_another_session_counts_for_nothing() -> None:
    one, other = staff.signed_in("li"), staff.signed_in("fu")
    one.cookies["ops-seen"] = other.cookies["ops-seen"].value
    assert one.get("/ops/").status_code == 302


def test_the_mark_of_a_click_is_out_of_reach_of_scripts() -> None:
    with override_settings(SESSION_COOKIE_SECURE=True):
        answer = staff.signed_in("li").get("/ops/")
    cookie = answer.cookies["ops-seen"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")


def test_passwords_are_hashed_with_argon2() -> None:
    # The tests put a quick one before the house's own.
    with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS[1:]):
        assert identify_hasher(make_password(world.PASSWORD)).algorithm == "argon2"


def test_signing_out_and_a_new_password_are_written_down() -> None:
    client = staff.signed_in("li")
    new = "seven-quiet-rivers-9"
    form = {"old_password": world.PASSWORD, "new_password1": new, "new_password2": new}
    client.post("/ops/password_change/", form)
    client.post("/ops/logout/")
    assert kinds() == ["password_changed", "signed_out"]
