"""Error pages say what happened, whether money moved, and what to do next.

Source: design/ui/faces.md 4.
"""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client

from gongxiang.web import errors
from tests.web.printed import TROUBLES

pytestmark = pytest.mark.urls("tests.web.urls")


def request(method: str = "GET", path: str = "/pool") -> HttpRequest:
    made = HttpRequest()
    made.method, made.path = method, path
    made.record = "7f3a12bc90de"  # type: ignore[attr-defined]
    return made


def test_an_address_that_leads_nowhere_is_404_with_a_way_home() -> None:
    answer = errors.not_found(request(), Exception())
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "没有这一页" in page
    assert "可能是链接旧了。" in page
    assert 'href="/">回首页</a>' in page


def test_a_missing_step_says_how_many_there_are() -> None:
    missing = errors.Missing(
        title="没有这一步", note="盈利池现在走到第 3 步。", action="看每一步", href="/pool/events"
    )
    page = errors.not_found(request(), missing).content.decode()
    assert "盈利池现在走到第 3 步。" in page
    assert 'href="/pool/events">看每一步</a>' in page


def test_our_fault_says_that_money_did_not_move_only_when_nothing_was_written() -> None:
    looked = errors.broken(request("GET"))
    wrote = errors.broken(request("POST"))
    assert looked.status_code == wrote.status_code == 500
    assert "我们这边出了问题，你的钱没有动" in looked.content.decode()
    assert "可以直接再试一次" in looked.content.decode()
    assert "钱没有动" not in wrote.content.decode()
    told = "正在核对这笔有没有成。结果会出现在零钱明细或订单里，最迟 10 分钟。先不要重复操作。"
    assert told in wrote.content.decode()


def test_our_fault_carries_the_number_of_its_record() -> None:
    page = errors.broken(request()).content.decode()
    assert "7f3a12bc90de" in page
    assert "<dt>找客服</dt><dd>把记录号发给客服</dd>" in page
    assert "找客服" not in errors.not_found(request(), Exception()).content.decode()


def test_a_database_that_does_not_answer_is_503_and_asks_to_come_again() -> None:
    answer = errors.unavailable(request())
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "账本暂时连不上" in answer.content.decode()


def test_what_cannot_be_read_and_what_is_not_open_have_their_words() -> None:
    assert "读不出来" in errors.bad_request(request(), Exception()).content.decode()
    assert "不对你开放" in errors.forbidden(request(), Exception()).content.decode()


@pytest.mark.urls("gongxiang.config.urls")
def test_an_address_that_is_a_button_s_says_so_and_keeps_what_is_allowed(client: Client) -> None:
    answer = client.get("/pay/callback/wechat", secure=True)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "从那一页点进去就行" in answer.content.decode()
    assert client.delete("/api/v1/pool", secure=True)["Content-Type"] == "application/problem+json"


def test_every_error_page_is_among_the_printed() -> None:
    pages = {
        name
        for name, one in vars(errors).items()
        if callable(one) and getattr(one, "__annotations__", {}).get("return") is HttpResponse
    }
    assert len(pages - {"_page"}) == len({each.partition("-")[0] for each in TROUBLES}) + 3


def test_an_address_with_markup_is_printed_harmless() -> None:
    page = errors.broken(request(path='/"><script>alert(1)</script>')).content.decode()
    assert "<script" not in page


def test_a_form_without_its_token_is_refused_in_our_words() -> None:
    asked = request("POST", "/login")
    answer = errors.form_expired(asked, "no token")
    page = answer.content.decode()
    assert settings.CSRF_FAILURE_VIEW == "gongxiang.web.errors.form_expired"
    assert answer.status_code == 403
    assert "这张表单过期了" in page
    assert "钱没有动，什么都没有改" in page
    assert 'href="/login"' in page
