"""The store's statements in a real browser: both themes, small phones. Source: P2; faces.md 9."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from gongxiang.acts.fetch_bill import fetch_bill
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from tests.payments.browsing import browsed
from tests.payments.paying import World, payee
from tests.payments.test_bills import a_day, today
from tests.payments.test_shares import Settle
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture
from tests.web.signed import signed_in


@pytest.mark.long
def test_axe_finds_nothing_in_the_statements_and_they_fit_a_small_phone(
    browser: Browser, world: World, sandbox: Sandbox, settle: Settle, tmp_path: Path
) -> None:
    owner, day = signed_in("fang"), today()
    addresses = ("/store/SAFANG/statements", f"/store/SAFANG/statements/{day}")
    pages = {f"none {path}": owner.get(path).content.decode() for path in addresses}
    a_day(world, sandbox, settle, Provider.WECHAT)
    sandbox.trades.all()[0].amount_fen -= 100
    fetch_bill(provider=Provider.WECHAT, payee=payee(Provider.WECHAT), day=day)
    pages |= {path: owner.get(path).content.decode() for path in addresses}
    assert "对不上" in pages[addresses[1]]
    browsed(browser, pages, shots=tmp_path)
