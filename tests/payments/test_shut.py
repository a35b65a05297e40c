"""A store that is shut takes no payment, and says so before any money moves.

Source: design/ui/faces.md 4 (store not open, store delisted); reliability 8 (3).
"""

import pytest
from django.test import Client

from gongxiang.merchants.shut import Reason, StoreShut
from gongxiang.payments.provider import Provider
from tests.payments.paying import World, ask, opened

pytestmark = pytest.mark.db

TODAY = "((clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)"
CASES = (
    (f"rest_date = {TODAY}", Reason.RESTING, "今天休息，暂时收不了款"),
    ("state = 'delisted', state_note = 'A-0012'", Reason.DELISTED, "（裁定 A-0012）"),
    ("state = 'closed'", Reason.CLOSED, "已经关店"),
)


@pytest.mark.parametrize(
    ("change", "reason", "words"), CASES, ids=("resting", "delisted", "closed")
)
def test_nothing_is_opened_at_a_store_that_is_shut(
    world: World, change: str, reason: Reason, words: str
) -> None:
    ask(f"UPDATE merchants_profile SET {change}")
    with pytest.raises(StoreShut) as refused:
        opened(world, key="k1", provider=Provider.WECHAT)
    assert refused.value.reason is reason
    assert ask("SELECT count(*) FROM payments_attempt") == [(0,)]
    assert ask("SELECT count(*) FROM payments_attemptkey") == [(0,)]
    page = Client().get("/s/SAFANG/pay").content.decode()
    assert words in page
    assert "钱没有动" in page
    assert "<form" not in page


def test_a_store_without_a_channel_says_so_and_leads_to_others(world: World) -> None:
    ask("UPDATE payments_submerchant SET state = 'frozen'")
    page = Client().get("/s/SAFANG/pay").content.decode()
    assert "这家店还没开通收款" in page
    assert "钱没有动。支付渠道还没核好它的商户号。可以看看附近的店。" in page
    assert '<a class="btn wide" href="/stores">看看附近的店</a>' in page
    assert "<form" not in page
    answer = Client().post("/s/SAFANG/pay", {"amount": "1.00", "provider": "wechat"})
    assert answer.status_code == 422
    assert "这家店还没开通收款" in answer.content.decode()


def test_a_day_off_ends_at_midnight(world: World) -> None:
    ask(f"UPDATE merchants_profile SET rest_date = {TODAY} - 1")
    assert opened(world, key="k1", provider=Provider.WECHAT).number


def test_what_was_opened_before_is_answered_as_it_stands(world: World) -> None:
    first = opened(world, key="k1", provider=Provider.WECHAT)
    ask("UPDATE merchants_profile SET state = 'closed'")
    assert opened(world, key="k1", provider=Provider.WECHAT) == first
