"""The public part of the API: figures of the one world, headers, limits, problems."""

import hashlib
import json
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.api.problems import CODES
from gongxiang.api.site import api
from gongxiang.members.meter import METER
from tests.acts import town
from tests.api.asked import PREFIX, Program
from tests.api.asked import told as answered

pytestmark = pytest.mark.usefixtures("opened")


def code_of(key: str) -> str:
    """Give the public code of a store."""
    query = "SELECT code FROM merchants_profile WHERE store_id = %s"
    return str(town.query(query, town.party(key, kind=2))[0][0])


def test_the_pool_tells_the_pair_exactly_and_the_facts_beside_the_price() -> None:
    told = Program().get("/pool")
    assert told["pair"] == {"money": "480100000", "circulating": "257182500569290"}
    assert (told["price"], told["steps"], told["rules_version"]) == ("1.8668", 3, 1)
    facts = told["facts"]
    assert facts["sentence"] == "积分不保本、不保收益"
    assert (facts["lots"], facts["lots_capped"], facts["lots_capped_share"]) == (3, 0, 0)
    assert (facts["spend"], facts["paid_to_members"]) == ("3000000000", "0")
    assert (facts["paid_share"], facts["paid_share_limit"]) == (0, 1_600)
    assert facts["payout_of_a_point"] == "1.4934"


def test_every_step_is_told_once_page_after_page() -> None:
    whole = Program().get("/pool/steps")
    assert [each["step"] for each in whole["items"]] == [1, 2, 3]
    first = whole["items"][0]
    assert (first["kind"], first["day"], first["amount"]) == ("mint", "2026-11-22", "160000000")
    assert (first["points"], first["cap"]) == ("112000000000000", "1200000000")
    assert re.fullmatch("[0-9a-f]{16}", first["lot"])
    one = Program().get("/pool/steps", limit=2)
    two = Program().get("/pool/steps", limit=2, cursor=one["next"])
    assert [*one["items"], *two["items"]] == whole["items"]
    assert Program().get("/pool/steps", cursor=two["next"])["items"] == []


def test_stores_are_listed_with_their_public_codes_and_found_however_typed() -> None:
    told = Program().get("/stores")
    assert [each["name"] for each in told["items"]] == ["阿芳小馆", "青禾眼镜"]
    assert told["next"] is None
    fang = code_of("fang")
    typed = Program().get(f"/stores/{fang[:4].lower()}-{fang[4:]}")
    assert typed == {
        "code": fang,
        "name": "阿芳小馆",
        "state": "open",
        "division": "440106",
        "place": "广州市天河区",
    }
    page = Program().get("/stores", limit=1)
    rest = Program().get("/stores", limit=1, cursor=page["next"])
    assert [each["name"] for each in rest["items"]] == ["青禾眼镜"]
    assert Program().get("/stores", division="440104")["items"] == rest["items"]


def test_what_is_not_there_is_a_problem_and_no_page() -> None:
    assert Program().get("/stores/00000000", status=404)["code"] == "not_found"
    assert Program().get("/nowhere/at/all", status=404)["detail"] == "没有这个地址"
    assert Program().post("/pool", {}, status=405)["code"] == "wrong_method"


def test_a_limit_is_a_plain_number_from_1_to_100() -> None:
    for limit in ("0", "101", "-1", "1.0", "1e1", "NaN", "", "9" * 40, "५", "1_0", "\0"):
        problem = Program().get("/pool/steps", limit=limit, status=422)
        assert problem["errors"][0]["where"] == "query.limit"


def test_a_cursor_that_is_forged_or_of_another_list_is_refused() -> None:
    cursor = Program().get("/pool/steps")["next"]
    for wrong in (cursor[:-1] + ("a" if cursor[-1] != "a" else "b"), "1", "x:y:z"):
        assert Program().get("/pool/steps", cursor=wrong, status=422)["code"] == "cursor_unknown"
    assert Program().get("/stores", cursor=cursor, status=422)["code"] == "cursor_unknown"


