"""What the page of an order says: paid twice, sent back, not known yet, how long there is left.

Source: design/ui/faces.md 3.2, 3.3, 4 (paid twice, payment unknown).
"""

import re

import pytest
from django.test import Client

from gongxiang.acts.confirm_payment import confirm_payment
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.refund_order import refund_order
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.queries.orders import orders
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World, ask, opened, paid, wechat_notice
from tests.payments.test_pages import order_of, signed_in

pytestmark = pytest.mark.db

BACK = "退回 128.00 元"


@pytest.fixture
def member(world: World) -> Client:
    return signed_in(world.member)


def text(client: Client, path: str) -> str:
    """Print a page as it is read."""
    page = client.get(path).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<body")[2]))


def step(client: Client, path: str, title: str) -> str:
    """Give the class of a step of an order's way."""
    page = client.get(path).content.decode()
    found = re.search(rf'<li class="(\w*)"><b>{title}</b>', page)
    assert found is not None, title
    return found[1]


def test_a_payment_that_came_twice_is_said_and_where_the_second_is(
    member: Client, world: World, sandbox: Sandbox
) -> None:
    number = opened(world).number
    sandbox.trades.tricks["pay_twice"] = 1
    trade = paid(sandbox, number)
    for transaction in trade.transactions:
        body, headers = wechat_notice(sandbox, trade, transaction=transaction)
        notice = gateway.read_notice(provider=Provider.WECHAT, headers=headers, body=body)
        confirm_payment(trade=notice.trade, notice=notice)
    path, twice = f"/orders/{number}", "这单收到两次付款，多的 128.00 元"
    assert f"{twice}正在原路退回，一般 1 分钟内到。" in text(member, path)
    ask("UPDATE payments_channelrefund SET created_at = created_at - interval '2 hours'")
    assert f"{twice}正在原路退回，渠道还没有给结果" in text(member, path)
    ask("UPDATE payments_channelrefund SET created_at = now()")
    assert dispatch_outbox() == 1
    page = text(member, path)
    assert f"{twice}已原路退回，一般 1 分钟内到。" in page
    assert "已付给SAFANG" in page
    ask("UPDATE payments_channelrefund SET state = 'failed'")
    assert f"{twice}渠道没有退成，客服会重新发起" in text(member, path)


def test_an_order_that_came_once_says_nothing_of_a_second(member: Client, sandbox: Sandbox) -> None:
    assert "两次付款" not in text(member, order_of(member, sandbox))


def test_an_order_that_went_back_whole_is_no_payment_any_more(
    member: Client, world: World, sandbox: Sandbox
) -> None:
    path = order_of(member, sandbox)
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r1", member=world.member, order=order, amount_fen=12_800)
    page = member.get(path).content.decode()
    assert "<title>已退款</title>" in page
    assert '<h1 class="s">SAFANG已退款</h1>' in page
    assert '<h2 id="when">退款到哪一步了</h2>' in page
    assert "已付给" not in page
    for state, said in (
        ("waiting", "退款中，一般 1 分钟内到"),
        ("failed", "渠道没有退成，客服会重新发起"),
    ):
        ask("UPDATE payments_channelrefund SET state = %s", state)
        assert step(member, path, BACK) == "now"
        assert said in text(member, path)
    ask("UPDATE payments_channelrefund SET state = 'done'")
    assert step(member, path, BACK) == "done"


def test_a_part_that_went_back_is_grey(member: Client, world: World, sandbox: Sandbox) -> None:
    order_of(member, sandbox)
    ((order,),) = ask("SELECT id FROM orders_order")
    refund_order(key="r1", member=world.member, order=order, amount_fen=3_600)
    (row,) = orders(member=world.member)
    assert (row.word, row.tone, row.is_waiting) == ("部分退款", "", False)


def test_the_window_is_said_in_what_is_left_of_it(member: Client, sandbox: Sandbox) -> None:
    path = order_of(member, sandbox)
    page = text(member, path)
    assert "退款期，还剩 23 小时 59 分" in page
    assert re.search(r"到 明天 \d\d:\d\d 。这期间可以申请原路退回", page)


def test_the_store_s_number_can_be_called(member: Client, sandbox: Sandbox) -> None:
    path = order_of(member, sandbox)
    assert "tel:" not in member.get(path).content.decode()
    ask("UPDATE merchants_profile SET phone = '020-8888'")
    assert '<a class="tap" href="tel:020-8888">020-8888</a>' in member.get(path).content.decode()


def test_what_is_not_known_yet_is_neither_paid_nor_unpaid(member: Client, world: World) -> None:
    path = f"/orders/{opened(world).number}"
    page = member.get(path).content.decode()
    assert "<title>确认中</title>" in page
    assert "<h1>确认中</h1>" in page
    assert "<h2>还没有收到微信支付的结果</h2>" in page
    assert "已经付了就不用再付，结果会出现在这里；没有付可以接着付。" in page
    assert ">接着付</a>" in page
    ask("UPDATE payments_attempt SET state = 'unknown', hand_off = ''")
    page = member.get(path).content.decode()
    assert "已经付了就不用再付，结果会出现在这里。" in page
    assert "接着付" not in page
    assert f'href="{path}/wait">看结果</a>' in page


def test_what_is_submitted_offers_no_way_not_to_pay(member: Client, world: World) -> None:
    path = f"/orders/{opened(world).number}/wait"
    assert "先不付，返回门店" in member.get(path).content.decode()
    ask("UPDATE payments_attempt SET state = 'unknown', hand_off = ''")
    page = member.get(path).content.decode()
    assert "<h1>正在确认付款</h1>" in page
    assert ">再查一次</button>" in page
    assert '<a class="btn quiet wide" href="/stores/SAFANG">返回门店</a>' in page
    assert "先不付" not in page
