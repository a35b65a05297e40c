"""Finding a store: by district, trade, words and distance; its public page; the front page.

Source: design/ui/faces.md 6.1 (`/`, `/stores`, `/stores/<code>`).
"""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.place_stores import Location, place_stores
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.merchants.hours import Hours
from gongxiang.queries import finder
from gongxiang.queries.finder_data import Cursor, Near, Wanted
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.asked import questions
from tests.web.signed import signed_in

HERE = {"latitude": "23130100", "longitude": "113325100"}
POINT = Point(latitude=23_130_100, longitude=113_325_100)
FANG = Point(latitude=23_132_400, longitude=113_329_800)
QING = Point(latitude=23_124_900, longitude=113_269_400)
VOW = "积分不保本、不保收益。"


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    place_stores(
        locations={
            "fang": Location(
                category=Category.FOOD,
                address="体育东横街 18 号",
                point=FANG,
                hours=Hours(opens=630, closes=1_320),
            ),
            "qing": Location(
                category=Category.SHOPPING,
                address="北京路 242 号",
                point=QING,
                hours=Hours(opens=600, closes=1_200),
            ),
        }
    )
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def words(answer: object) -> str:
    """Give what a page says."""
    page = answer.content.decode()  # type: ignore[attr-defined]
    page = re.sub(r"<select.*?</select>", " ", page, flags=re.DOTALL)
    page = re.sub(r"</?(small|b|time|i)\b[^>]*>", "", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def names(path: str) -> list[str]:
    """Give the stores that a page of the finder lists, in their order."""
    return listed(Client().get(path).content.decode())


def listed(page: str) -> list[str]:
    return re.findall(r'href="/stores/\w{8}">.*?<b>([^<]+)</b>', page)


def many(count: int) -> None:
    """Let the town have so many stores more, each a hundred micro-degrees farther north."""
    town.query(
        "INSERT INTO merchants_store (store_id, name, division_code, commission_rate, opened_at)"
        " SELECT (1::bigint << 62) + n, '店 ' || n, '440106', 2000, now()"
        " FROM generate_series(1, %s) n",
        count,
    )
    town.query(
        "INSERT INTO merchants_profile (store_id, code, state)"
        " SELECT (1::bigint << 62) + n, 'T' || lpad(n::text, 7, '0'), 'open'"
        " FROM generate_series(1, %s) n",
        count,
    )
    town.query(
        "INSERT INTO merchants_site (store_id, category, address, latitude, longitude)"
        " SELECT (1::bigint << 62) + n, 'food', '', 23132400 + 100 * (n / 2), 113329800"
        "   FROM generate_series(1, %s) n",
        count,
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["阿芳小馆", "青禾眼镜"]),
        ("?division=440106", ["阿芳小馆"]),
        ("?division=440100", ["阿芳小馆", "青禾眼镜"]),
        ("?division=440000&category=shopping", ["青禾眼镜"]),
        ("?division=110000", []),
        ("?category=food", ["阿芳小馆"]),
        ("?q=青禾", ["青禾眼镜"]),
        ("?q=体育东", ["阿芳小馆"]),
        ("?q=%25", []),
        ("?q=%00&division=x&category=x&after=x", ["阿芳小馆", "青禾眼镜"]),
    ],
)
def test_a_store_is_found_by_what_is_asked(asked: str, found: list[str]) -> None:
    assert names(f"/stores{asked}") == found


def test_the_nearest_stands_first_with_its_distance() -> None:
    answer = Client().post("/stores/near", HERE)
    page = words(answer)
    assert listed(answer.content.decode()) == ["阿芳小馆", "青禾眼镜"]
    assert "540 米" in page
    assert "5.7 公里" in page
    near = words(Client().post("/stores/near", {**HERE, "reach": "3000"}))
    assert "阿芳小馆" in near
    assert "青禾眼镜" not in near


def test_a_position_stands_in_no_address_and_is_kept_nowhere() -> None:
    client = Client()
    page = client.post("/stores/near", HERE)
    assert set(client.cookies) == {"csrf"}
    assert not re.search(r'(href|action)="[^"]*(23130100|113325100)', page.content.decode())
    assert page["Cache-Control"].count("no-store") == 1
    assert client.get("/stores/near")["Location"] == "/stores"


@pytest.mark.parametrize("wrong", ["", "x", "90000001", "9" * 30])
def test_who_tells_no_position_chooses_a_district(wrong: str) -> None:
    answer = Client().post("/stores/near", {**HERE, "latitude": wrong})
    assert answer.status_code == 422
    assert "没有拿到你的位置。选一个区，一样能找" in words(answer)


def test_pages_follow_one_another_without_loss_or_repetition() -> None:
    many(45)
    for near in (None, Near(point=POINT, reach=10_000)):
        seen, after = [], None
        while found := finder.find(
            wanted=Wanted(near=near, division="440106"), now=0, size=20, after=after
        ):
            seen += [one.store for one in found]
            after = Cursor(square=found[-1].square, store=found[-1].store)
        assert len(seen) == len(set(seen)) == 46
    first = Client().get("/stores?division=440106").content.decode()
    more = re.findall(r'href="(\?[^"]*after=[^"]*)"', first)
    assert len(listed(first)) == 20
    assert listed(first)[0] == "阿芳小馆"
    assert len(names(f"/stores{html.unescape(more[0])}")) == 20


