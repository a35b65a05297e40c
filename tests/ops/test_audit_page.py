"""The audit log can be searched and taken along; looking at a person is a line in it.

Source: H5; design/ui/faces.md 6.5.
"""

import csv
import io

import pytest
from django.db import transaction
from django.test import Client

from gongxiang.acts.quarantine_notice import quarantine_notice
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditEntry, AuditKind, HandledNotice
from gongxiang.ledger import raw
from gongxiang.payments.models import Quarantine
from gongxiang.payments.provider import Provider
from tests.acts import town
from tests.conftest import Database
from tests.ops import staff, world


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()
    world.users()


def note(number: int, *, officer: str = "zhi", why: str = "测试") -> None:
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        audit_log.note(
            cursor,
            kind=AuditKind.WITHDRAWAL_REVIEWED,
            subject=("withdrawal", number),
            officer=officer,
            before={"state": "待审核", "maker": ""},
            after={"amount": 100_000_000, "active": True},
            why=why,
        )


def shown(client: Client, query: str = "") -> str:
    return world.text_of(client.get(f"/ops/audit/{query}"))


def test_a_line_is_told_in_words() -> None:
    note(71)
    page = shown(staff.signed_in("li"))
    for words in (
        "zhi 提现审核",
        "提现 71",
        "初审：没有；状态：待审核",
        "启用：是；金额：100.00 元",
    ):
        assert words in page, words


def test_filters_stand_in_the_address() -> None:
    note(71)
    note(72, officer="fu")
    client = staff.signed_in("li")
    assert "提现 72" not in shown(client, "?officer=zhi")
    assert "提现 71" not in shown(client, "?subject=72")
    assert "没有这样的记录" in shown(client, "?kind=signed_in")
    assert "没有这样的记录" in shown(client, "?day=2020-01-01")
    assert client.get("/ops/audit/?kind=x").status_code == 400


def test_more_than_a_page_goes_on_without_a_gap() -> None:
    for number in range(1000, 1060):
        note(number)
    client = staff.signed_in("li")
    first = client.get("/ops/audit/").content.decode()
    way_on = first.partition('class="on" href="')[2].partition('"')[0].replace("&amp;", "&")
    both = first + client.get(f"/ops/audit/{way_on}").content.decode()
    assert all(f">{number}<" in both for number in range(1000, 1060))


def test_the_table_to_take_along_has_no_formula_and_is_a_line_itself() -> None:
    note(71, why='=HYPERLINK("http://x")')
    note(72, officer="fu")
    answer = staff.signed_in("li").post("/ops/audit/?officer=zhi")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'
    table = list(csv.reader(io.StringIO(answer.content.decode().removeprefix("\ufeff"))))
    assert len(table) == 2
    assert table[1][7] == '\'=HYPERLINK("http://x")'
    entry = AuditEntry.objects.get(kind="exported")
    assert (entry.officer, entry.after) == ("li", {"officer": "zhi", "lines": 1})


def test_a_person_is_masked_until_a_reason_is_written() -> None:
    client = staff.signed_in("ke")
    path = f"/ops/members/{town.party('lin')}/"
    assert "林小满" not in world.text_of(client.get(path))
    assert "林小满" not in world.text_of(client.get(f"{path}unmask/"))
    refused = client.post(f"{path}unmask/", {"why": " "})
    assert refused.status_code == 422
    assert not AuditEntry.objects.exists()
    answer = client.post(f"{path}unmask/", {"why": "来电核对收款人"})
    assert "lin" in world.text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get()
    told = (entry.kind, entry.officer, entry.subject_id, entry.why)
    assert told == ("unmasked", "ke", str(town.party("lin")), "来电核对收款人")


def test_a_notice_in_quarantine_is_handled_once_with_a_reason() -> None:
    quarantine_notice(provider=Provider.WECHAT, reason="金额不符", body='{"a": "<b>"}')
    number = Quarantine.objects.get().id
    client, path = staff.signed_in("fu"), f"/ops/quarantine/{number}/"
    assert "金额不符" in world.text_of(client.get("/ops/quarantine/"))
    assert "&lt;b&gt;" in client.get(path).content.decode()
    assert client.post(path, {"why": ""}).status_code == 422
    assert client.post(path, {"why": "渠道测试用，已问过"}).status_code == 303
    again = client.post(path, {"why": "再来一次"})
    assert again.status_code == 422
    assert "刚刚有同事处理过" in world.text_of(again)
    handled = HandledNotice.objects.get()
    assert (handled.officer, handled.why) == ("fu", "渠道测试用，已问过")
    assert [entry.kind for entry in AuditEntry.objects.all()] == ["notice_handled"]
    assert "金额不符" not in world.text_of(client.get("/ops/quarantine/"))
    assert "渠道测试用，已问过" in world.text_of(client.get("/ops/quarantine/?state=done"))


def test_an_admin_opens_changes_and_resets_an_account() -> None:
    client = staff.signed_in("min")
    page = client.post("/ops/officers/", {"name": "xin", "shown": "辛", "role": "auditor"})
    assert "密码只显示这一次" in world.text_of(page)
    path = f"/ops/officers/{world.officer_number('xin')}/"
    wrong = client.post(path, {"role": "service", "state": "off", "why": "走了", "typed": "x"})
    assert wrong.status_code == 422
    assert "停用要写上他的用户名「xin」" in world.text_of(wrong)
    right = {"role": "service", "state": "off", "why": "走了", "typed": "xin"}
    assert client.post(path, right).status_code == 303
    assert "停用" in world.text_of(client.get(path))
    reset = client.post(path, {"step": "reset", "lost": "手机丢了"})
    assert "旧密码、两步验证和恢复码都已失效" in world.text_of(reset)
    assert client.post(path, {"step": "reset", "lost": ""}).status_code == 422
    twice = client.post("/ops/officers/", {"name": "xin", "role": "auditor"})
    assert twice.status_code == 422
    assert 'value="xin"' in twice.content.decode()
    kinds = list(AuditEntry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["staff_added", "staff_changed", "factor_reset"]
