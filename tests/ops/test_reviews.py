"""Stores and refunds after settlement are reviewed in the console, and wait on today's page.

Source: spec/platform.md (Store); E16; I-26; design/ui/faces.md 6.5.
"""

import re

import pytest
from django.test import Client

from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.governance.models import AuditEntry
from gongxiang.merchants.models import Application
from gongxiang.treasury.models import CaseState, RefundCase
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, submitted
from tests.ops import staff, world


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town(settings=BAND)
    world.users()


@pytest.fixture
def case() -> str:
    order = int(town.query("SELECT id FROM orders_fact WHERE key = 'o1'")[0][0])
    member = town.party("lin")
    made = open_refund_case(
        key="k1",
        member=member,
        order=order,
        amount_fen=100_000,
        reason="菜没有上",
        is_by_store=False,
    )
    return f"/ops/cases/{member}/{made.number}/"


def said(client: Client, path: str, **form: str) -> str:
    return world.text_of(client.post(path, form))


def test_one_officer_opens_a_store_after_a_check_page() -> None:
    member, number = submitted("lin")
    client, path = staff.signed_in("ke"), f"/ops/applications/{member}/{number}/"
    assert "小满糖水" in world.text_of(client.get("/ops/applications/"))
    assert "看证照" in world.text_of(client.get(path))
    assert "通过，给「小满糖水」开店" in said(client, path, verdict="approve")
    assert Application.objects.get().state == "submitted"
    answer = client.post(path, {"verdict": "approve", "step": "do"})
    assert (answer.status_code, answer["Location"]) == (303, "/ops/applications/")
    asked = Application.objects.get()
    assert (asked.state, asked.officer) == ("approved", "ke")
    late = client.post(path, {"verdict": "approve", "step": "do"})
    assert late.status_code == 422
    assert "刚刚有同事答复过" in world.text_of(late)


def test_what_is_missing_is_named_and_kept() -> None:
    member, number = submitted("lin")
    client, path = staff.signed_in("ke"), f"/ops/applications/{member}/{number}/"
    empty = client.post(path, {"verdict": "ask", "reason": ""})
    assert empty.status_code == 422
    assert "写上缺什么、为什么" in world.text_of(empty)
    form = {"verdict": "ask", "missing-licence": "照片看不清"}
    assert "营业执照：照片看不清" in said(client, path, **form)
    assert client.post(path, form | {"step": "do"}).status_code == 303
    assert Application.objects.get().missing == {"licence": "照片看不清"}


def test_papers_are_shown_on_one_answer_after_a_line_in_the_log() -> None:
    member, number = submitted("lin")
    client, path = staff.signed_in("ke"), f"/ops/applications/{member}/{number}/"
    assert "data:image" not in client.get(path).content.decode()
    shown = client.post(path, {"step": "look"})
    assert len(re.findall(r'<img src="data:image/jpeg;base64,', shown.content.decode())) == 2
    assert "no-store" in shown["Cache-Control"]
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.officer, entry.subject_id) == ("unmasked", "ke", str(number))


def test_two_officers_refund_and_the_sum_of_who_pays_stands_there(case: str) -> None:
    maker, checker = staff.signed_in("zhi"), staff.signed_in("fu")
    page = world.text_of(maker.get(case))
    assert "盈利池 160.00" in page
    assert "合计 1,000.00" in page
    form = {"verdict": "approve", "reason": "看过小票", "maker": ""}
    assert "提交初审：通过" in said(maker, case, **form)
    assert maker.post(case, form | {"step": "do"}).status_code == 303
    own = maker.post(case, form | {"maker": "zhi", "step": "do"})
    assert own.status_code == 422
    assert "这一笔是你提交的，要另一位同事复核" in world.text_of(own)
    form = {"verdict": "approve", "reason": "同意", "maker": "zhi"}
    assert "复核通过，退 1,000.00 元" in said(checker, case, **form)
    number = case.rstrip("/")[-4:]
    assert checker.post(case, form | {"step": "do", "typed": "x"}).status_code == 422
    moved = form | {"step": "do", "typed": number, "maker": "somebody"}
    assert checker.post(case, moved).status_code == 422
    assert RefundCase.objects.get().state == CaseState.REVIEW
    assert checker.post(case, form | {"step": "do", "typed": number}).status_code == 303
    done = RefundCase.objects.get()
    assert (done.state, done.maker, done.checker) == (CaseState.PLACED, "zhi", "fu")


def test_a_verdict_without_a_reason_is_refused(case: str) -> None:
    answer = staff.signed_in("zhi").post(case, {"verdict": "approve", "reason": " "})
    assert answer.status_code == 422
    assert "写上理由，通过也要写" in world.text_of(answer)


def test_today_lists_what_waits_for_each_role(case: str) -> None:
    submitted("lin")
    page = world.text_of(staff.signed_in("ke").get("/ops/"))
    assert "结算后退款待审 1 笔 合计 1,000.00 元" in page
    assert "门店入驻待审 1 家" in page
    assert "门店入驻待审" not in world.text_of(staff.signed_in("zhi").get("/ops/"))
