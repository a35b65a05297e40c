"""The one world of the visual target on the pages of points and cash: every figure equal.

Source: design/ui/README.md (The numbers on the pages); design/ui/faces.md 7 (b), (d).
"""

import csv
import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.acts.note_transfer import note_transfer
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.base import clock, ids, text
from gongxiang.lab.canonical import digest
from gongxiang.lab.lines import InjectedLine
from gongxiang.orders.row_digest import row_digest
from gongxiang.treasury.models import PayoutState, Verdict
from gongxiang.web.member.wallet import pages
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in

FACTS = "积分不保本、不保收益。"


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    forget()
    town.open_town()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.fixture
def lin() -> Client:
    return signed_in("lin")


def words(client: Client, path: str, *, status: int = 200) -> str:
    """Give what a page says, its tags taken away."""
    answer = client.get(path)
    assert answer.status_code == status, path
    return said(answer.content)


def said(page: bytes) -> str:
    """Take the tags away; inline parts of a figure stay together."""
    page_text = re.sub(r"</?(small|b|time|i)\b[^>]*>", "", page.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page_text)))


def form_of(client: Client, path: str) -> dict[str, str]:
    """Give the hidden fields of a page's form."""
    page = client.get(path).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def sell(client: Client, points: str) -> int:
    """Sell by the check page; give the number of the sale."""
    form = form_of(client, f"/points/sell?points={points}")
    answer = client.post("/points/sell", form)
    assert answer.status_code == 303
    return int(answer["Location"].rsplit("/", 1)[1])


def withdraw(client: Client, amount: str) -> int:
    """Withdraw by the form; give the number of the withdrawal."""
    form = form_of(client, f"/wallet/withdraw/check?amount={amount}")
    answer = client.post("/wallet/withdraw", form)
    assert answer.status_code == 303
    return int(answer["Location"].rsplit("/", 1)[1])


def test_the_points_page_has_every_figure(lin: Client) -> None:
    page = words(lin, "/points")
    for figure in (
        *("现在全部卖出，到手 266.81 元", "持有积分 178.6615", "市值 333.52", "卖出留在池里 66.71"),
        "你为这 2 批花了 2,000.00 元，现在卖出得 266.81 元。",
        *("价格 1.8668 元", "1.4282", "1.6801"),
        *("112.0000 积分 现值 209.08", "阿芳小馆 · 11-21 消费 1,000.00 元"),
        *("17.4% · 封顶价 10.7143", "到线市值 1,200.00，到手 960.00"),
        *("66.6615 积分 现值 124.44", "青禾眼镜 · 11-21 消费 1,000.00 元"),
        "10.4% · 封顶价 18.0014",
        *("约 7.6795 积分 待结算", "今天 20:36 消费 128.00 元 · 明天 20:36 结算"),
        *("共 178.6615", "市值 209.08 元", "留在盈利池（20%） 41.82 元", "进入零钱 167.26 元"),
        *("0/ 3 批", "0.00%", "按规则，最多到 16%", FACTS),
    ):
        assert figure in page, figure


def test_selling_the_first_lot_reads_as_the_journey_says(lin: Client) -> None:
    check = words(lin, "/points/sell?points=112.0000")
    for figure in ("112.0000 积分", "1.8668 元", "209.08 元", "41.82 元", "167.26 元", FACTS):
        assert figure in check, figure
    assert "你当时消费 1,000.00 元。卖出后这一批就结束了，不能撤回。" in check
    assert "确认卖出，得 167.26 元" in check
    number = sell(lin, "112.0000")
    waiting = words(lin, f"/points/sales/{number}")
    assert "核对中" in waiting
    town.settle_now()
    page = words(lin, f"/points/sales/{number}")
    assert "卖出了 112.0000 积分，167.26 元已到零钱" in page
    for figure in ("价格 1.8668 元", "市值 209.08 元", "（20%） 41.82 元", "去提现", FACTS):
        assert figure in page, figure