def test_only_open_stores_are_listed_and_a_delisted_one_says_so() -> None:
    code = finder.shown(store=town.party("fang", kind=2))
    assert code is not None
    town.query(
        "UPDATE merchants_profile SET state = 'delisted' WHERE store_id = %s",
        town.party("fang", kind=2),
    )
    assert names("/stores") == ["青禾眼镜"]
    page = words(Client().get(f"/stores/{code.code}"))
    assert "已下架" in page
    assert "这家店现在不能在平台收款" in page
    assert "去付款" not in page


def test_only_where_a_channel_takes_money_a_page_leads_to_paying() -> None:
    shown = finder.shown(store=town.party("fang", kind=2))
    assert shown is not None
    path = f"/stores/{shown.code}"
    page = Client().get(path)
    assert "这家店还没开通收款，支付渠道还没核好它的商户号。" in words(page)
    assert "我在店里，去付款" not in words(page)
    open_sandbox_accounts()
    page = Client().get(path)
    assert (
        f'<a class="btn wide" href="/s/{shown.code}">我在店里，去付款</a>' in page.content.decode()
    )
    town.query("UPDATE payments_submerchant SET state = 'frozen'")
    assert "我在店里，去付款" not in words(Client().get(path))


def test_whether_a_store_is_open_is_said_by_the_platforms_clock() -> None:
    """At 20:41 the one until 22:00 is open, the one until 20:00 is not."""
    page = Client().get("/stores").content.decode()
    assert re.findall(r'class="tag[^"]*">([^<]+)<', page) == ["营业中", "休息中"]
    town.query("UPDATE merchants_profile SET rest_date = '2026-11-22' WHERE opens_minute = 630")
    page = Client().get("/stores").content.decode()
    assert re.findall(r'class="tag[^"]*">([^<]+)<', page) == ["休息中", "休息中"]


def test_the_page_of_a_store_says_where_when_and_what_becomes_of_the_money() -> None:
    shown = finder.shown(store=town.party("fang", kind=2))
    assert shown is not None
    answer = Client().get(f"/stores/{shown.code}")
    page = words(answer)
    for told in (
        *("餐饮 · 广州市天河区", "体育东横街 18 号", "10:30–22:00", "营业中", shown.code),
        *("门店 80.00", "盈利池 16.00", "平台 2.00", "推荐与服务 2.00", "这家店让出 20%", VOW),
    ):
        assert told in page, told
    assert 'href="geo:23.132400,113.329800?q=23.132400,113.329800"' in answer.content.decode()
    assert Client().get(f"/stores/{shown.code.lower()}")["Location"] == f"/stores/{shown.code}"
    assert Client().get("/stores/ZZZZZZZZ").status_code == 404


def test_empty_lists_say_why() -> None:
    assert "没有找到这样的店" in words(Client().get("/stores?q=没有"))
    assert "没有更多的店了" in words(Client().get("/stores?after=9223372036854775807"))
    town.query("UPDATE merchants_profile SET state = 'closed'")
    forget()
    assert "还没有门店" in words(Client().get("/stores"))


def test_a_member_has_his_tabs_and_his_own_front_page() -> None:
    lin = signed_in("lin")
    assert 'aria-current="page"' in lin.get("/stores").content.decode()
    assert lin.get("/")["Location"] == "/home"
    front = words(Client().get("/"))
    for told in ("看看附近的店", "阿芳小馆", "免费入驻", VOW):
        assert told in front, told


@pytest.mark.parametrize("path", ["/", "/stores", "/stores?division=440106&q=店", "store"])
def test_however_many_stores_a_page_asks_at_most_twelve_questions(path: str) -> None:
    many(300)
    shown = finder.shown(store=town.party("fang", kind=2))
    assert shown is not None
    client = signed_in("lin") if path != "/" else Client()
    forget()
    with questions() as asked:
        answer = client.get(f"/stores/{shown.code}" if path == "store" else path)
    assert answer.status_code == 200
    assert len(asked) <= 12, asked


def test_around_a_point_the_database_reads_a_few_bands() -> None:
    many(300)
    town.query("ANALYZE merchants_site")
    found = finder.find(wanted=Wanted(near=Near(point=POINT, reach=3_000)), now=0, size=100)
    assert [one.metres for one in found[:2]] == [543, 543]
    assert len(found) == 100


def test_districts_are_chosen_among_those_that_have_stores() -> None:
    (group,) = finder.choices(chosen="")
    assert group.name == "广州市"
    assert [(one.name, one.stores) for one in group.choices] == [("越秀区", 1), ("天河区", 1)]


def test_where_districts_are_many_larger_ones_are_chosen_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(finder, "CHOICES_MAX", 1)
    assert [one.name for group in finder.choices(chosen="") for one in group.choices] == ["广州市"]
    inner = finder.choices(chosen="440100")
    assert [one.name for one in inner[0].choices] == ["越秀区", "天河区"]


def test_a_page_of_the_finder_may_ask_for_the_position_and_no_other_may() -> None:
    policy = "camera=(), geolocation=({}), microphone=(), payment=()"
    assert Client().get("/stores")["Permissions-Policy"] == policy.format("self")
    assert Client().get("/")["Permissions-Policy"] == policy.format("")
