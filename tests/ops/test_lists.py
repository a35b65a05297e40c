"""Lists: masked, filtered by the address, paged without losing or repeating a row."""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.ops import world

ROW = re.compile(r"<tr><td.*?</tr>", re.DOTALL)
ON = re.compile(r'<a class="on" href="([^"]+)">([^<]+)</a>')
PERSONS = (world.BUYER, world.OWNER, "罗招", "何区", "秦禾", "会员040", "天河店主1")


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def walked(client: Client, path: str) -> Iterator[str]:
    """Give every row of a list, page by page."""
    place = path
    while True:
        page = body(client, place)
        yield from ROW.findall(page)
        found = ON.search(page)
        if found is None:
            return
        place = path.partition("?")[0] + html.unescape(found[1])


@pytest.mark.parametrize("size", [2, 7, 50])
@pytest.mark.parametrize(
    ("path", "rows"),
    [
        ("/ops/orders/", 99),
        ("/ops/orders/?state=waiting", 96),
        ("/ops/orders/?state=settled", 3),
        ("/ops/orders/?day=2026-11-22", 96),
        ("/ops/orders/?day=2026-11-21&state=settled", 3),
        ("/ops/orders/?store=青禾眼镜", 1),
        ("/ops/members/", 99),
        ("/ops/members/?state=joined", 3),
        ("/ops/members/?state=payer", 96),
        ("/ops/stores/", 15),
        ("/ops/contracts/", 1),
        ("/ops/steps/", 4),
        ("/ops/steps/?kind=1", 3),
        ("/ops/steps/?day=2026-11-22", 3),
        ("/ops/steps/?day=2026-11-21", 0),
        ("/ops/lots/", 3),
        ("/ops/lots/?state=sold", 0),
        ("/ops/lots/?order=cap", 3),
        ("/ops/postings/?kind=direct&home={buyer}", 1),
        ("/ops/postings/?home={buyer}", 5),
    ],
)
def test_paging_loses_nothing_and_repeats_nothing(
    superuser: Client, monkeypatch: pytest.MonkeyPatch, path: str, rows: int, size: int
) -> None:
    buyer = world.member(world.BUYER).strip("/").rpartition("/")[2]
    for subject in ("orders", "members", "stores", "contracts", "steps", "lots", "postings"):
        monkeypatch.setattr(f"gongxiang.ops.subjects.{subject}.PAGE", size)
    found = list(walked(superuser, path.format(buyer=buyer)))
    assert len(found) == rows
    assert len(set(found)) == rows


