"""The store's page of a case: what is lacking and why, paying it in, what became of it; and axe."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from bench.counting import counted
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.base.clock import from_datetime
from gongxiang.base.text import stamp
from gongxiang.governance.models import Role
from gongxiang.sandbox.pay import Sandbox
from tests.ops import staff
from tests.ops.world import text_of
from tests.payments.browsing import browsed
from tests.payments.paying import World, ask, number_of, paid
from tests.payments.test_pages import signed_in
from tests.payments.test_pay_ins import (
    LACKS_FEN,
    asked,
    billed,
    came,
    pay_in,
    quiet,
    the_case,
    went_on,
)
from tests.payments.test_shares import Settle
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

ONCE = re.compile(r'name="once" value="([^"]+)"')
QUERIES_MAX = 12
LACKS = "102.83"


def text(answer: Any) -> str:  # noqa: ANN401  Django's test answer
    return str(answer.content.decode())


@pytest.fixture
def owner(world: World, sandbox: Sandbox, settle: Settle) -> Client:
    """Sign the owner in, whose store is owed nothing and has a case that waits for it."""
    asked(world, quiet(world, sandbox, settle))
    return signed_in(number_of("fang"))


def page_of(world: World) -> str:
    return f"/store/SAFANG/cases/{the_case(world).number}"


def test_the_owner_sees_what_is_lacking_pays_it_in_and_the_case_goes_on(
    world: World, sandbox: Sandbox, owner: Client
) -> None:
    address = page_of(world)
    assert "1 笔退款等你补款" in text(owner.get("/store/SAFANG"))
    assert f'href="{address}"' in text(owner.get("/store/SAFANG/orders"))
    with counted() as queries:
        shown = text(owner.get(address))
    assert len(queries) <= QUERIES_MAX
    for words in (f'还差 <span class="n">{LACKS}</span> 元', "不足一分算一分", "补款 102.83 元"):
        assert words in shown, words
    once = ONCE.search(shown)
    assert once is not None
    form = {"once": once[1], "provider": "wechat", "lacks": str(LACKS_FEN)}
    stale = owner.post(address, {**form, "lacks": "1"})
    assert stale.status_code == 422
    assert f"差的数变了，现在还差 {LACKS} 元" in text(stale)
    ways = {owner.post(address, form)["Location"] for _ in range(2)}
    assert len(ways) == 1
    (way,) = ways
    wait = text(owner.get(way))
    assert "的退款补款" in wait
    assert f'href="{address}"' in wait
    assert f'href="{way}"' in text(owner.get(address))
    paid(sandbox, way.split("/")[2])
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    assert owner.get(way)["Location"] == address
    assert owner.get(way.removesuffix("/wait"))["Location"] == address
    assert "补款已到，正在入账" in text(owner.get(address))
    assert "已收到" in text(owner.get(address))
    assert f'共收到补款</dt><dd class="n">{LACKS}</dd>' in text(owner.get(address))
    went_on()
    billed()
    shown = text(owner.get(address))
    assert "已退回" in shown
    assert "已结清" in shown
    assert "等你补款" not in text(owner.get("/store/SAFANG"))
    assert owner.post(address, {**form, "once": "0" * 32}).status_code == 422


def test_a_case_in_review_shows_its_store_the_whole_sum_and_asks_for_nothing(
    world: World, owner: Client
) -> None:
    address = page_of(world)
    ask("UPDATE treasury_refundcase SET state = 1, next_at = NULL")
    with counted() as queries:
        shown = text_of(owner.get(address))
    assert len(queries) <= QUERIES_MAX
    assert (
        "这一刻办，谁出多少 顾客拿到 128.00 盈利池退 20.43 平台退 2.56 没有发出的返点退 2.17"
        " 门店付 102.82 门店应收 0.00 按现在的情况算的"
    ) in shown
    assert "现在不用补款" in shown
    assert 'name="once"' not in text(owner.get(address))


def test_the_console_lists_what_was_paid_in_for_a_case(
    world: World, sandbox: Sandbox, owner: Client
) -> None:
    staff.officer("zhi", Role.MAKER)
    officer = staff.signed_in("zhi")
    address = f"/ops/cases/{world.member}/{the_case(world).number}/"
    assert "没有补过款。" in text_of(officer.get(address))
    payment = pay_in(world)
    opened = ask("SELECT opened_at FROM treasury_payin")[0][0]
    when = stamp(at=from_datetime(opened), now=from_datetime(opened))
    row = f"{payment.number} {LACKS}"
    assert f"{row} 付款中 微信支付 {when}" in text_of(officer.get(address))
    came(sandbox, payment)
    ((at,),) = ask("SELECT at FROM orders_fact WHERE key = %s", payment.number)
    arrived = stamp(at=from_datetime(at), now=from_datetime(at))
    with counted() as queries:
        shown = text_of(officer.get(address))
    assert len(queries) <= QUERIES_MAX
    assert f"{row} 已收到 微信支付 {when} {arrived}" in shown
    went_on()
    billed()
    assert f"{row} 已结清 微信支付 {when} {arrived}" in text_of(officer.get(address))


def test_it_is_the_owners_and_managers_page_of_their_own_store_alone(
    world: World, owner: Client
) -> None:
    address = page_of(world)
    ask(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', now())",
        world.store,
        world.member,
    )
    cashier = signed_in(world.member)
    assert cashier.get(address).status_code == 403
    assert cashier.post(address, {}).status_code == 403
    assert address not in text(cashier.get("/store/SAFANG/orders"))
    ask("UPDATE merchants_staff SET role = 'manager'")
    assert cashier.get(address).status_code == 200
    ask("UPDATE merchants_staff SET left_at = now()")
    assert cashier.get(address).status_code == 404
    assert owner.get("/store/SAFANG/cases/1").status_code == 404
    assert ask("SELECT count(*) FROM treasury_payin") == [(0,)]


def test_axe_finds_nothing_on_the_page_and_it_fits_a_small_phone(
    browser: Browser, world: World, owner: Client, tmp_path: Path
) -> None:
    address = page_of(world)
    pages = {"lacks": text(owner.get(address))}
    once = ONCE.search(pages["lacks"])
    assert once is not None
    owner.post(address, {"once": once[1], "provider": "wechat", "lacks": str(LACKS_FEN)})
    pages["open"] = text(owner.get(address))
    ask("UPDATE payments_attempt SET state = 'closed' WHERE state = 'paying'")
    ask("UPDATE treasury_refundcase SET state = 1, next_at = NULL")
    pages["review"] = text(owner.get(address))
    browsed(browser, pages, shots=tmp_path)
