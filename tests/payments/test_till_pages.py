"""The till's journey on the wire: take over, ask for an amount, one payer, 收到, hand over."""

import re
import secrets
from typing import Any

import pytest
from django.test import Client

from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.members import keyed
from gongxiang.sandbox.pay import Sandbox
from tests.acts.town import at_once
from tests.payments.paying import World, ask, number_of, paid, standing
from tests.payments.test_pages import signed_in

TILL = "/store/SAFANG/cashier"
SHIFT = "/store/SAFANG/shift"
SEE_OTHER = 303
REFUSED = 422
MISSING = 404
TOKEN = re.compile(r'name="token" value="([^"]+)"')
LINK = re.compile(r"http://127\.0\.0\.1:9(/s/\w+\?charge=\w+)")


@pytest.fixture
def owner(world: World) -> Client:
    """Give the owner's browser, on shift with 200.00 in the drawer."""
    client = signed_in(number_of("fang"))
    assert client.post(SHIFT, {"float": "200"}).status_code == SEE_OTHER
    return client


def text(answer: Any) -> str:  # noqa: ANN401  Django's test answer
    return str(answer.content.decode())


def charged(owner: Client, amount: str = "128.00") -> tuple[str, str]:
    """Ask for an amount; give the page of its code, and the form that its code leads to."""
    answer = owner.post(TILL, {"amount": amount, "once": secrets.token_hex(16)})
    assert answer.status_code == SEE_OTHER, text(answer)
    match = LINK.search(text(owner.get(answer["Location"])))
    assert match is not None, "the page names its link"
    return answer["Location"], match[1].replace("?", "/pay?")


def scanned(client: Client, link: str, *, amount: str = "128.00") -> Any:  # noqa: ANN401  as above
    """Open a link and pay, whatever amount the form is sent with."""
    page = text(client.get(link))
    match = TOKEN.search(page)
    assert match is not None, page
    return paying(client, link, token=match[1], amount=amount)


def paying(client: Client, link: str, *, token: str, amount: str = "128.00") -> Any:  # noqa: ANN401  as above
    path, _, number = link.partition("?charge=")
    body = {"token": token, "provider": "wechat", "amount": amount, "charge": number}
    return client.post(path, body)


def arrived(sandbox: Sandbox, number: str) -> None:
    """Let the payer pay at the channel, and the platform hear of it."""
    paid(sandbox, number)
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()


def number_in(answer: Any) -> str:  # noqa: ANN401  as above
    assert answer.status_code == SEE_OTHER, text(answer)
    return str(answer["Location"].split("/")[2])


def test_a_till_that_nobody_took_over_asks_for_nothing(world: World) -> None:
    client = signed_in(number_of("fang"))
    assert "还没接班" in text(client.get(TILL))
    answer = client.post(TILL, {"amount": "128.00", "once": secrets.token_hex(16)})
    assert (answer.status_code, "还没接班，先填备用金再收款" in text(answer)) == (REFUSED, True)


def test_the_amount_of_the_till_is_paid_by_one_payer_and_shown(
    owner: Client, sandbox: Sandbox
) -> None:
    page, link = charged(owner)
    assert "等顾客扫码" in text(owner.get(page))
    guest = Client()
    form = text(guest.get(link))
    for words in ("店家已填好金额", 'value="128.00"', "readonly"):
        assert words in form, words
    number = number_in(scanned(guest, link, amount="0.01"))
    assert ask("SELECT amount_fen FROM payments_attempt") == [(12_800,)]
    taken = text(owner.get(page))
    assert "顾客已扫码，正在付款" in taken
    assert f'<a class="btn quiet wide" href="{TILL}">先收下一笔</a>' in taken
    arrived(sandbox, number)
    shown = text(owner.get(page))
    assert "收到" in shown
    assert "收款，一百二十八元" in shown
    till = text(owner.get(TILL))
    for words in ("128<small>.00</small>", "微信支付", f"单号尾号 {number[-6:]}", "本班"):
        assert words in till, words