def test_everything_sells_whole_as_it_is_shown(lin: Client) -> None:
    assert "确认卖出，得 266.81 元" in words(lin, "/points/sell?points=178.6615")
    sell(lin, "178.6615")
    town.settle_now()
    assert "已经结束的" in words(lin, "/points")
    assert town.balance("lin", 203) == 0


def test_the_same_form_sent_twice_sells_once(lin: Client) -> None:
    form = form_of(lin, "/points/sell?points=112.0000")
    first = lin.post("/points/sell", form)
    town.settle_now()
    again = lin.post("/points/sell", form)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first["Location"] == again["Location"]
    assert town.query("SELECT count(*) FROM points_sale") == [(1,)]


def test_a_sale_s_form_with_another_number_is_refused_and_sells_nothing(lin: Client) -> None:
    form = form_of(lin, "/points/sell?points=112.0000")
    assert lin.post("/points/sell", form).status_code == 303
    answer = lin.post("/points/sell", {**form, "points": str(10**12)})
    assert answer.status_code == 422
    assert "这张表单已经卖过另一个数，没有再卖。要再卖，核对后再点一次" in said(answer.content)
    assert 'value="1.0000"' in answer.content.decode()
    assert town.query("SELECT count(*) FROM points_sale") == [(1,)]


def due_500() -> None:
    """Let one more order of 500.00 fall due at this moment, as the state sheet has it."""
    recorded = pay_at_store(
        key="o500",
        member=town.party("zhou"),
        store=town.party("fang", kind=2),
        amount_fen=50_000,
    )
    town.query(
        "UPDATE orders_order SET due_at = paid_at + interval '1 microsecond' WHERE id = %s",
        recorded.number,
    )


def test_a_price_that_moved_stops_the_sale_with_the_new_figures(lin: Client) -> None:
    form = form_of(lin, "/points/sell?points=112.0000")
    due_500()
    town.settle_now()
    answer = lin.post("/points/sell", form)
    assert answer.status_code == 422
    page = said(answer.content)
    for figure in (
        "刚刚又结算了一笔订单，金额已更新，请再看一眼。",
        "1.9503 元（原 1.8668）",
        *("218.44 元", "43.69 元", "174.75 元", "确认卖出，得 174.75 元"),
    ):
        assert figure in page, figure
    assert town.query("SELECT count(*) FROM orders_fact WHERE kind = 9") == [(0,)]


def test_a_price_that_moves_on_the_way_leaves_the_points(lin: Client) -> None:
    due_500()
    number = sell(lin, "112.0000")
    town.settle_now()
    page = words(lin, f"/points/sales/{number}")
    assert "没有成交，积分还是你的" in page
    assert "轮到这笔时，到手已经不是 167.26 元了。现在卖同样多，到手 174.75 元。" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "填上要卖的积分，例如 112.0000"),
        ("-1", "填上要卖的积分，例如 112.0000"),
        ("1e3", "填上要卖的积分，例如 112.0000"),
        ("0", "最多卖 178.6615 积分"),
        ("178.6616", "最多卖 178.6615 积分"),
        ("999999999999", "最多卖 178.6615 积分"),
    ],
)
def test_what_cannot_be_sold_is_said_and_what_was_typed_stays(
    lin: Client, typed: str, told: str
) -> None:
    answer = lin.get("/points/sell", {"points": typed})
    assert answer.status_code == 422
    assert told in said(answer.content)
    assert f'value="{typed}"' in answer.content.decode()


