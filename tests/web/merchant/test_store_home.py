"""A store's own pages in the one world of the visual target: today, members, income, recruits.

Source: design/ui/README.md (The numbers on the pages); design/ui/faces.md 6.3; R2-R4, H5, G4.
"""

import html
import re
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client, override_settings

from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.base.money import YUAN
from gongxiang.merchants.access import Role
from gongxiang.queries import circle, moment, rewards, store_day
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.asked import questions
from tests.web.signed import signed_in

PATHS = ("", "?range=30d", "/qr", "/more", "/members", "/income", "/recruit")


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    assert database.name
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def words(client: Client, path: str, *, status: int = 200) -> str:
    """Give what a page says, its tags taken away; inline parts of a figure stay together."""
    answer = client.get(f"/store/fang{path}")
    assert answer.status_code == status, path
    page = re.sub(r"</?(small|b|time|i)\b[^>]*>", "", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def staff(key: str, role: Role) -> Client:
    """Let somebody work in 阿芳小馆."""
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, %s, clock_timestamp())",
        town.party("fang", kind=2),
        town.party(key),
        role.value,
    )
    return signed_in(key)


def test_today_shows_what_came_in_and_what_was_settled() -> None:
    """128.00 paid today; the two orders of yesterday settled, 1,600.00 of them the store's."""
    page = words(signed_in("afang"), "")
    for told in (
        *("11 月 22 日", "128.00 元 · 1 笔", "平台抽成 20% 25.60", "预计到账 102.40"),
        *("今天结算了 2 笔，其中 1,600.00 元归门店", "20 点 128.00", "营业中"),
        *("直推 你带来的会员消费 6.00", "间推 他们再带来的会员 2.00", "招商 你介绍的店 5.00"),
        *("这个月已到零钱 13.00", "扫码付款给 阿芳小馆"),
    ):
        assert told in page, told


def test_commission_is_that_of_each_order_also_after_a_change_of_rate() -> None:
    """100.00 at 10 % beside 128.00 at 20 %: 10.00 and 25.60 are given, 192.40 are expected."""
    town.query(
        "INSERT INTO orders_order (id, member_id, store_id, amount, returned, commission_rate,"
        " version_id, paid_at, due_at, due_rank) VALUES (1, %s, %s, 100000000, 0, 1000, 1,"
        " '2026-11-22T19:00:00+08:00', 'infinity', 0)",
        town.party("lin"),
        town.party("fang", kind=2),
    )
    page = words(signed_in("afang"), "")
    for told in ("228.00 元 · 2 笔", "35.60", "预计到账 192.40"):
        assert told in page, told


def test_thirty_days_show_every_day() -> None:
    page = words(signed_in("afang"), "?range=30d")
    for told in ("11-21 2,000.00", "11-22 128.00", "11-20 0.00", "10-24 0.00"):
        assert told in page, told


def test_what_payers_ask_back_waits_on_the_first_page() -> None:
    assert "等你处理 还没有开通收款" in words(signed_in("afang"), "")
    lin = town.party("lin")
    ((order,),) = town.query("SELECT id FROM orders_order WHERE amount = %s", 128 * YUAN)
    town.query(
        "INSERT INTO payments_refundrequest (key, member_id, order_id, store_id,"
        " amount_fen, reason, state, asked_at) VALUES ('k', %s, %s, %s, 3600, '菜凉了', 'asked',"
        " clock_timestamp())",
        lin,
        order,
        town.party("fang", kind=2),
    )
    page = words(signed_in("afang"), "")
    assert "1 位顾客申请退款 一共 36.00 元" in page


def test_members_are_counted_masked_and_show_no_spending() -> None:
    """Only 林小满 came by the store's code; what she spends elsewhere stands nowhere."""
    signed_in("lin")
    town.query("UPDATE members_account SET name = '林小满' WHERE name = 'lin'")
    assert "林*满 没有记下哪天加入" in words(signed_in("afang"), "/members")
    town.query("UPDATE members_member SET joined_at = '2026-11-22T08:00:00+08:00'")
    page = words(signed_in("afang"), "/members")
    for told in ("1 位", "今天 1 位", "这个月 1 位", "林*满 今天 08:00 加入"):
        assert told in page, told
    for secret in ("林小满", "1,000.00", "2,000.00", "青禾"):
        assert secret not in page, secret


