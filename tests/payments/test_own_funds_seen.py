"""Who hears of the own account's bills: the console by day, the alarm, `verify` (P3, Q4)."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
import pytest
from django.http import HttpResponse
from playwright.sync_api import Browser

from gongxiang.acts.claim_difference import claim_difference
from gongxiang.acts.fetch_bills import fetch_bills
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.governance.models import Role
from gongxiang.payments.provider import Provider
from gongxiang.queries.overdue import overdue
from gongxiang.sandbox.pay import Sandbox
from gongxiang.settlement.own_funds import OwnFunds, compare_own_funds
from gongxiang.settlement.wrong import Wrong
from tests.conftest import Database
from tests.ops import staff
from tests.ops.test_browser import show
from tests.ops.world import text_of
from tests.payments.own_account import (
    OPEN,
    Town,
    booked,
    compared,
    day_of,
    opened_town,
    over,
    shared,
    transferred,
)
from tests.payments.paying import ask
from tests.web.test_browser import OVERFLOW, violations

DAYS = "/ops/differences/?state=own"


@pytest.fixture
def here(database: Database, sandbox: Sandbox, admin: psycopg.Connection) -> Town:
    """Open the town, with somebody of the finance in it."""
    assert database.name
    opened = opened_town(sandbox, admin)
    staff.officer("zhi", Role.MAKER)
    return opened


@pytest.fixture
def beside(database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Give a connection of a superuser, whom no trigger stops."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        yield connection


def page(path: str = DAYS) -> str:
    """Give what an officer reads."""
    return text_of(staff.signed_in("zhi").get(path))


def test_a_day_stands_with_ours_the_bills_and_the_gap(here: Town) -> None:
    assert "平台自己账户的账单从那天起每天取一次" in page()
    shared(here, Provider.WECHAT, 12_800)
    there = transferred(here)
    here.sandbox.trades.booked.append(booked("充值/提现", 500_000, is_in=True))
    compared()
    today = day_of()
    assert (
        f"{today} 微信支付 已取回 25.60 分账收入 25.60 5,025.60 别的收入 5,000.00、分账收入 25.60"
        " 100.00 转账 100.00 100.00 转账 100.00 5,000.00 1" in page()
    )
    here.sandbox.trades.booked.append(booked("商家转账", 10_000, is_in=True, number=there.number))
    compared()
    open_ones = page("/ops/differences/")
    assert (
        f"1900000001 {today} 微信支付 别的收入 充值/提现 0.00 5,000.00 5,000.00"
        " 我们没有这一笔 待认领" in open_ones
    )
    assert f"{there.number} {today} 微信支付 转账 商家转账 100.00 0.00 −100.00 账单里又退回了" in (
        open_ones
    )


def test_a_difference_says_whose_account_and_which_days(here: Town) -> None:
    there = transferred(here)
    there.ended_at -= 86_400
    compared(days=1)
    compared()
    one = page(f"/ops/differences/wechat/transferred/{there.number}/")
    assert "账户 平台自己的账户" in one
    assert f"我们的 100.00 元 记在 {day_of()} 渠道的 100.00 元 记在 {day_of(1)}" in one
    assert "差 0.00 元 日期不同" in one


def test_a_bill_that_does_not_come_rings_and_says_so(here: Town) -> None:
    over(transferred(here))
    here.sandbox.trades.tricks["late_bills"] = 1
    fetch_bills()
    # Of yesterday it depends on the hour; the day before is late at any.
    ask("UPDATE payments_bill SET is_whole = true WHERE day > %s", day_of(2))
    assert overdue().bills == 1
    assert f"{day_of(2)} 微信支付 还没有取到 0.00 — 100.00 转账 100.00 — — 0" in page()
    assert "渠道没有答复 账单 1 笔" in page("/ops/")


def test_verify_tells_what_is_compared_missing_and_open(
    here: Town, beside: psycopg.Connection[tuple[object, ...]]
) -> None:
    assert compare_own_funds(beside) == OwnFunds(0, 0, 0)
    there = transferred(here)
    there.amount_fen = 10_001
    here.sandbox.trades.booked.append(booked("扣除手续费", 10, is_in=False))
    compared()
    assert compare_own_funds(beside) == OwnFunds(1, 0, 2)
    claim_difference(
        provider=Provider.WECHAT, kind="other_out", number="1900000001", officer="lan", note="费"
    )
    ask(
        "INSERT INTO payments_bill (provider, payee, day, is_whole, tries, next_at)"
        " VALUES ('wechat', 'own', %s, false, 9, now())",
        day_of(2),
    )
    assert compare_own_funds(beside) == OwnFunds(1, 1, 1)
    beside.execute("DELETE FROM payments_difference WHERE kind = 'transferred'")
    with pytest.raises(Wrong) as found:
        compare_own_funds(beside)
    assert str(found.value) == (
        f"the own account's bill at wechat says transferred {there.number}: 10001 fen;"
        " our books 10000, unnamed"
    )
    assert [row[0] for row in ask(OPEN)] == ["other_out"]


def test_the_browser_and_axe_have_nothing_to_say_of_the_days_and_of_a_difference(
    here: Town, browser: Browser, tmp_path: Path
) -> None:
    shared(here, Provider.WECHAT, 12_800)
    there = transferred(here)
    here.sandbox.trades.booked += [
        booked("充值/提现", 500_000, is_in=True),
        booked("商家转账", 10_000, is_in=True, number=there.number, order="9900000002"),
    ]
    compared()
    client = staff.signed_in("zhi")
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        for name, path in (
            ("days", DAYS),
            ("open", "/ops/differences/"),
            ("one", f"/ops/differences/wechat/transferred/{there.number}/"),
        ):
            shown = context.new_page()
            assert show(shown, cast("HttpResponse", client.get(path))) == []
            assert violations(shown) == []
            for width in (390, 768, 1024, 1440):
                shown.set_viewport_size({"width": width, "height": 800})
                assert shown.evaluate(OVERFLOW) == 0, (name, width)
                shown.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
