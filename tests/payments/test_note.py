"""A payer's note: one plain line for the store, whole on every page, forgotten when he leaves."""

import json

import pytest
from django.test import Client

from gongxiang.acts.close_account import _FORGET_NOTES
from gongxiang.acts.open_payment import KeyTaken, open_payment
from gongxiang.payments.attempts import Payment
from gongxiang.payments.notes import NOTE_MAX, NoteTooLong
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from tests.payments.paying import World, ask, number_of
from tests.payments.test_pages import form, order_of, paying, signed_in

NOTE = "3 号桌 <b>少辣</b> & 打包"
SHOWN = "3 号桌 &lt;b&gt;少辣&lt;/b&gt; &amp; 打包"


@pytest.fixture
def member(world: World) -> Client:
    return signed_in(world.member)


def opened(world: World, *, note: str) -> Payment:
    return open_payment(
        home=world.member,
        key="k1",
        store=world.store,
        provider=Provider.WECHAT,
        amount_fen=12_800,
        payer_address="127.0.0.1",
        note=note,
    )


def test_a_note_is_read_by_the_store_at_the_till_and_in_the_order_and_by_the_payer(
    member: Client, sandbox: Sandbox
) -> None:
    path = order_of(member, sandbox, note=f"  {NOTE}\n")
    number = path.rpartition("/")[2]
    assert ask("SELECT note FROM payments_attempt") == [(NOTE,)]
    owner = signed_in(number_of("fang"))
    for client, page in (
        (member, path),
        (owner, f"/store/SAFANG/orders/{number}"),
        (owner, "/store/SAFANG/cashier"),
        (owner, "/store/SAFANG/orders"),
    ):
        body = client.get(page).content.decode()
        assert SHOWN in body, page
        assert NOTE not in body, page
    told = json.loads(member.get("/me/export").content)
    assert [(one["note"], one["amount"]) for one in told["payments"]] == [(NOTE, 128_000_000)]


def test_a_note_that_is_too_long_comes_back_with_its_reason_at_its_field(member: Client) -> None:
    page = paying(member, note="字" * (NOTE_MAX + 1))
    body = page.content.decode()
    assert page.status_code == 422
    assert body.count("备注最多 40 个字，改短一点") == 2
    assert '<a href="#note">' in body
    assert (
        f'value="{"字" * (NOTE_MAX + 1)}" aria-invalid="true" aria-describedby="note-why"' in body
    )
    assert 'value="128.00"' in body
    assert ask("SELECT count(*) FROM payments_attempt") == [(0,)]
    assert paying(member, note="字" * NOTE_MAX).status_code == 303


def test_what_was_typed_comes_back_with_the_form(member: Client) -> None:
    refused = paying(member, amount="abc", note="少辣").content.decode()
    assert 'value="少辣"' in refused
    assert 'value="少辣"' in member.get("/s/SAFANG/pay?amount=1&note=少辣").content.decode()
    path = str(paying(member, note="少辣 & 打包")["Location"])
    back = "/s/SAFANG/pay?amount=128.00&amp;note=%E5%B0%91%E8%BE%A3+%26+%E6%89%93%E5%8C%85"
    assert back in member.get(path).content.decode()


def test_one_key_stands_for_one_note(world: World) -> None:
    first = opened(world, note="少辣")
    assert opened(world, note=" 少辣 ").number == first.number
    with pytest.raises(KeyTaken):
        opened(world, note="多辣")
    with pytest.raises(NoteTooLong):
        opened(world, note="字" * (NOTE_MAX + 1))
    assert ask("SELECT note FROM payments_attempt") == [("少辣",)]


def test_a_form_that_was_used_for_another_note_says_so(member: Client) -> None:
    fields = form(member, note="少辣")
    assert member.post("/s/SAFANG/pay", fields).status_code == 303
    again = member.post("/s/SAFANG/pay", {**fields, "note": "多辣"})
    assert again.status_code == 422
    assert "这张表单已经付过另一笔" in again.content.decode()


def test_who_leaves_leaves_no_note(world: World) -> None:
    opened(world, note="给林小满")
    ask(_FORGET_NOTES, world.member)
    assert ask("SELECT note FROM payments_attempt") == [("",)]
