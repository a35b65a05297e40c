"""The pages of paying: the words of every refusal, nothing lost, nobody else's order."""

import re
from typing import Any

import pytest
from django.test import Client

from bench.counting import counted
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.members.sessions import MEMBER
from gongxiang.sandbox.pay import Sandbox
from gongxiang.web.shared import identity
from tests.payments.paying import World, ask, number_of, paid, standing

PAY = "/s/SAFANG/pay"
TOKEN = re.compile(r'name="token" value="([^"]+)"')


@pytest.fixture
def guest(world: World) -> Client:
    return Client()


@pytest.fixture
def member(world: World) -> Client:
    return signed_in(world.member)


def signed_in(member: int) -> Client:
    """Give a browser in which a member is signed in."""
    ask(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
        " VALUES (%s, '', %s, 0, now())",
        member,
        f"CODE{member}",
    )
    client = Client()
    session = client.session
    session.update({MEMBER: member, identity._EPOCH: 0})
    session.save()
    return client


def form(client: Client, **fields: str) -> dict[str, str]:
    """Give a filled form with a fresh one-time key."""
    page = client.get(PAY).content.decode()
    match = TOKEN.search(page)
    assert match is not None, "the form has a key"
    return {"token": match[1], "provider": "wechat", "amount": "128.00", **fields}


def paying(client: Client, **fields: str) -> Any:  # noqa: ANN401  Django's test answer
    return client.post(PAY, form(client, **fields))


def order_of(client: Client, sandbox: Sandbox, **fields: str) -> str:
    """Pay 128.00; give the order's path."""
    path = str(paying(client, **fields)["Location"]).removesuffix("/wait")
    paid(sandbox, path.rpartition("/")[2])
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    return path


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "填上付款金额"),
        ("12.345", "金额最多到分，例如 128.50"),
        ("abc", "金额最多到分，例如 128.50"),
        ("-1", "金额最多到分，例如 128.50"),
        ("1e3", "金额最多到分，例如 128.50"),
        ("0", "最少 0.01 元"),
        ("50000.01", "一笔最多 50,000.00 元，可以分两笔，或请店家在收银台收款"),
        ("9" * 20, "金额最多到分，例如 128.50"),
    ],
)
def test_an_amount_that_cannot_be_paid_comes_back_with_its_reason(
    guest: Client, amount: str, words: str
) -> None:
    answer = paying(guest, amount=amount)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) == 2
    assert f'value="{amount}" aria-describedby="amount-why gives"' in page
    assert 'class="err-text" id="amount-why"' in page
    assert ask("SELECT count(*) FROM payments_attempt") == [(0,)]


def test_two_taps_are_one_payment(guest: Client) -> None:
    filled = form(guest)
    answers = [guest.post(PAY, filled) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert ask("SELECT count(*) FROM payments_attempt") == [(1,)]
    other = guest.post(PAY, {**filled, "amount": "1.00"})
    assert other.status_code == 422


def test_the_estimate_is_the_engines_and_the_facts_stand_beside_it(guest: Client) -> None:
    page = guest.get(PAY, {"amount": "128"}).content.decode()
    assert "256.00" in page
    assert "153.60" in page
    assert "122.88" in page
    assert "积分不保本、不保收益" in page


def test_a_member_sees_his_order_for_ever_and_nobody_else_does(
    member: Client, sandbox: Sandbox, world: World
) -> None:
    path = order_of(member, sandbox)
    page = member.get(path).content.decode()
    assert "已付给SAFANG" in page
    assert "待结算" in page
    assert path.rpartition("/")[2] in page
    assert member.get(f"{path}/wait")["Location"] == path
    assert path in member.get("/orders").content.decode()
    stranger = Client()
    assert [stranger.get(f"{path}{end}").status_code for end in ("", "/wait", "/refund")] == [
        404
    ] * 3
    for asked in (path, f"{path}X"):
        answer = stranger.post(f"{asked}/refund", {"amount": "1"})
        assert answer["Location"].startswith("/login?next="), "whether it is there or not"
    assert stranger.get("/orders")["Location"].startswith("/login")


def test_a_guest_sees_what_his_browser_paid(guest: Client, sandbox: Sandbox) -> None:
    path = order_of(guest, sandbox)
    assert "积分先记在付款的微信支付账户名下" in guest.get(path).content.decode()


def test_asking_for_money_back_reaches_the_store_once(
    member: Client, sandbox: Sandbox, world: World
) -> None:
    path = order_of(member, sandbox)
    match = TOKEN.search(member.get(f"{path}/refund").content.decode())
    assert match is not None
    asked = {"token": match[1], "amount": "36.00", "reason": "点错了"}
    too_much = member.post(f"{path}/refund", {**asked, "amount": "128.01"})
    assert too_much.status_code == 422
    assert "这笔最多还能退 128.00 元（共 128.00，已退 0.00）" in too_much.content.decode()
    empty = member.post(f"{path}/refund", {**asked, "amount": ""}).content.decode()
    assert empty.count("填上退款金额，最多 128.00 元") == 2
    assert 'aria-invalid="true" aria-describedby="amount-why">' in empty
    unsaid = member.post(f"{path}/refund", {**asked, "reason": ""})
    assert unsaid.status_code == 422
    assert 'aria-invalid="true" aria-describedby="reason-why">' in unsaid.content.decode()
    assert [member.post(f"{path}/refund", asked).status_code for _ in range(2)] == [303, 303]
    assert ask("SELECT amount_fen, state FROM payments_refundrequest") == [(3_600, "asked")]
    assert "已申请退回 36.00 元" in member.get(path).content.decode()
    owner = signed_in(number_of("fang"))
    at_the_till = owner.get(f"/store/SAFANG/{path.removeprefix('/')}").content.decode()
    assert "顾客申请退回 36.00 元：点错了" in at_the_till
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r1", member=world.member, order=order, amount_fen=3_600)
    assert ask("SELECT state FROM payments_refundrequest") == [("granted",)]
    page = member.get(path).content.decode()
    assert "退回 36.00 元" in page
    assert "部分退款" in page


def test_nothing_follows_the_keys_and_the_public_books_are_a_tap_away(guest: Client) -> None:
    page = guest.get(PAY).content.decode()
    assert "<footer" not in page
    assert page.index("积分不保本、不保收益。") < page.index(">看公开账</a>")
    assert page.index(">看公开账</a>") < page.index('class="pad"')


def test_unknown_stores_and_orders_are_pages(guest: Client) -> None:
    for path in ("/s/nobody/pay", "/s/%00/pay", "/orders/GX1", "/orders/%00/wait"):
        assert guest.get(path).status_code == 404


def test_looking_writes_nothing_and_asks_little(member: Client, sandbox: Sandbox) -> None:
    path = order_of(member, sandbox)
    for page in (f"{PAY}?amount=128", path, "/orders", f"{path}/refund"):
        member.get(page)
        with counted() as asked:
            assert member.get(page).status_code == 200
        assert len(asked) <= 12, asked
        assert {query.split()[0] for query in asked} <= {"SELECT", "WITH"}


def test_no_money_moves_by_opening(guest: Client) -> None:
    paying(guest)
    assert standing() == (0, 0, 0, 0)
