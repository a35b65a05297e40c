"""What the public pages print, in every state, from the one world of the visual target.

Source: design/ui/faces.md 3, 4, 6.1 and 11; H1, H2.
"""

import re
from collections.abc import Mapping

import pytest

from tests import tidy
from tests.web import world
from tests.web.printed import TROUBLES

pytestmark = pytest.mark.urls("tests.web.urls")

FACTS = "facts-part"
VOW = "积分不保本、不保收益。"


def words(page: str) -> str:
    """Give the text of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_the_pool_page_prints_the_world_of_the_target(pages: Mapping[str, str]) -> None:
    text = words(pages["pool"])
    for said in (
        "盈利池里现在有",
        "480.10元",
        "流通积分257.1825",
        "每积分价格1.8668 元",
        "卖出到手1.4934 元",
        "截至 11-22 20:36",
        "0/ 3 批",
        "0.00%",
        "按规则，最多到 16%",
        "约 9,000笔",
        "约 3,000 天",
        "还没有任何一批到过封顶线",
        "进池的 16.00 元里，11.20 元铸成积分给这位顾客，4.80 元留在池里",
        "第 1 版，2026-11-21 起生效",
        "店内 24 小时 · 商城收货后 7 天",
        "每批为消费额的 1.2 倍，到线自动结清",
    ):
        assert said in text.replace("> ", ">"), said


def test_the_chart_tells_its_story_in_words(pages: Mapping[str, str]) -> None:
    story = (
        "阶梯线，只在结算、卖出、退款、注资时变动：起初 1.0000，第 1 步到 1.4282，"
        "第 2 步到 1.6801，第 3 步到 1.8668 元。虚线是卖出到手价，为价格的 80%，现在 1.4934 元。"
    )
    assert pages["pool"].count(f">{story}</desc>") == 2
    assert pages["pool"].count('role="img"') == 3
    assert pages["pool"].count("<title id=") == 2


def test_the_hour_of_a_step_is_told_nowhere(pages: Mapping[str, str]) -> None:
    hours = {name: re.findall(r"\d\d:\d\d", words(page)) for name, page in pages.items()}
    assert {name: found for name, found in hours.items() if found} == {
        "pool": ["20:36"],
        "pool-empty": ["20:36"],
        "pool-busy": ["20:26", "20:26"],
        "503-rest": ["03:30"],
    }


def test_ranges_are_links_and_one_is_chosen(pages: Mapping[str, str]) -> None:
    links = re.findall(r'<a href="\?range=(\w+)#price"( aria-current="true")?>', pages["pool"])
    assert links == [("today", ' aria-current="true"'), ("30d", ""), ("all", "")]


def test_an_empty_pool_says_so(pages: Mapping[str, str]) -> None:
    assert "还没有结算过订单，价格等于起盘价 1.0000。" in words(pages["pool-empty"])
    assert "还没有结算过订单" in words(pages["events-empty"])
    assert "没有速度可以算" in words(pages["pool-empty"])


def test_a_pool_that_is_behind_says_until_when_it_is_right(pages: Mapping[str, str]) -> None:
    assert "数据停在 11-22 20:26，正在追上" in words(pages["pool-busy"])
    assert "数据停在" not in pages["pool"]


def test_early_and_late_members_stand_side_by_side(pages: Mapping[str, str]) -> None:
    assert "95.52对25.08" in words(pages["pool-busy"])
    assert "有积分的会员满 10 位后" in words(pages["pool"])


def test_a_page_of_steps_names_every_kind(pages: Mapping[str, str]) -> None:
    text = words(pages["events"])
    for kind in ("结算一笔订单", "卖出积分", "一批到线自动结清", "结算后的退款", "融资注入"):
        assert kind in text


def test_a_step_is_explained_to_its_result(pages: Mapping[str, str]) -> None:
    text = words(pages["event"])
    assert "第 2 步" in text
    assert "铸成积分 ＝ 112.00 × 112.1000 ÷ 160.10" in text
    assert "铸成积分78.4209" in text
    assert "78.4209" in text


def test_the_parts_of_a_sale_add_up_as_shown(pages: Mapping[str, str]) -> None:
    text = words(pages["event-sale"])
    for said in ("1,277.04 元", "255.41 元", "1,021.63 元"):
        assert said in text
    assert 127_704 == 25_541 + 102_163


def test_a_version_in_notice_is_announced(pages: Mapping[str, str]) -> None:
    assert "第 2 版公示中（还剩 6 天），2026-11-28 起生效。" in words(pages["rules"])
    assert "店内退款期24 小时 → 2 天" in words(pages["rules-2"])
    assert "第 2 版规则" in words(pages["rules-2"])


def test_facts_stand_beside_every_price_and_cap(pages: Mapping[str, str]) -> None:
    for name, page in pages.items():
        if re.search(r"\d\.\d{4}|封顶", words(page.split("<footer")[0])):
            assert FACTS in page, name
    assert [name for name, page in pages.items() if FACTS not in page] == [*TROUBLES]


def test_every_page_carries_the_fixed_sentence(pages: Mapping[str, str]) -> None:
    assert [name for name, page in pages.items() if VOW not in page] == []


def test_no_page_promises_anything(pages: Mapping[str, str]) -> None:
    found = {name: tidy.honesty_offences(words(page)) for name, page in pages.items()}
    assert {name: offences for name, offences in found.items() if offences} == {}


def test_no_page_has_script_or_inline_style_or_loads_from_elsewhere(
    pages: Mapping[str, str],
) -> None:
    for name, page in pages.items():
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|https?:", page), name


def test_every_page_has_one_heading_and_its_landmarks(pages: Mapping[str, str]) -> None:
    for name, page in pages.items():
        assert page.count("<h1>") == 1, name
        for landmark in ("<header", "<main", "<footer", 'class="skip"', 'lang="zh-CN"'):
            assert landmark in page, name


def test_titles_are_unique(pages: Mapping[str, str]) -> None:
    names = [*("front", "pool", "events", "event", "rules", "rules-2")]
    names += ("verify", "feed", "400", "403", "404", "500", "503")
    titles = [re.findall(r"<title>(.*?)</title>", pages[name])[0] for name in names]
    assert len(set(titles)) == len(titles)


def test_links_lead_to_pages_that_exist(pages: Mapping[str, str]) -> None:
    known = re.compile(
        r"/(pool(/events(/\d+|\?before=\d+)?|/feed(\.jsonl)?|/verify)?|rules(/\d+)?)?(#\w+)?"
        r"|/stores(/[0-9A-Z]{8})?|/care|/store/apply|/wallet/withdraw"
        r"|[?#][\w=#]+|/static/shared/(app\.css|mark\.svg)"
    )
    for name, page in pages.items():
        for href in re.findall(r'href="([^"]*)"', page):
            assert known.fullmatch(href), (name, href)


def test_the_world_is_the_scheme_s_own() -> None:
    prices = [step.after.price for step in world.THREE]
    assert prices == [14_282, 16_801, 18_668]