def test_the_wallet_has_every_figure(lin: Client) -> None:
    sell(lin, "112.0000")
    town.settle_now()
    town.set_clock("2026-11-22T21:10:00+08:00")
    number = withdraw(lin, "100.00")
    town.settle_now()
    town.set_clock("2026-11-22T21:14:00+08:00")
    member = town.party("lin")
    for officer in ("小吴", "小郑"):
        review_withdrawal(
            member=member, withdrawal=number, officer=officer, verdict=Verdict.APPROVE
        )
    until = clock.parse_at("2026-11-23T21:14:00+08:00")
    note_transfer(member=member, withdrawal=number, state=PayoutState.CONFIRM, confirm_until=until)
    page = words(lin, "/wallet")
    for figure in (
        *("零钱 70.26 元", "可提现 70.26", "提现中 100.00", "欠款待抵 0.00"),
        *("提现 100.00 元 等你确认", "请在微信里点「确认收款」，明天 21:14 前有效。"),
        *("66.6615", "4,000.00"),
        *("提现到微信 今天 21:10 · 等你确认 −100.00 余 70.26",),
        *("卖出 112.0000 积分 今天 20:41 · 价格 1.8668 +167.26 余 170.26",),
        *("直推奖励 今天 15:10 · 怎么算的 +3.00 余 3.00",),
    ):
        assert figure in page, figure
    steps = words(lin, f"/wallet/withdrawals/{number}")
    for figure in (
        "已提交 今天 21:10",
        "审核 今天 21:14 通过",
        "明天 21:14 前有效",
        "可提现 70.26",
    ):
        assert figure in steps, figure
    month = words(lin, "/statements/2026-11")
    for figure in (
        *("月初 0.00 元", "直推奖励 · 1 笔 +3.00 元", "卖出积分 · 1 笔 +167.26 元"),
        *("提现 · 1 笔 −100.00 元", "到现在 70.26 元"),
    ):
        assert figure in month, figure


def test_a_statement_leaves_as_a_table_that_adds_up_and_begins_no_formula(lin: Client) -> None:
    sell(lin, "112.0000")
    town.settle_now()
    withdraw(lin, "100.00")
    town.settle_now()
    assert 'href="/statements/2026-11.csv"' in lin.get("/statements/2026-11").content.decode()
    answer = lin.get("/statements/2026-11.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="gongxiang-2026-11.csv"'
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows == [
        ["月份", "项目", "笔数", "金额（元）"],
        ["2026-11", "月初", "", "0.000000"],
        ["2026-11", "直推奖励", "1", "3.000000"],
        ["2026-11", "卖出积分", "1", "167.262390"],
        ["2026-11", "提现", "1", "-100.000000"],
        ["2026-11", "到现在", "", "70.262390"],
    ]
    begins = re.compile(r"[=+@\t\r]|-(?!\d+\.\d{6}$)")
    assert not [cell for row in rows for cell in row if begins.match(cell)]


@pytest.mark.parametrize("month", ["2026-13", "2027-01", "x"])
def test_there_is_no_table_of_a_month_that_is_none_or_not_begun(lin: Client, month: str) -> None:
    assert lin.get(f"/statements/{month}.csv").status_code == 404


def test_a_table_is_for_who_is_signed_in() -> None:
    assert Client().get("/statements/2026-11.csv").status_code == 302


def test_every_line_of_cash_is_explained_and_computed_again(lin: Client) -> None:
    sell(lin, "112.0000")
    town.settle_now()
    page = lin.get("/wallet/entries").content.decode()
    places = re.findall(r'href="/why/([0-9-]+)"', page)
    assert len(places) == 2
    sale, reward = (words(lin, f"/why/{place}") for place in places)
    for figure in ("卖出 112.0000 积分", "167262390 微元", "一样", "第 4 步", FACTS):
        assert figure in sale, figure
    for figure in ("直推奖励", "1,000.00 元", "0.3%", "3.00 元", "3000000 微元", "一样", "第 1 版"):
        assert figure in reward, figure


def test_vouchers_stand_by_the_store_they_came_from(lin: Client) -> None:
    page = words(lin, "/vouchers")
    for figure in ("4,000.00", "阿芳小馆 · 1 笔 2,000.00", "青禾眼镜 · 1 笔 2,000.00"):
        assert figure in page, figure


def test_who_has_no_vouchers_reads_when_they_come() -> None:
    assert "过了 24 小时退款期" in words(signed_in("afang"), "/vouchers")


def test_a_lot_tells_how_it_came_about(lin: Client) -> None:
    number = re.findall(r'href="/points/lots/(\d+)"', lin.get("/points").content.decode())[0]
    page = words(lin, f"/points/lots/{number}")
    for figure in (
        *("得到积分 112.0000", "抵扣积分 2,000.00 元", "封顶价 10.7143 元", "960.00 元"),
        *("这笔订单让进池的钱 160.00 元", "铸成积分 112.0000", "1.0000 元，之后 1.4282 元", FACTS),
    ):
        assert figure in page, figure


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        ("100.00", "最多填 3.00 元"),
        ("0.80", "最少提 1.00 元，你有 3.00 元，可以攒着"),
        ("1.001", "填上提现金额，最多到分，例如 100.00"),
        ("-1", "填上提现金额，最多到分，例如 100.00"),
    ],
)
def test_what_cannot_be_withdrawn_is_said_and_kept(lin: Client, amount: str, told: str) -> None:
    form = form_of(lin, "/wallet/withdraw/check?amount=1.00")
    for answer in (
        lin.get("/wallet/withdraw/check", {"amount": amount}),
        lin.post("/wallet/withdraw", {**form, "amount": amount}),
    ):
        assert answer.status_code == 422
        assert told in said(answer.content)
        assert f'value="{amount}"' in answer.content.decode()
    assert town.query("SELECT count(*) FROM treasury_payout") == [(0,)]