def test_a_stranger_at_the_tills_code_reads_first_and_may_pay_without_joining(
    owner: Client, sandbox: Sandbox
) -> None:
    page, form = charged(owner)
    link = form.replace("/pay?", "?")
    guest = Client()
    door = text(guest.get(link))
    for words in ("店家要收", "128<small>.00</small>", "同意，并去付款", "不加入，只付款"):
        assert words in door, words
    assert f'href="{form}"' in door
    number = number_in(scanned(guest, form))
    arrived(sandbox, number)
    assert "收到" in text(owner.get(page))
    assert ask("SELECT count(*) FROM members_account") == [(1,)], "the guest has joined nothing"
    assert guest.get(link)["Location"] == form, "who took the code is led to his payment"


def test_a_stranger_who_agrees_at_the_tills_code_joins_and_pays_its_amount(
    owner: Client, world: World
) -> None:
    _, form = charged(owner)
    path, _, number = form.partition("/pay?charge=")
    stranger = Client()
    agreed = stranger.post(f"{path}/join", {"charge": number})
    assert agreed["Location"] == f"/login?next={path}/pay%3Fcharge%3D{number}"
    session = stranger.session
    session["entry_code"], session["entry_onward"] = [7, "138****8000"], form
    session.save()
    ask(
        "INSERT INTO members_phonecode"
        " (id, phone, address, purpose, shown, code, tries_left, sent_at, ends_at)"
        " VALUES (7, 'somebody', '', 'sign_in', '138****8000', %s, 5, now(), 'infinity')",
        keyed.digest("code 7", "123456"),
    )
    assert stranger.post("/login/code", {"code": "123456"})["Location"] == form
    assert "店家已填好金额" in text(stranger.get(form))
    assert ask("SELECT via_store_id FROM members_member ORDER BY member_id DESC LIMIT 1") == [
        (world.store,)
    ]


def test_a_member_at_the_tills_code_and_who_comes_too_late_go_straight_on(
    owner: Client, world: World
) -> None:
    _, form = charged(owner)
    link = form.replace("/pay?", "?")
    assert signed_in(world.member).get(link)["Location"] == form
    ask("UPDATE payments_charge SET expires_at = clock_timestamp()")
    late = Client().get(link, follow=True)
    assert (late.status_code, "这个收款码不能付了" in text(late)) == (MISSING, True)


def test_who_comes_second_over_or_late_pays_nothing(owner: Client, sandbox: Sandbox) -> None:
    page, link = charged(owner)
    first, second = Client(), Client()
    token = TOKEN.search(text(second.get(link)))
    assert token is not None
    number = number_in(scanned(first, link))
    refused = paying(second, link, token=token[1])
    assert (refused.status_code, "这个收款码不能付了" in text(refused)) == (MISSING, True)
    assert second.get(link).status_code == MISSING
    # The first payer finds his payment again, by the link and by the same form.
    assert first.get(link)["Location"] == f"/orders/{number}/wait"
    assert owner.post(page).status_code == REFUSED
    _, late = charged(owner)
    form = TOKEN.search(text(second.get(late)))
    assert form is not None
    ask("UPDATE payments_charge SET expires_at = clock_timestamp() WHERE state = 'open'")
    assert paying(second, late, token=form[1]).status_code == MISSING
    assert standing()[0] == 0
    assert ask("SELECT count(*) FROM payments_attempt") == [(1,)]


def test_eight_payers_of_one_code_at_once_are_one_order(owner: Client, sandbox: Sandbox) -> None:
    _, link = charged(owner)
    payers = [Client() for _ in range(8)]
    tokens = [TOKEN.search(text(payer.get(link))) for payer in payers]

    def pay(place: int) -> int:
        token = tokens[place]
        assert token is not None
        return int(paying(payers[place], link, token=token[1]).status_code)

    assert sorted(map(str, at_once(8, pay))) == ["303", *["404"] * 7]
    ((number,),) = ask("SELECT number FROM payments_attempt")
    arrived(sandbox, number)
    assert standing()[0] == 1
    assert ask("SELECT state FROM payments_charge") == [("paid",)]


def test_the_same_form_twice_is_one_payment(owner: Client, sandbox: Sandbox) -> None:
    _, link = charged(owner)
    guest = Client()
    token = TOKEN.search(text(guest.get(link)))
    assert token is not None
    first = paying(guest, link, token=token[1])
    again = paying(guest, link, token=token[1])
    assert first["Location"] == again["Location"]
    assert ask("SELECT count(*) FROM payments_attempt") == [(1,)]


