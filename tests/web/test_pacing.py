"""Nobody does on the pages more than a person does, however many web processes answer him.

Source: reliability 8 (1, 7, 16), API4.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import get_resolver

from gongxiang.cli.up import web_server
from gongxiang.members import pace
from gongxiang.members.meter import Meter
from gongxiang.web import pacing
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "open-to-the-network.md"


@pytest.fixture(autouse=True)
def _opened(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def used_up(key: str, rate: int) -> None:
    """Use a share up as another web process would, and some seconds more: no machine is so slow."""
    assert pace.wait(key=key, rate=rate) == 0
    town.query(
        "UPDATE members_pace SET due_at = statement_timestamp() + interval '80 seconds'"
        " WHERE key = %s RETURNING 1",
        key,
    )


def test_a_member_who_used_his_share_elsewhere_waits_and_is_told_how_long() -> None:
    client, member = signed_in("lin"), town.party("lin")
    used_up(f"m{member} wallet:withdraw", rate=pacing.FORMS["wallet:withdraw"])
    before = town.query("SELECT count(*) FROM orders_fact")
    answer = client.post("/wallet/withdraw", {"amount": "1.23"}, REMOTE_ADDR="192.0.2.1")
    assert answer.status_code == 429
    seconds = int(answer["Retry-After"])
    assert 1 <= seconds <= 23  # twenty over, and a twentieth of a minute
    told = answer.content.decode()
    assert "操作太快了" in told
    assert f"钱没有动，什么都没有改。{seconds} 秒后可以再试。填的内容还在。" in told
    assert 'href="/wallet/withdraw">回到那一页</a>' in told
    assert 'value="1.23"' in client.get("/wallet/withdraw").content.decode()
    assert town.query("SELECT count(*) FROM orders_fact") == before
    assert client.get("/wallet/withdraw").status_code == 200
    assert client.post("/points/sell", {}).status_code != 429
    assert signed_in("zhou").post("/wallet/withdraw", {}).status_code != 429


def test_strangers_are_counted_by_network_of_ipv6_by_what_one_subscriber_has() -> None:
    used_up("n2001:db8::/64", rate=pacing.NETWORK_RATE)
    client = Client()
    assert client.post("/login", REMOTE_ADDR="2001:db8::27").status_code == 429
    assert client.post("/login", REMOTE_ADDR="2001:db8:0:1::27").status_code != 429


def test_what_draws_is_counted_without_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "METER", Meter(now=lambda: 0))
    monkeypatch.setattr(pacing, "LOOKS", {"public:stores": 2})
    client = Client()
    assert [client.get("/stores").status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get("/stores?q=1")
    assert answer["Retry-After"] == "30"
    told = answer.content.decode()
    assert "30 秒后可以再看" in told
    assert 'href="/stores?q=1">再试一次</a>' in told
    assert client.get("/pool").status_code == 200
    assert town.query("SELECT count(*) FROM members_pace") == [(0,)]


def test_of_what_looks_the_limit_gets_through_once_a_process_and_the_how_to_says_so() -> None:
    processes = int(web_server("127.0.0.1", 1)[web_server("", 1).index("--workers") + 1])
    meters = [Meter(now=lambda: 0) for _ in range(processes)]
    asked = [meter.wait("n192.0.2.1", rate=300) for _ in range(301) for meter in meters]
    assert asked.count(0) == 300 * processes
    told = HOW_TO.read_text("utf-8")
    assert f"times the number of web processes gets through, and `up` runs {processes}." in told


def test_a_channel_is_never_told_to_wait() -> None:
    used_up("n127.0.0.1", rate=pacing.NETWORK_RATE)
    for path in ("wechat", "wechat/transfer", "alipay"):
        assert Client().post(f"/pay/callback/{path}", b"x", content_type="a/b").status_code != 429


def test_every_limit_is_of_a_page_that_there_is_and_stands_in_the_how_to() -> None:
    names = {
        f"{space}:{name}"
        for space, (_, resolver) in get_resolver().namespace_dict.items()
        for name in resolver.reverse_dict
        if isinstance(name, str)
    }
    assert {*pacing.FORMS, *pacing.LOOKS} <= names
    told = dict(re.findall(r"^\| `([\w:]+)` \| (\d+) \|", HOW_TO.read_text("utf-8"), re.MULTILINE))
    limits = {**pacing.FORMS, **pacing.LOOKS}
    limits |= {"member": pacing.MEMBER_RATE, "network": pacing.NETWORK_RATE}
    assert json.dumps({name: int(rate) for name, rate in told.items()}, sort_keys=True) == (
        json.dumps(limits, sort_keys=True)
    )