def test_a_withdrawal_needs_a_fresh_proof_of_who_asks(lin: Client) -> None:
    form = form_of(lin, "/wallet/withdraw/check?amount=1.00")
    session = lin.session
    session["member_proved_at"] -= 601 * clock.SECOND
    session.save()
    assert "提现前，再确认一次是你" in said(lin.post("/wallet/withdraw", form).content)
    for path in ("/wallet/withdraw", "/wallet/withdraw/check?amount=1.00"):
        assert "提现前，再确认一次是你" in words(lin, path)
    assert town.query("SELECT count(*) FROM treasury_payout") == [(0,)]


def test_entries_go_on_page_by_page_with_the_right_balances(
    lin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ENTRIES_SIZE", 2)
    for points in ("1.0000", "2.0000", "3.0000"):
        sell(lin, points)
        town.settle_now()
    first = lin.get("/wallet/entries").content.decode()
    older = re.findall(r'href="\?before=([0-9-]+)"', first)[0]
    second = said(lin.get(f"/wallet/entries?before={older}").content)
    assert "卖出 1.0000 积分 今天 20:41 · 价格 1.8668 +1.49 余 4.49" in second
    assert "直推奖励 今天 15:10 · 怎么算的 +3.00 余 3.00" in second
    assert "更早的" not in second
    assert "没有更早的了" in words(lin, "/wallet/entries?before=1-0-0")


def test_a_capped_lot_says_how_it_ended(lin: Client) -> None:
    inject_until_capped()
    page = words(lin, "/points")
    for figure in ("已经结束的", "112.0000 积分 阿芳小馆 · 已到封顶线结清 960.00"):
        assert figure in page, figure
    lot = re.findall(r'href="(/points/lots/\d+)"', lin.get("/points").content.decode())[-1]
    ended = words(lin, lot)
    for figure in ("已到封顶线结清", "到线自动结清", "离封顶线还差的市值 1,200.00 元", "960.00 元"):
        assert figure in ended, figure
    entry = re.findall(r'href="(/why/[0-9-]+)"', lin.get("/wallet").content.decode())[0]
    assert "到线自动结清" in words(lin, entry)


def inject_until_capped() -> None:
    """Let capital come in so that the first lot, and it alone, reaches its cap."""
    at = "2026-11-22T12:41:30Z"
    of_line = digest(InjectedLine("i1", 240_000, at))
    number = ids.next_id()
    town.query(
        "INSERT INTO orders_fact (id, key, kind, at, is_dated, home_id, amount, digest,"
        " row_digest) VALUES (%s, 'i1', 10, %s, true, 0, 2400000000, %s, %s)",
        number,
        at,
        of_line,
        row_digest(number=number, home=0, condition=None, line=of_line),
    )
    town.query(
        "INSERT INTO treasury_injection (id, amount)"
        " SELECT id, amount FROM orders_fact WHERE key = 'i1'"
    )
    town.set_clock("2026-11-22T20:42:00+08:00")
    town.settle_now()


class TestTheTown:
    """Under the production rules: one per cent of circulation a day, locked for seven days."""

    @pytest.fixture(autouse=True)
    def _town(self, database: Database) -> Iterator[None]:
        assert database.name
        forget()
        town.open_town(
            town.THE_WORLD[:7], at="2026-11-29T12:00:00+08:00", preset="town", settings=()
        )
        with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
            yield

    def test_the_form_offers_what_the_day_allows_and_says_when_it_is_used_up(
        self, lin: Client
    ) -> None:
        ((circulating,),) = town.query("SELECT circulating FROM points_pool")
        limit = text.points(atoms=circulating // 100)
        page = words(lin, "/points")
        assert f"今天能卖 {limit}" in page
        assert f"一个人一天最多卖流通积分的 1%，今天还能卖 {limit}。" in page
        refused = said(lin.get("/points/sell?points=50").content)
        assert f"今天还能卖 {limit} 积分，明天 00:00 恢复" in refused
        sell(lin, limit)
        assert "今天能卖的都卖了" in words(lin, "/points")

    def test_a_locked_lot_says_from_when_it_can_be_sold(self) -> None:
        zhou = signed_in("zhou")
        page = words(zhou, "/points")
        for figure in ("锁定中的积分", "锁定中", "今天 15:10 起可卖", "得到后满 7 天才能卖"):
            assert figure in page, figure
        refused = said(zhou.get("/points/sell?points=1").content)
        assert "最早的一批 今天 15:10 起可以卖（得到后满 7 天）" in refused


def test_nobody_sees_what_is_another_s(lin: Client) -> None:
    number = sell(lin, "1.0000")
    withdrawn = withdraw(lin, "1.00")
    town.settle_now()
    lot = re.findall(r'href="/points/lots/(\d+)"', lin.get("/points").content.decode())[0]
    place = re.findall(r'href="/why/([0-9-]+)"', lin.get("/wallet").content.decode())[0]
    zhou = signed_in("zhou")
    for path in (
        *(f"/points/sales/{number}", f"/wallet/withdrawals/{withdrawn}"),
        *(f"/points/lots/{lot}", f"/why/{place}"),
    ):
        assert lin.get(path).status_code == 200, path
        assert zhou.get(path).status_code == 404, path
        assert Client().get(path).status_code == 302, path


PAGES = (
    *("/home", "/points", "/points?range=30d", "/points/sell?points=112", "/wallet"),
    *(
        "/wallet/withdraw",
        "/wallet/withdraw/check?amount=1",
        "/wallet/entries",
        "/vouchers",
        "/statements/2026-11",
    ),
    "/statements/2026-11.csv",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_at_most_twelve_questions(lin: Client, path: str) -> None:
    sell(lin, "1.0000")
    withdraw(lin, "1.00")
    town.settle_now()
    forget()
    with counted() as asked:
        assert lin.get(path).status_code == 200
    assert len(asked) <= 12, asked


@pytest.mark.parametrize("path", PAGES)
def test_who_has_nothing_sees_how_it_begins_and_asks_no_more(path: str) -> None:
    client = signed_in("afang")
    wanted = 422 if "sell" in path or "check" in path else 200
    forget()
    with counted() as asked:
        assert client.get(path).status_code == wanted
    assert len(asked) <= 12, asked
    if path == "/points":
        assert "还没有积分" in words(client, path)
