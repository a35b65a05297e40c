"""What was typed when a session had ended stands in the form after signing in; never in an address.

Source: design/ui/faces.md 1.7, 4 (signed out); H5.
"""

import pytest
from django.test import Client

from gongxiang.acts.ask_refund import ask_refund
from gongxiang.acts.end_sessions import end_sessions
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, filled
from tests.web.signed import signed_in

TOLD = "登录过期了，填的内容还在。登录后接着来。钱没有动。"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town(settings=BAND)


def ended(key: str) -> Client:
    """Give a browser whose session was ended from elsewhere."""
    client = signed_in(key)
    end_sessions(member=town.party(key))
    return client


def again(client: Client, key: str) -> Client:
    """Sign in anew in the same browser."""
    anew = signed_in(key).session
    session = client.session
    session.update({name: value for name, value in anew.items() if name.startswith("member")})
    session.save()
    return client


def test_a_step_of_an_application_is_there_as_it_was_typed() -> None:
    member, number = filled("lin")
    path = f"/store/apply/{number}/place"
    client = ended("lin")
    typed = {"province": "440000", "division": "440104", "address": "北京路 <8> 号"}
    sent = client.post(path, {**typed, "agreed": "on"})
    assert sent["Location"].startswith("/login?next=%2Fstore%2Fapply%2F")
    assert "8" not in sent["Location"].partition("?")[2].replace(str(number), "")
    assert TOLD in client.get(sent["Location"]).content.decode()
    assert town.query(
        "SELECT typed ->> 'address' FROM merchants_application WHERE member_id = %s", member
    ) == [("体育东路 1 号",)]
    page = again(client, "lin").get(path).content.decode()
    assert "北京路 &lt;8&gt; 号" in page
    assert client.post(path, typed).status_code == 303
    town.query('UPDATE merchants_application SET typed = typed || \'{"address": "别处"}\'')
    assert "别处" in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("who", "path", "typed", "shown"),
    [
        ("afang", "/store/fang/settings", {"address": "北京路 8 号"}, "北京路 8 号"),
        ("afang", "/store/fang/changes", {"what": "closing", "reason": "家里有事"}, "家里有事"),
        ("lin", "/wallet/withdraw", {"amount": "2.21", "key": "k"}, 'value="2.21"'),
        ("lin", "/orders/o99/refund", {"amount": "3.21", "reason": "少上一菜"}, "少上一菜"),
        ("lin", "/orders/o1/refund", {"amount": "3.21", "reason": "菜没有上"}, "菜没有上"),
        ("lin", "/me/name", {"name": "小满"}, 'value="小满"'),
        ("lin", "/me/tokens", {"name": "记账本"}, 'value="记账本"'),
        ("afang", "/store/fang/shift", {"float": "200.55"}, 'value="200.55"'),
    ],
)
def test_other_forms_are_there_too(who: str, path: str, typed: dict[str, str], shown: str) -> None:
    client = ended(who)
    assert TOLD in client.get(client.post(path, typed)["Location"]).content.decode()
    again(client, who)
    assert shown in client.get(path).content.decode()
    assert set(client.session["kept_form"][1]) <= set(typed) - {"key"}


def test_an_answer_stands_on_the_page_it_was_written_on() -> None:
    order = town.query("SELECT id FROM orders_fact WHERE key = 'o99'")[0][0]
    ask_refund(key="q", member=town.party("lin"), order=order, amount_fen=100, reason="少上一菜")
    client = ended("afang")
    client.post("/store/fang/orders/o99/decline", {"answer": "菜都吃完了"})
    again(client, "afang")
    assert 'value="菜都吃完了"' in client.get("/store/fang/orders/o99/refund").content.decode()
    answer = client.post("/store/fang/orders/o99/decline", {"answer": "菜都吃完了"})
    assert answer.status_code == 303
    assert "kept_form" not in client.session


def test_a_reason_comes_back_to_its_member_alone() -> None:
    client = ended("lin")
    client.post("/orders/o99/refund", {"amount": "3.21", "reason": "少上一菜"})
    page = again(client, "afang").get("/orders/o99/refund")
    assert page.status_code == 404
    assert "少上一菜" not in page.content.decode()
    assert town.query("SELECT count(*) FROM payments_refundrequest") == [(0,)]


def test_nothing_is_kept_that_no_form_names_nor_for_longer_than_half_an_hour() -> None:
    client = ended("lin")
    document = {"name": "林小满", "document": "11010519491231002X", "consent": "1"}
    sent = client.post("/wallet/payee/identity", document)
    assert "kept_form" not in client.session
    assert "登录过期了，登录后接着来。钱没有动。" in client.get(sent["Location"]).content.decode()
    client.post("/wallet/withdraw", {"amount": "3.21"})
    session = client.session
    path, typed, at = session["kept_form"]
    session["kept_form"] = [path, typed, at - 1_801]
    session.save()
    assert "3.21" not in again(client, "lin").get("/wallet/withdraw").content.decode()