def test_a_filter_that_few_rows_pass_goes_on_stretch_by_stretch(
    superuser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in ("orders", "members", "steps", "lots", "postings", "balances"):
        monkeypatch.setattr(f"gongxiang.ops.subjects.{subject}.STRETCH", 10)
    first = body(superuser, "/ops/orders/?state=settled")
    assert ROW.findall(first) == []
    assert ON.search(first)[2] == "再往前找"  # type: ignore[index]
    assert len(list(walked(superuser, "/ops/orders/?state=settled"))) == 3
    assert len(list(walked(superuser, "/ops/orders/?day=2026-11-21"))) == 3
    assert len(list(walked(superuser, "/ops/members/?state=joined"))) == 3
    owed = [row for row in walked(superuser, "/ops/balances/?account=107") if "应付门店</a>" in row]
    assert len(owed) == 2


def test_every_order_of_a_batch_is_among_its_postings(superuser: Client) -> None:
    page = world.text_of(superuser.get("/ops/postings/?batch=6"))
    assert "批次 6，按主体" in page
    assert "待结算（合计） 订单结算 待结算 1,000.00 元" in page
    assert "林*满 订单结算 积分 000001 112.0000 积分" in page


def test_persons_are_masked_in_every_list(superuser: Client) -> None:
    for name, path in world.pages().items():
        if name not in {"member", "palette", "find"}:
            shown = body(superuser, path)
            assert [person for person in PERSONS if person in shown] == [], name


def test_a_members_own_page_is_masked_and_shows_what_he_has(superuser: Client) -> None:
    page = world.text_of(superuser.get(world.member(world.BUYER)))
    assert "会员 林*满 已入会" in page
    assert (
        "外部编号 林*满 查看个人信息 加入时间 开盘时 推荐人 陈*芳 来自门店 阿芳小馆 直推的会员 1 位"
        in page
    )
    assert "零钱 3.00 元 积分 178.661513686092 积分 抵扣积分 4,000.00 抵扣积分" in page
    assert "000003 11-21 18:05 青禾眼镜 林*满 1,000.00 0.00 已结算" in page
    assert "1,200.00 0.00 18.0014 持有中" in page


def test_a_stores_page_says_whose_it_is_and_what_it_is_owed(superuser: Client) -> None:
    page = world.text_of(superuser.get(world.store("阿芳小馆")))
    assert "地区 广东省 广州市 天河区 店主 陈*芳 招商人 罗* 平台抽成 20%" in page
    assert "应付门店（元） 1,600.00" in page


def test_a_party_that_was_only_named_has_no_broken_link(superuser: Client) -> None:
    answer = superuser.get("/ops/stores/1/")
    assert answer.status_code == 404
    assert "没有编号 1 的门店" in world.text_of(answer)


def test_contracts_say_who_is_in_office(superuser: Client) -> None:
    page = world.text_of(superuser.get("/ops/contracts/"))
    assert "区代 广东省 广州市 天河区 何* 开盘时 没有结束 在任" in page


def test_a_batch_proves_its_place_in_the_chain(superuser: Client) -> None:
    page = world.text_of(superuser.get("/ops/batches/6/"))
    assert "批次 6 链指纹对得上" in page
    assert "订单结算 盈利池 160.00" in page
    assert superuser.get("/ops/batches/999/").status_code == 404


def test_the_trial_balance_is_whole_and_agrees(superuser: Client) -> None:
    page = world.text_of(superuser.get("/ops/balances/"))
    assert "支付渠道 1 −15,910.00 元" in page
    assert "应付门店 2 2,400.00 元 零钱 4 33.00 元" in page
    assert "已发积分 1 −257.18250056929 积分" in page
    assert "每种单位的全部余额相加为零" in page


def test_a_version_adds_up_its_budget_and_tells_every_rule(superuser: Client) -> None:
    page = world.text_of(superuser.get("/ops/rules/1/"))
    assert "直推 0.3% 间推 0.2% 招商 0.5% 省代 0.3% 各项相加 1.3%，分销预算 2%。" in page
    assert "店内退款期 24 小时 付款后这段时间内可以原额退款，过后才结算。 E7 公布时另行设定" in page
    assert "只说可能碰到哪一条，不判断合不合法。" in page
    assert superuser.get("/ops/rules/9/").status_code == 404


@pytest.mark.parametrize(
    ("sought", "hits"),
    [
        ("000001", ["000001 订单"]),
        ("退0001", ["退0001 结算前退款的订单"]),
        ("林小满", ["林*满 会员"]),
        ("阿芳小馆", ["阿芳小馆 门店"]),
        ("6", ["批次 6 账本批次"]),
        ("a1", []),
        ("林小", []),
        ("%", []),
    ],
)
def test_things_are_found_by_their_whole_key(
    superuser: Client, sought: str, hits: list[str]
) -> None:
    page = world.text_of(superuser.get("/ops/find/", {"q": sought}))
    assert [hit for hit in hits if hit in page] == hits
    assert ("没有编号是" in page) is (hits == [])
    assert [
        hit for hit in hits if hit in world.text_of(superuser.get(f"/ops/search/?s={sought}"))
    ] == hits


@pytest.mark.parametrize(
    "path",
    [
        *("/ops/orders/?day=tomorrow", "/ops/orders/?day=2026-02-30", "/ops/orders/?state=gone"),
        *("/ops/orders/?store=nowhere", "/ops/orders/?from=1", "/ops/orders/?from=a_b_c"),
        *("/ops/orders/?from=99999999999999999999_1_1", "/ops/steps/?kind=9"),
        *("/ops/steps/?from=1_2", "/ops/postings/?home=me", "/ops/postings/?batch=1.5"),
        *("/ops/postings/?kind=gift", "/ops/balances/?account=1", "/ops/lots/?order=size"),
        *(
            "/ops/orders/?from=9223372036854775807_0_0",
            "/ops/orders/?day=9999-12-31",
            "/ops/orders/?day=0001-01-01",
        ),
    ],
)
def test_an_address_that_cannot_be_read_says_what_is_wanted(superuser: Client, path: str) -> None:
    answer = superuser.get(path)
    assert answer.status_code == 400
    assert "没有" in world.text_of(answer) or "不是" in world.text_of(answer)