def test_members_go_back_page_by_page() -> None:
    store = town.party("fang", kind=2)
    town.query(
        "INSERT INTO members_member (member_id, referrer_id, via_store_id, is_introduced,"
        " joined_at) SELECT (1::bigint << 62) + n, %s, %s, true, '2026-11-01'::timestamptz"
        " + make_interval(mins => n / 2) FROM generate_series(1, 120) n",
        town.party("afang"),
        store,
    )
    seen, before = [], None
    while found := circle.bound(store=store, size=50, before=before):
        seen += [one.member for one in found]
        before = (found[-1].joined_at, found[-1].member)
    assert len(seen) == len(set(seen)) == 121
    client = signed_in("afang")
    page = client.get("/store/fang/members").content.decode()
    assert page.count('class="ava" aria-hidden="true">会') == 50
    older = re.findall(r'href="(\?before=[^"]+)"', page)[0]
    assert client.get(f"/store/fang/members{older}").content.decode().count(">会</span>") == 50
    for nonsense in ("x", "1-2-3", "9" * 40 + "-1", "-1-1"):
        assert client.get(f"/store/fang/members?before={nonsense}").status_code == 200


def test_income_is_the_thirteen_yuan_of_the_world_by_kind_and_day() -> None:
    page = words(signed_in("afang"), "/income")
    for told in (
        *("2026-11 已到零钱 4 笔 13.00", "直推 0.3% 6.00", "间推 0.2% 2.00", "招商 0.5% 5.00"),
        *("11-22 6.00 2.00 5.00 13.00", "直推奖励", "间推奖励", "招商奖励", "+5.00", "看怎么算的"),
    ):
        assert told in page, told
    assert "欠款" not in page


def elsewhere(key: str) -> int:
    now = moment.now()
    return store_day.today(
        store=town.party("fang", kind=2), owner=town.party(key), now=now
    ).elsewhere


def test_what_his_members_spent_at_stores_of_others_is_a_part_of_the_month() -> None:
    """Of 13.00: lin at 青禾 brought 3.00 as hers and 5.00 for the store; her friend came to him."""
    assert "其中 8.00 元来自会员在别家店的消费。" in words(signed_in("afang"), "")
    assert elsewhere("afang") == 8_000_000
    owner = "UPDATE merchants_store SET owner_id = %s WHERE store_id = %s"
    town.query(owner, town.party("afang"), town.party("qing", kind=2))
    assert elsewhere("afang") == 0
    assert "来自会员在别家店" not in words(signed_in("afang"), "")


def test_what_still_waits_was_given_back_or_belongs_to_an_agent_is_no_part_of_it() -> None:
    lin, qing = town.party("lin"), town.party("qing", kind=2)
    pay_at_store(key="p1", member=lin, store=qing, amount_fen=10_000)
    assert elsewhere("afang") == 8_000_000
    town.query("UPDATE orders_order SET returned = 60000000 WHERE amount = 100000000")
    town.query("UPDATE orders_order SET district_id = direct_id WHERE amount = 100000000")
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + 100000")
    town.settle_now()
    # Of the 40.00 that stayed: 0.3 % and 0.5 %.
    assert elsewhere("afang") == 8_000_000 + 320_000
    income = (
        "SELECT sum(credit) FROM ledger_posting WHERE home_id = %s AND leg IN (2108, 3108, 4108)"
    )
    assert town.query(income, town.party("afang")) == [(13_000_000 + 384_000 + 320_000,)]


def test_it_is_found_by_whose_members_they_are() -> None:
    values: dict[str, int | str] = {
        "owner_home": town.party("afang"),
        "month": "2026-11-01T00:00:00Z",
    }
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {store_day._ELSEWHERE}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    assert "orders_order_direct" in plan, plan


