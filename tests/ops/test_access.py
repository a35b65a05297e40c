"""The console is for staff alone, answers every address, and nobody writes with it."""

import pytest
from django.contrib.auth.models import User
from django.db import InternalError
from django.test import Client
from django.urls import resolve

from gongxiang.ops.rows import reading, rows
from gongxiang.ops.site import DEEDS, PAGES, console
from tests.conftest import Database
from tests.ops import staff, world
from tests.ops.staff import signed_in

WRITERS = ("post", "put", "patch", "delete")


def _name(path: str) -> str:
    return resolve(path.partition("?")[0]).url_name or ""


def test_every_page_answers_the_staff(employee: Client) -> None:
    answers = {name: employee.get(path).status_code for name, path in world.pages().items()}
    assert answers == dict.fromkeys(answers, 200)


def test_the_pages_tried_are_all_there_are(town: None) -> None:
    tried = {path.partition("?")[0].removeprefix("/ops/") for path in world.pages().values()}
    shapes = {route.partition("<")[0] for route, _, _ in PAGES}
    assert {shape for shape in shapes if not any(path.startswith(shape) for path in tried)} == set()


def test_a_visitor_is_led_to_the_sign_in(town: None) -> None:
    for path in world.pages().values():
        answer = Client().get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/ops/login/?next=/ops/")


def test_a_customer_is_led_to_the_sign_in(town: None) -> None:
    client = Client()
    client.force_login(User.objects.get(username="guest"))
    for path in world.pages().values():
        assert client.get(path).status_code == 302, path


def test_a_customer_is_told_that_this_is_for_staff(town: None) -> None:
    client = Client()
    client.force_login(User.objects.get(username="guest"))
    assert "这个账号不是员工" in world.text_of(client.get("/ops/login/?next=/ops/"))


def test_signing_in_leads_to_today(town: None) -> None:
    client = Client()
    page = client.get("/ops/login/")
    assert "只对员工开放" in world.text_of(page)
    answer = client.post(
        "/ops/login/", {"username": "li", "password": world.PASSWORD, "next": "/ops/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/ops/factor/?next=/ops/")
    answer = client.post("/ops/factor/", {"code": staff.code_of("li"), "next": "/ops/"})
    assert (answer.status_code, answer["Location"]) == (303, "/ops/")
    assert client.get("/ops/").status_code == 200


def test_signing_in_without_a_way_back_leads_to_today_as_well(town: None) -> None:
    body = Client().get("/ops/login/").content.decode()
    assert '<input type="hidden" name="next" value="/ops/">' in body


def test_a_wrong_password_is_refused_in_chinese(town: None) -> None:
    answer = Client().post("/ops/login/", {"username": "li", "password": "wrong"})
    assert "请输入一个正确的" in world.text_of(answer)


def test_signing_out_is_a_post(superuser: Client) -> None:
    assert superuser.get("/ops/logout/").status_code == 405
    assert "你已退出" in world.text_of(superuser.post("/ops/logout/"))
    assert superuser.get("/ops/").status_code == 302


@pytest.mark.parametrize("method", WRITERS)
def test_no_page_takes_anything_not_even_from_a_superuser(superuser: Client, method: str) -> None:
    reading = [path for path in world.pages().values() if _name(path) not in DEEDS]
    assert len(reading) > 30
    for path in reading:
        assert getattr(superuser, method)(path).status_code == 405, path


@pytest.mark.parametrize("method", WRITERS[1:])
def test_pages_that_act_take_a_post_alone(superuser: Client, method: str) -> None:
    acting = [path for path in world.pages().values() if _name(path) in DEEDS]
    assert len(acting) >= 4
    for path in acting:
        assert getattr(superuser, method)(path).status_code == 405, path


@pytest.mark.parametrize(
    "path",
    [
        *("/ops/orders/order/add/", "/ops/orders/order/1/change/", "/ops/orders/order/1/delete/"),
        *("/ops/auth/user/add/", "/ops/ledger/posting/1/change/", "/ops/points/pool/1/delete/"),
        *("/ops/orders/add/", "/ops/rules/1/change/", "/ops/members/1/delete/"),
    ],
)
def test_nothing_can_be_added_changed_or_deleted(superuser: Client, path: str) -> None:
    assert superuser.post(path, {"name": "x"}).status_code == 405
    assert superuser.get(path).status_code == 404


def test_no_model_is_registered(town: None) -> None:
    assert console.is_registered(User) is False
    assert console._registry == {}


def test_a_page_cannot_write_even_if_it_tried(town: None) -> None:
    with pytest.raises(InternalError, match="read-only transaction"), reading():
        rows("UPDATE points_pool SET step = step + 1 RETURNING step")


def test_an_unknown_address_says_so_in_the_console(superuser: Client) -> None:
    answer = superuser.get("/ops/nothing/here/")
    assert answer.status_code == 404
    assert "没有「nothing/here/」这一页" in world.text_of(answer)


def test_one_can_change_ones_own_password(employee: Client) -> None:
    page = world.text_of(employee.get("/ops/password_change/"))
    assert "改成新密码" in page
    assert "密码必须包含至少" in page
    form = {"old_password": world.PASSWORD, "new_password1": "123", "new_password2": "123"}
    assert "密码太短，至少要 8 个字符" in world.text_of(
        employee.post("/ops/password_change/", form)
    )


def test_a_changed_password_signs_in_from_then_on(database: Database) -> None:
    world.users()
    client = signed_in("li")
    new = "seven-quiet-rivers-9"
    form = {"old_password": world.PASSWORD, "new_password1": new, "new_password2": new}
    answer = client.post("/ops/password_change/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/ops/password_change/done/")
    assert "密码已经改好" in world.text_of(client.get("/ops/password_change/done/"))
    assert client.get("/ops/").status_code == 200
    assert User.objects.get(username="li").check_password(new)


@pytest.mark.parametrize("path", ["/ops/", "/ops/login/"])
def test_the_console_has_a_policy_of_its_own(employee: Client, path: str) -> None:
    policy = employee.get(path)["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "http" not in policy
