"""What owners ask of their stores is decided in the console by one officer, and told to them.

Source: spec/platform.md (Store); E6, R2, R4, R9; I-26; design/ui/faces.md 6.5.
"""

from datetime import date

import pytest
from django.test import Client

from gongxiang.acts.answer_request import answer_request
from gongxiang.acts.ask_change import ask_change
from gongxiang.governance.models import AuditEntry
from gongxiang.members.models import Message
from gongxiang.merchants.changes import Closing, NewOwner, NewRate, Wish
from gongxiang.merchants.models import ChangeRequest, Profile, RateChange, Store
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, open_account
from tests.ops import staff, world

LIST = "/ops/changes/"
RATE = NewRate(commission_rate=1_500, since=date(2026, 12, 1))


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town(settings=BAND)
    world.users()
    for key in ("afang", "zhou"):
        open_account(key)


def fang() -> int:
    return town.party("fang", kind=2)


def asked(wish: Wish, reason: str = "冬天生意淡") -> str:
    number = ask_change(store=fang(), by=town.party("afang"), wish=wish, reason=reason)
    return f"/ops/stores/{fang()}/changes/{number}/"


def typed(path: str) -> str:
    return path.rstrip("/")[-4:]


def said(client: Client, path: str, **form: str) -> str:
    return world.text_of(client.post(path, form))


def messages(key: str) -> list[str]:
    told = Message.objects.filter(member_id=town.party(key)).values_list("kind", flat=True)
    return list(told)


def test_a_rate_is_approved_after_a_check_page_and_told_to_its_owner() -> None:
    path, client = asked(RATE), staff.signed_in("ke")
    assert "阿芳小馆 改抽成为 15% 从 2026-12-01 起" in world.text_of(client.get(LIST))
    page = world.text_of(client.get(path))
    assert "现在的抽成 20%" in page
    assert "今天通过，公示满 7 天，最早 2026-11-30" in page
    assert "冬天生意淡" in page
    assert "通过，改抽成为 15%" in said(client, path, decision="approve")
    assert not RateChange.objects.exists()
    done = client.post(path, {"decision": "approve", "step": "do"})
    assert (done.status_code, done["Location"]) == (303, LIST)
    assert RateChange.objects.get().commission_rate == 1_500
    assert "阿芳小馆，改抽成为 15%：通过" in world.text_of(client.get(LIST))
    assert messages("afang") == ["rate_approved"]
    entry = AuditEntry.objects.get()
    assert (entry.kind, entry.officer, entry.subject_id) == ("change_reviewed", "ke", str(fang()))
    log = world.text_of(staff.signed_in("li").get("/ops/audit/"))
    assert "门店变更 " + str(fang()) in log
    assert "做什么：改抽成" in log
    assert "抽成：15%；状态：已通过" in log
    assert "阿芳小馆" in world.text_of(client.get(f"{LIST}?state=approved"))


def test_a_decline_says_why_and_changes_nothing_but_its_state() -> None:
    path, client = asked(RATE), staff.signed_in("min")
    empty = client.post(path, {"decision": "decline", "answer": " "})
    assert empty.status_code == 422
    assert "写上为什么，店主看得到" in world.text_of(empty)
    form = {"decision": "decline", "answer": "先把欠款结清", "step": "do"}
    assert client.post(path, form).status_code == 303
    request = ChangeRequest.objects.get()
    assert (request.state, request.officer, request.answer) == ("declined", "min", "先把欠款结清")
    assert not RateChange.objects.exists()
    assert messages("afang") == ["change_declined"]


def test_a_new_owner_has_to_agree_and_the_number_is_typed_once_more() -> None:
    path, client = asked(NewOwner(code="zhou")), staff.signed_in("ke")
    page = client.get(path)
    assert "还没有同意，现在不能通过" in world.text_of(page)
    assert 'value="approve"' not in page.content.decode()
    form = {"decision": "approve", "step": "do", "typed": typed(path)}
    early = client.post(path, form)
    assert early.status_code == 422
    assert "新店主还没有同意" in world.text_of(early)
    number = ChangeRequest.objects.get().id
    answer_request(store=fang(), request=number, member=town.party("zhou"))
    assert client.post(path, form | {"typed": "x"}).status_code == 422
    assert Store.objects.get(store_id=fang()).owner_id == town.party("afang")
    assert client.post(path, form).status_code == 303
    assert Store.objects.get(store_id=fang()).owner_id == town.party("zhou")
    assert (messages("afang"), messages("zhou")) == (["owner_approved"], ["owner_approved"])


def test_a_store_closes_for_good_and_a_colleague_comes_too_late() -> None:
    path = asked(Closing(), reason="回老家")
    form = {"decision": "approve", "step": "do", "typed": typed(path)}
    assert "关了不能再开" in said(staff.signed_in("ke"), path, decision="approve")
    assert staff.signed_in("ke").post(path, form).status_code == 303
    assert Profile.objects.get(store_id=fang()).state == "closed"
    assert messages("afang") == ["closing_approved"]
    late = staff.signed_in("min").post(path, form)
    assert late.status_code == 422
    assert "刚刚有同事答复过" in world.text_of(late)


def test_what_is_no_decision_is_refused_and_kept() -> None:
    path = asked(RATE)
    answer = staff.signed_in("ke").post(path, {"decision": "x", "answer": "看过了"})
    assert answer.status_code == 422
    assert "什么都没有改。选一个决定" in world.text_of(answer)
    assert "钱没有动" not in world.text_of(answer)
    assert "看过了" in answer.content.decode()
    assert staff.signed_in("ke").get(path + "9").status_code == 404
    assert staff.signed_in("ke").get(path.rstrip("/") + "9/").status_code == 404


def test_today_counts_what_waits_for_the_desk_alone() -> None:
    asked(RATE)
    asked(Closing())
    assert "门店变更待审 2 件" in world.text_of(staff.signed_in("ke").get("/ops/"))
    assert "门店变更待审" not in world.text_of(staff.signed_in("zhi").get("/ops/"))


def test_more_than_a_page_goes_on_without_a_gap() -> None:
    town.query(
        "INSERT INTO merchants_changerequest (id, store_id, kind, state, asked_by_id, asked_at,"
        " reason, officer, answer) SELECT n, n, 'closing', 'declined', %s, now(), '第' || n,"
        " 'ke', '' FROM generate_series(1001, 1060) n",
        town.party("afang"),
    )
    client = staff.signed_in("ke")
    first = client.get(f"{LIST}?state=declined").content.decode()
    way_on = first.partition('class="on" href="')[2].partition('"')[0].replace("&amp;", "&")
    both = first + client.get(LIST + way_on).content.decode()
    assert all(f"第{number}<" in both for number in range(1001, 1061))