def test_every_line_leads_to_its_explanation() -> None:
    client = signed_in("afang")
    places = re.findall(r'href="(/why/[\d-]+)"', client.get("/store/fang/income").content.decode())
    assert len(places) == 4
    assert all(client.get(place).status_code == 200 for place in places)


def test_a_debt_stands_first() -> None:
    store = town.party("fang", kind=2)
    town.query(
        "UPDATE ledger_balance SET amount = -12000000 WHERE (party_id, account) = (%s, 107)", store
    )
    page = words(signed_in("afang"), "/income")
    assert page.index("欠款待抵 12.00 元") < page.index("已到零钱")


def test_another_month_is_chosen_by_its_name() -> None:
    client = signed_in("afang")
    assert "这个月还没有" in words(client, "/income?month=2026-10")
    for nonsense in ("2026-12", "2026-13", "x"):
        assert client.get(f"/store/fang/income?month={nonsense}").status_code == 404


def test_recruits_show_their_turnover_of_the_month() -> None:
    page = words(signed_in("afang"), "/recruit")
    for told in ("1 家", "青禾眼镜 营业中", "1,000.00 1 笔", "介绍码", "/store/apply?by=code"):
        assert told in page, told
    assert "长期没有间推" not in page
    empty = signed_in("qinghe").get("/store/qing/recruit").content.decode()
    assert "还没有介绍过店" in empty


def test_long_without_an_indirect_reward_is_a_hint() -> None:
    """A store that was brought long ago has turnover, and nothing indirect came for a month."""
    town.query("UPDATE merchants_store SET opened_at = '2026-01-01'")
    owner = town.party("afang")
    assert "长期没有间推" not in words(signed_in("afang"), "/recruit")
    town.set_clock("2026-12-30T12:00:00+08:00")
    town.query(
        "UPDATE orders_order SET paid_at = '2026-12-20' WHERE store_id = %s",
        town.party("qing", kind=2),
    )
    assert rewards.had_indirect(home=owner, since=0)
    assert "长期没有间推收益，看看原因" in words(signed_in("afang"), "/recruit")


def test_what_each_role_may_see() -> None:
    cashier = staff("lin", Role.CASHIER)
    manager = staff("zhou", Role.MANAGER)
    assert cashier.get("/store/fang")["Location"] == "/store/fang/cashier"
    allowed = {
        path: (
            cashier.get(f"/store/fang{path}").status_code,
            manager.get(f"/store/fang{path}").status_code,
        )
        for path in PATHS[2:]
    }
    assert allowed == {
        "/qr": (200, 200),
        "/more": (200, 200),
        "/members": (403, 200),
        "/income": (403, 403),
        "/recruit": (403, 403),
    }
    assert "推荐与返点" not in words(manager, "")
    assert "我介绍的店" not in words(cashier, "/more")


def test_who_works_elsewhere_is_told_what_he_is_there() -> None:
    answer = signed_in("qinghe").get("/store/fang/members")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "这一页属于那家店的店员。你现在是青禾眼镜的店主。" in page
    assert '<a class="btn wide" href="/store">换店</a>' in page


def test_strangers_see_nothing_and_guests_sign_in() -> None:
    for path in PATHS:
        assert signed_in("qinghe").get(f"/store/fang{path}").status_code == 404
        assert Client().get(f"/store/fang{path}")["Location"].startswith("/login?")


@pytest.mark.parametrize("path", PATHS)
def test_however_long_the_history_a_page_asks_at_most_twelve_questions(path: str) -> None:
    store, lin = town.party("fang", kind=2), town.party("lin")
    town.query(
        "INSERT INTO orders_order (id, member_id, store_id, amount, returned, commission_rate,"
        " version_id, paid_at, due_at, due_rank) SELECT (1::bigint << 62) + n, %s, %s, 1000000, 0,"
        " 2000, 1, '2026-11-01'::timestamptz + make_interval(mins => n), 'infinity', 0"
        " FROM generate_series(1, 2000) n",
        lin,
        store,
    )
    client = signed_in("afang")
    client.get(f"/store/fang{path}")
    with questions() as asked:
        assert client.get(f"/store/fang{path}").status_code == 200
    assert len(asked) <= 12, asked