def test_a_cancelled_code_is_over_and_a_new_one_is_one_tap_away(owner: Client) -> None:
    page, link = charged(owner)
    assert owner.post(page)["Location"] == TILL
    assert "已取消" in text(owner.get(page))
    assert Client().get(link).status_code == MISSING


def test_a_shift_ends_with_its_sums_and_a_receipt(owner: Client, sandbox: Sandbox) -> None:
    for amount in ("128.00", "133.00"):
        _, link = charged(owner, amount)
        arrived(sandbox, number_in(scanned(Client(), link)))
    key = ask("SELECT key FROM orders_fact WHERE kind = 6 ORDER BY id LIMIT 1")[0][0]
    order = f"/store/SAFANG/orders/{key}"
    check = text(owner.get(f"{order}/refund", {"amount": "36.00", "reason": "少上一菜"}))
    for words in ("退 36.00 元给", "7.20", "28.80", "退 36.00 元给顾客"):
        assert words in check, words
    once = re.search(r'name="once" value="(\w+)"', check)
    assert once is not None
    body = {"amount": "36.00", "reason": "少上一菜", "once": once[1]}
    for _ in range(2):
        assert owner.post(f"{order}/refund", body)["Location"] == order
    dispatch_outbox()
    assert ask("SELECT amount_fen, state FROM payments_channelrefund") == [(3_600, "done")]
    page = text(owner.get(SHIFT))
    for figure in ("261.00", "2 笔", "36.00", "200.00", "微信支付"):
        assert figure in page, figure
    shift = re.search(r'name="shift" value="(\d+)"', page)
    assert shift is not None
    short = owner.post(SHIFT, {"shift": shift[1], "counted": "199.50", "note": ""})
    assert (short.status_code, "差 0.50 元（少了）" in text(short)) == (REFUSED, True)
    body = {"shift": shift[1], "counted": "199.50", "note": "找零"}
    receipt = text(owner.get(owner.post(SHIFT, body)["Location"]))
    for words in ("差 −0.50", "找零", "261.00", "36.00"):
        assert words in receipt, words
    assert "还没接班" in text(owner.get(TILL))


def test_somebody_elses_shift_is_not_taken_over(owner: Client, world: World) -> None:
    ask(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', now())",
        world.store,
        world.member,
    )
    cashier = signed_in(world.member)
    assert cashier.get(TILL).status_code == 200
    answer = cashier.post(SHIFT, {"float": "0"})
    assert (answer.status_code, "还在班上，先请他交班" in text(answer)) == (REFUSED, True)
    shift = ask("SELECT id FROM payments_shift")[0][0]
    answer = cashier.post(SHIFT, {"shift": str(shift), "counted": "200", "note": ""})
    assert (answer.status_code, "请他或店长来交" in text(answer)) == (REFUSED, True)


def test_a_request_is_declined_with_a_reason_that_its_member_reads(
    owner: Client, world: World, sandbox: Sandbox
) -> None:
    member = signed_in(world.member)
    _, link = charged(owner)
    number = number_in(scanned(member, link))
    arrived(sandbox, number)
    form = TOKEN.search(text(member.get(f"/orders/{number}/refund")))
    assert form is not None
    body = {"token": form[1], "amount": "128.00", "reason": "不好吃"}
    assert member.post(f"/orders/{number}/refund", body).status_code == SEE_OTHER
    order = f"/store/SAFANG/orders/{number}"
    assert "不好吃" in text(owner.get(order))
    assert owner.post(f"{order}/decline", {"answer": ""}).status_code == REFUSED
    assert owner.post(f"{order}/decline", {"answer": "菜都吃完了"}).status_code == SEE_OTHER
    assert owner.post(f"{order}/decline", {"answer": "菜都吃完了"}).status_code == REFUSED
    page = text(member.get(f"/orders/{number}"))
    assert "菜都吃完了" in page
    assert ask("SELECT count(*) FROM payments_channelrefund") == [(0,)]