def test_a_public_answer_may_be_kept_and_is_not_sent_twice() -> None:
    client = Client()
    first = client.get(f"{PREFIX}/pool")
    assert first["ETag"] == f'"{hashlib.sha256(first.content).hexdigest()[:32]}"'
    assert first["Cache-Control"] == "public, max-age=2"
    again = client.get(f"{PREFIX}/pool", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_no_other_origin_may_read_and_nothing_may_run() -> None:
    origin = {"Origin": "https://elsewhere.example"}
    for answer in (
        Client().get(f"{PREFIX}/pool", headers=origin),
        Client().options(f"{PREFIX}/pool", headers=origin),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_too_many_from_one_address_wait_and_are_told_how_long() -> None:
    METER.forget()
    with override_settings(API_ADDRESS_RATE=3):
        for _ in range(3):
            Program().get("/pool")
        answer = Client().get(f"{PREFIX}/pool")
    problem = json.loads(answer.content)
    assert (answer.status_code, problem["code"]) == (429, "too_fast")
    assert 1 <= int(answer["Retry-After"]) <= 20
    assert problem["detail"] == f"操作太快了，{answer['Retry-After']} 秒后可以再试。钱没有动"


def test_without_the_database_it_says_when_to_come_again() -> None:
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(PORT="1")
    try:
        answer = Client().get(f"{PREFIX}/pool")
    finally:
        connection.close()
        connection.settings_dict.update(before)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert json.loads(answer.content)["code"] == "unavailable"


def test_what_breaks_leaves_no_trace_in_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DEBUG", True)
    monkeypatch.setattr("gongxiang.queries.shown_stores._LIST", "SELECT nonsense")
    problem = Program().get("/stores", status=500)
    assert problem["code"] == "our_fault"
    assert "nonsense" not in json.dumps(problem)
    assert re.fullmatch("[0-9a-f]{12}", problem["record"])


def test_the_description_names_every_operation_and_nothing_twice() -> None:
    told = json.loads(Client().get(f"{PREFIX}/openapi.json").content)
    assert told["openapi"] == "3.1.0"
    operations = [each for path in told["paths"].values() for each in path.values()]
    names = [each["operationId"] for each in operations]
    assert len(names) == len(set(names))
    for each in operations:
        assert re.search("[\u4e00-\u9fff]", each["summary"]), each["operationId"]
        assert re.fullmatch(r"[A-Z][\x00-\x7f]*\.(?s:.*)", each["description"])
        assert {"400", "422", "429", "500", "503"} <= set(each["responses"])
    assert api.urls_namespace == "api"


def test_the_page_of_documents_loads_from_this_host_alone() -> None:
    answer = Client().get(f"{PREFIX}/docs")
    assert answer.status_code == 200
    assert "'unsafe" not in answer["Content-Security-Policy"]
    assert not re.search(r"https?://", answer.content.decode())


def test_an_answer_asks_at_most_twelve_questions() -> None:
    for path in ("/pool", "/pool/steps", "/stores"):
        with counted() as asked:
            Program().get(path)
        assert len(asked) <= 12, (path, asked)


@pytest.mark.parametrize("path", ["/api/v1/pool", "/api/v1/me", "/api/nothing"])
def test_a_host_that_is_none_of_ours_is_a_problem_under_the_api_and_a_page_elsewhere(
    path: str,
) -> None:
    client = Client(headers={"Host": "elsewhere.example"})
    found = answered(client.get(path), 400)
    assert (found["code"], found["detail"]) == ("unreadable", CODES["unreadable"].detail)
    answer = client.get(path)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    page = client.get("/pool")
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "这个请求读不出来" in page.content.decode()


def test_head_is_told_what_get_is_without_its_body(client: Client) -> None:
    for path in ("/pool", "/stores", "/me", "/nothing"):
        got, head = client.get(f"{PREFIX}{path}"), client.head(f"{PREFIX}{path}")
        assert (head.status_code, head.content) == (got.status_code, b"")
        assert {name: head.get(name) for name in ("ETag", "Cache-Control", "Content-Type")} == {
            name: got.get(name) for name in ("ETag", "Cache-Control", "Content-Type")
        }
    refused = client.head(f"{PREFIX}/sales")
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
