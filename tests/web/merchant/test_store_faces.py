"""What the store's pages look like: an icon beside each status, a way on, the time to the second.

Source: design/ui/faces.md 3.3, 3.4, 6.3, 7 (c), 8; the prototype's cashier and store-home.
"""

import re

import pytest
from django.test import Client
from playwright.sync_api import Browser

from gongxiang.web.shared.bars import Value, bars
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in
from tests.web.test_sheet import ROOT, SHEET

TEMPLATES = ROOT / "merchant/jinja2/merchant"
EMPTY = re.compile(
    r'<section class="card empty">\s*<div class="ring">.*?<h2>([^<]+)</h2>', re.DOTALL
)
CURRENT = re.compile(r'aria-current="page"><svg.*?</svg>([^<]+)</a>', re.DOTALL)


@pytest.fixture
def owner(database: Database) -> Client:
    """Give the browser of the owner of 阿芳小馆."""
    assert database.name
    town.open_town()
    return signed_in("afang")


def get(client: Client, path: str) -> str:
    """Read a page of 阿芳小馆."""
    return str(client.get(f"/store/fang{path}").content.decode())


def test_a_status_that_has_a_colour_has_an_icon() -> None:
    bare = [
        (path.name, tag)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for tag in re.findall(
            r'<span class="tag (?:ok|wait|bad|\{\{[^"]*\}\})">(?!\{\{ picture\("parts/icon_)[^<]*',
            path.read_text(encoding="utf-8"),
        )
    ]
    assert bare == []


def test_the_till_tells_the_second_and_keeps_the_end_of_the_number_whole(owner: Client) -> None:
    page = get(owner, "/cashier")
    assert re.findall(r'<p class="more"><time datetime="[^"]+">([^<]+)</time>', page) == [
        "20:36:00"
    ]
    assert '<span class="n">单号尾号 o99</span>' in page


def test_the_voice_has_its_loudspeaker(owner: Client) -> None:
    page = get(owner, "/cashier")
    assert re.search(r'data-ring hidden><svg class="i"[^>]*>.*?</svg>\s*播报关</button>', page)


def test_the_main_figure_of_today_leads_to_its_orders(owner: Client) -> None:
    page = get(owner, "")
    assert (
        '<p class="big"><a href="/store/fang/orders"'
        ' aria-label="今天收款 128.00 元，1 笔，看订单">128<small>.00</small></a>'
    ) in page


def test_statements_are_one_of_the_things_under_more(owner: Client) -> None:
    for path in ("/statements", "/statements/2026-11-22"):
        assert CURRENT.findall(get(owner, path)) == ["更多"], path


def test_what_is_empty_says_so_in_a_heading(owner: Client) -> None:
    town.query("DELETE FROM orders_order")
    assert EMPTY.findall(get(owner, "/orders")) == ["还没有订单"]
    assert EMPTY.findall(get(owner, "/statements")) == ["最近一个月还没有收款"]


def test_money_of_an_order_has_its_unit(owner: Client) -> None:
    page = get(owner, "/orders/o99")
    for told in (
        '<dt>已退款</dt><dd class="n">0.00 元</dd>',
        '20%</dt><dd class="n">25.60 元</dd>',
    ):
        assert told in page, told
    page = get(owner, "/orders/o99/refund?amount=36.00&reason=x")
    for told in ('一并退回</dt><dd class="n">7.20 元</dd>', '<b class="n">28.80 元</b>'):
        assert told in page, told
    assert "退多少（最多 128.00 元）" in get(owner, "/orders/o99/refund")


def test_the_button_names_what_is_offered_to_the_officers(owner: Client) -> None:
    page = get(owner, "/orders/o2/refund?amount=36.00&reason=x")
    assert '<button class="btn wide">提出退 36.00 元，由客服核对</button>' in page


@pytest.mark.parametrize(("number", "width"), [(1, "24"), (6, "24"), (30, "5.9")])
def test_few_bars_are_no_slabs(number: int, width: str) -> None:
    values = [Value(label=str(one), name=str(one), amount=one + 1) for one in range(number)]
    assert {bar.width for bar in bars(title="t", head="h", values=values).bars} == {width}


def test_the_button_of_a_file_is_ours_and_stands_apart_from_the_picture(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        f'<style>{SHEET}</style><svg class="poster"></svg>'
        '<span class="box"><input type="file"></span>'
    )
    found = page.evaluate("""() => {
      const input = document.querySelector('input');
      const button = getComputedStyle(input, '::file-selector-button');
      const box = getComputedStyle(input.parentNode);
      return [button.borderTopWidth, button.minHeight, box.marginTop];
    }""")
    page.close()
    assert found == ["0px", "36px", "12px"]
