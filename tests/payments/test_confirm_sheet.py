"""Cash that waits is confirmed in WeChat's own sheet, which our page may open (P4)."""

from playwright.sync_api import Browser
from pytest_django.fixtures import Settings

from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.sandbox.pay import Sandbox
from gongxiang.treasury.models import PayoutState
from tests.conftest import Database
from tests.forgetting import forget
from tests.payments.inside import make_real, phone_with
from tests.payments.sending import at_channel, rich, sent, state, transfer_of
from tests.web.signed import signed_in
from tests.web.test_browser import HOST


def test_the_sheet_opens_with_the_package_of_the_transfer(
    database: Database, sandbox: Sandbox, browser: Browser, settings: Settings
) -> None:
    assert database.name
    forget()
    settings.ALLOWED_HOSTS = ["testserver"]
    rich()
    number = sent()
    drive_transfer(transfer=transfer_of(number))
    assert state(number) is PayoutState.CONFIRM
    make_real(settings.CHANNELS_FOLDER)
    here = f"/wallet/withdrawals/{number}"
    seen = phone_with(browser, signed_in("lin").get(here), says="ok")
    seen.page.goto(f"{HOST}{here}")
    assert seen.invoked == []
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name="去微信确认收款").click()
    package = at_channel(sandbox, number).package
    words = {"mchId": sandbox.keys.mchid, "appId": sandbox.keys.appid, "package": package}
    assert seen.invoked == [("requestMerchantTransfer", words)]
    seen.page.context.close()
