"""The first day of a neighbourhood, in real browsers at 390 pixels, against all real programs.

A neighbour scans, joins and pays; the till rings; the orders settle; he sells what the day allows
and takes the money out; the shop refunds, hands over and reads its statement beside the bill.
Every figure is computed from the rulebook by the engine, or by the channel's own bill.
Source: issue 4 (Shows 1); design/ui/faces.md 7 (a) to (d).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker

from gongxiang.acts.add_officer import add_officer
from gongxiang.acts.fetch_bill import fetch_bill
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.base import text
from gongxiang.base.money import FEN, MYRIAD, POINT
from gongxiang.cli.snapshot import snapshot
from gongxiang.economy.mint import mint
from gongxiang.economy.sale import offer
from gongxiang.economy.split import Split, split
from gongxiang.economy.voucher import vouchers
from gongxiang.governance.models import Role
from gongxiang.lab.replay import Replay
from gongxiang.lab.result import of_state, to_bytes
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import BillLine, Payee
from gongxiang.settlement.result import of_platform
from tests.payments.paying import whole
from tests.web.browser.neighbourhood import (
    Neighbourhood,
    again_until,
    opened,
    picture,
    scanned,
    until,
    words,
)

STORE = "/store/S001"
SHOP = "阿芳小馆"
RATE = 2_000
NEIGHBOUR, OWNER = "13900000042", "13800000001"
NAME, DOCUMENT = "周二", "110101199003070038"
MEAL, FEAST, SOUP = 12_800, 200_000, 3_650
SHARES = "SELECT count(*) FROM payments_share WHERE state = 'done'"
TODAY = "SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - date '1970-01-01'"
NOW = """
SELECT (extract(epoch FROM clock_timestamp() + make_interval(secs => offset_seconds)) * 1000000)
       ::bigint FROM points_horizon
"""
PAID_AT = """
SELECT (extract(epoch FROM max(at)) * 1000)::bigint
       - (SELECT offset_seconds FROM points_horizon) * 1000
  FROM orders_fact WHERE kind = 6
"""
LISTEN = r"""figure => {
  window.heardAt = 0;
  new MutationObserver(() => {
    const said = document.querySelector('main').textContent.replace(/\s+/g, '');
    if (said.includes('收到¥' + figure) && !window.heardAt) window.heardAt = Date.now();
  }).observe(document.body, {subtree: true, childList: true});
}"""
SHARE_SECONDS = 120
"""The channel shares a payment a minute after it, by the real clock."""
ASKS_ANYWAY_MS = 5_000
"""A till that hears nothing would ask by itself later than this."""


@dataclass(slots=True)
class People:
    """The two phones of the story, and the place they are in."""

    place: Neighbourhood
    member: Page
    shop: Page
    lags: list[int] = field(default_factory=list)

    def hears(self) -> None:
        """Note how long after its commit the till showed the newest payment, in milliseconds."""
        self.lags.append(self.shop.evaluate("window.heardAt") - self.place.ask(PAID_AT))

    def order_of(self, page: Page) -> str:
        """Give the number in the address of an order's page."""
        return page.url.rsplit("/", 1)[1]


@pytest.fixture
def people(browser: Browser, home: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[People]:
    with django_db_blocker.unblock(), opened(home, browser) as place:
        yield People(place, place.page(), place.page())


def test_a_day_from_the_first_scan_to_a_statement_that_equals_the_bill(people: People) -> None:
    begun = people.place.ask(TODAY)
    shop_opens(people)
    meal = joins_and_pays(people)
    feast = pays_what_the_till_asks(people)
    two_days_later(people, (meal, feast))
    settled = eight_days_later(people, (meal, feast))
    cash = sells_what_the_day_allows(people, settled)
    withdraws(people, cash)
    refunds(people)
    hands_over(people)
    statement_is_the_bill(people, begun)
    replays_to_the_same(people)


def shop_opens(people: People) -> None:
    page = people.shop
    page.goto(f"{people.place.base}/login?next={STORE}/shift")
    people.place.sign_in(page, number=OWNER)
    page.get_by_label("抽屉里的备用金").fill("200")
    picture(page, "shop/1-begin")
    page.get_by_role("button", name="接班").click()
    expect(page.get_by_text("这一班还没有收款")).to_be_visible()
    picture(page, "shop/2-till")


def joins_and_pays(people: People) -> str:
    place, page = people.place, people.member
    page.goto(f"{place.base}/s/S001")
    expect(page.get_by_text(f"你的推荐人会记为{SHOP}，以后不会再变")).to_be_visible()
    picture(page, "member/1-scan")
    page.get_by_role("button", name="同意，并去付款").click()
    picture(page, "member/2-phone")
    place.sign_in(page, number=NEIGHBOUR)
    page.wait_for_load_state("load")
    page.get_by_label("付款金额").fill("128.00")
    gives = estimate(place.engine(), MEAL)
    expect(page.locator("#gives")).to_contain_text(gives)
    picture(page, "member/3-pay")
    people.shop.evaluate(LISTEN, "128.00")
    page.get_by_role("button", name="付款", exact=True).click()
    expect(page.get_by_text("只有收到微信支付的确认，才算付好")).to_be_visible()
    picture(page, "member/4-wait")
    take_the_phone(page)
    picture(page, "member/5-phone")
    pay_there(page)
    assert "¥128.00" in words(page)
    assert "待结算" in words(page)
    picture(page, "member/6-paid")
    expect(people.shop.locator("[data-part=last]")).to_contain_text("¥128.00")
    people.hears()
    picture(people.shop, "shop/3-heard")
    return people.order_of(page)


def estimate(replay: Replay, amount_fen: int) -> str:
    """Say what a payment would give now, by the rules alone."""
    state, terms, spend = replay.state, replay.terms, amount_fen * FEN
    inflow = parts(replay, amount_fen).inflow
    points = mint(inflow, money=state.money, circulating=state.circulating, terms=terms)
    given = vouchers(spend, commission_rate=RATE, terms=terms)
    return f"约得 {text.points(atoms=points)} 积分、{text.yuan(amount=given)} 元抵扣积分"


def parts(replay: Replay, amount_fen: int) -> Split:
    """Split a spend at the shop."""
    return split(amount_fen * FEN, commission_rate=RATE, terms=replay.terms)


def pay_on_the_phone(page: Page) -> None:
    """Pay on the channel's own page, and come back to the result."""
    take_the_phone(page)
    pay_there(page)


def take_the_phone(page: Page) -> None:
    """Go to the channel's own page."""
    page.get_by_role("link", name="去微信支付付款").click()
    expect(page.get_by_role("button", name="付款", exact=True)).to_be_visible()


def pay_there(page: Page) -> None:
    """Pay on it, and come back to the result."""
    page.get_by_role("button", name="付款", exact=True).click()
    page.wait_for_url("**/orders/GX*", wait_until="commit")
    page.wait_for_url(lambda url: not url.endswith("/wait"))
    expect(page.get_by_text(f"已付给{SHOP}")).to_be_visible()


def charged(people: People, amount: str) -> str:
    """Ask for an amount at the till; give what the neighbour's phone reads from the code."""
    page = people.shop
    page.goto(f"{people.place.base}{STORE}/cashier")
    page.get_by_label("下一笔收多少").fill(amount)
    page.get_by_role("button", name="生成收款码").click()
    expect(page.get_by_role("img", name="收款码")).to_be_visible()
    return scanned(page)


def pays_what_the_till_asks(people: People) -> str:
    member, shop = people.member, people.shop
    member.goto(charged(people, "2000"))
    expect(member.get_by_label("付款金额")).to_have_value("2000.00")
    picture(shop, "shop/4-code")
    shop.evaluate(LISTEN, "2,000.00")
    member.get_by_role("button", name="付款", exact=True).click()
    pay_on_the_phone(member)
    expect(shop.locator("main")).to_contain_text("看这一笔")
    people.hears()
    picture(shop, "shop/5-received")
    return people.order_of(member)


def two_days_later(people: People, orders: tuple[str, str]) -> None:
    """Both orders have settled, a message says so, and their lots are locked for a week."""
    place, page = people.place, people.member
    place.clock("+2d")
    page.goto(f"{place.base}/orders/{orders[1]}")
    again_until(page, page.get_by_text("结算时得到"))
    lots = place.engine().state.holdings[place.newest_member()]
    page.goto(f"{place.base}/messages")
    assert f"得到 {text.points(atoms=lots[0].minted)} 积分" in words(page)
    picture(page, "member/7-settled")
    page.goto(f"{place.base}/orders/{orders[0]}")
    page.get_by_role("link", name="看这一批积分").click()
    expect(page.locator(".tag")).to_have_text("锁定中")
    unlocks = text.moment(at=lots[0].unlock_at, now=place.ask(NOW))
    assert f"可以卖 {unlocks} 起" in words(page)
    picture(page, "member/8-locked")


def eight_days_later(people: People, orders: tuple[str, str]) -> Replay:
    place, page = people.place, people.member
    place.clock("+6d")
    until(place.is_settled, "what is due by then is settled")
    replay = place.engine()
    lots = replay.state.holdings[place.newest_member()]
    assert [lot.spend for lot in lots] == [MEAL * FEN, FEAST * FEN]
    for number, lot in zip(orders, lots, strict=True):
        page.goto(f"{place.base}/orders/{number}")
        assert f"积分 {text.points(atoms=lot.minted)}" in words(page)
        cap = lot.spend * replay.terms.exit_cap // MYRIAD
        pays = text.yuan(amount=cap * replay.terms.payout_rate // MYRIAD)
        assert f"封顶线 {text.yuan(amount=cap)} 元，到手 {pays}" in words(page)
    return replay


def sells_what_the_day_allows(people: People, replay: Replay) -> int:
    page, state, terms = people.member, replay.state, replay.terms
    lots = state.holdings[people.place.newest_member()]
    limit = state.circulating * terms.sale_limit // MYRIAD
    allowed = limit - limit % (POINT // 10_000)
    assert sum(lot.left for lot in lots) > allowed
    now = people.place.ask(NOW)
    pieces = offer(lots, allowed, clock=now, money=state.money, circulating=state.circulating)
    net = sum(piece.net for piece in pieces)
    pays, sold = text.yuan(amount=net), text.points(atoms=allowed)
    page.goto(f"{people.place.base}/points")
    held = sum(lot.left for lot in lots)
    assert f"持有积分 {text.points(atoms=held)}" in words(page)
    assert f"一个人一天最多卖流通积分的 1%，今天还能卖 {sold}" in words(page)
    assert "你为这 2 批花了 2,128.00 元" in words(page)
    picture(page, "member/9-points")
    page.get_by_label("卖出多少积分").fill(sold)
    page.get_by_role("button", name="下一步：核对卖出").click()
    gross = text.yuan_nearest(amount=sum(piece.gross for piece in pieces))
    for figure in (f"市值 {gross} 元", f"到手，进入零钱 {pays} 元", "你当时消费 2,128.00 元"):
        assert figure in words(page), figure
    picture(page, "member/10-check")
    page.get_by_role("button", name=f"确认卖出，得 {pays} 元").click()
    told = page.get_by_text(f"卖出了 {sold} 积分，{pays} 元已到零钱")
    told.wait_for()
    picture(page, "member/11-sold")
    return net - net % FEN


def withdraws(people: People, cash: int) -> None:
    place, page, figure = people.place, people.member, text.yuan(amount=cash)
    page.get_by_role("link", name="去提现").click()
    page.get_by_role("link", name="去核对").click()
    page.get_by_role("textbox", name="姓名").fill(NAME)
    page.get_by_role("textbox", name="身份证号").fill(DOCUMENT)
    page.get_by_role("checkbox", name="同意核对实名").check()
    picture(page, "member/12-name")
    page.get_by_role("button", name="同意，并核对").click()
    page.get_by_role("link", name="连接微信").click()
    page.get_by_role("link", name=NAME).click()
    page.get_by_role("button", name="连接到我的账户").click()
    page.get_by_role("radio", name="微信零钱").check()
    page.get_by_label("同意保存这个收款账号").check()
    page.get_by_role("button", name="用这个账号收款").click()
    expect(page.get_by_label("提现金额")).to_have_value(figure)
    page.get_by_role("button", name="下一步：核对提现").click()
    assert "手续费 0.00 元" in words(page)
    picture(page, "member/13-withdraw")
    page.get_by_role("button", name=f"提现 {figure} 元").click()
    expect(page.locator(".tag")).to_have_text("待审核")
    maker_and_checker_agree(people, figure)
    again_until(page, page.get_by_role("link", name="去微信确认收款"))
    picture(page, "member/14-confirm")
    page.get_by_role("link", name="去微信确认收款").click()
    expect(page.get_by_text(f"¥{figure}")).to_be_visible()
    picture(page, "member/15-phone")
    page.get_by_role("button", name="确认收款").click()
    again_until(page, page.get_by_text(f"{figure} 元已到账。"))
    picture(page, "member/16-arrived")
    page.goto(f"{place.base}/wallet")
    assert "零钱 0.00元" in words(page)
    assert f"−{figure} 余 0.00" in words(page)
    assert f"+{figure} 余 {figure}" in words(page)
    picture(page, "member/17-wallet")


def maker_and_checker_agree(people: People, figure: str) -> None:
    for name, role, queue, last in (
        ("wu", Role.MAKER, "待初审", "提交初审：通过"),
        ("zheng", Role.CHECKER, "待复核", f"复核通过，打款 {figure} 元"),
    ):
        # The server that he signs in at knows the house's hashers alone.
        with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS[1:]):
            password = add_officer(name=name, role=role, shown="", officer="staff")
        page = people.place.officer(name, password)
        page.get_by_role("link", name=queue).click()
        again_until(page, page.locator("main table a"))
        page.locator("main table a").first.click()
        page.get_by_label("通过，打款").check()
        page.get_by_role("button", name="下一步：核对").click()
        page.get_by_role("button", name=last).click()
        expect(page.locator("main")).to_contain_text(figure)


def refunds(people: People) -> None:
    member, shop = people.member, people.shop
    member.goto(charged(people, "36.50"))
    shop.evaluate(LISTEN, "36.50")
    member.get_by_role("button", name="付款", exact=True).click()
    pay_on_the_phone(member)
    expect(shop.locator("main")).to_contain_text("看这一笔")
    people.hears()
    assert 0 <= min(people.lags) <= 1_000
    assert max(people.lags) <= ASKS_ANYWAY_MS
    shop.goto(f"{people.place.base}{STORE}/orders")
    shop.get_by_role("link", name="36.50").click()
    shop.get_by_role("link", name="退款", exact=True).click()
    shop.get_by_label("退多少").fill("36.50")
    shop.get_by_label("原因").fill("上错了菜")
    shop.get_by_role("button", name="下一步：核对退款").click()
    spend, commission = SOUP * FEN, SOUP * FEN * RATE // MYRIAD
    assert f"平台抽成一并退回 {text.yuan(amount=commission)}" in words(shop)
    assert f"你的账上少 {text.yuan(amount=spend - commission)}" in words(shop)
    picture(shop, "shop/6-refund")
    shop.get_by_role("button", name="退 36.50 元给顾客").click()
    again_until(shop, shop.locator(".tag", has_text="已退款"))
    assert "已退款 36.50" in words(shop)
    again_until(member, member.get_by_text("已退回"))
    picture(member, "member/18-refunded")


def hands_over(people: People) -> None:
    page = people.shop
    page.goto(f"{people.place.base}{STORE}")
    today = text.yuan(amount=SOUP * FEN)
    for figure in ("今天收款", f"{today}元 · 1 笔", f"已退款 {today}", "预计到账 0.00"):
        assert figure in words(page), figure
    picture(page, "shop/7-today")
    page.goto(f"{people.place.base}{STORE}/shift")
    page.get_by_label("点到多少").fill("200")
    page.get_by_role("button", name="交班").click()
    taken = text.yuan(amount=(MEAL + FEAST + SOUP) * FEN)
    for figure in (f"收款合计 3 笔 {taken}", f"退款 1 笔 {today}", "差 0.00", "点到的现金 200.00"):
        assert figure in words(page), figure
    picture(page, "shop/8-shift")


def statement_is_the_bill(people: People, begun: int) -> None:
    place, page = people.place, people.shop
    until(lambda: place.ask(SHARES) == 2, "both shares are done", seconds=SHARE_SECONDS)
    paid = refunded = given = arrived = 0
    for day in {begun, place.ask(TODAY)}:
        name = text.date(day=day)
        bill = bill_of(place, name)
        page.goto(f"{place.base}{STORE}/statements/{name}")
        sums = {
            kind: sum(each.amount_fen for each in bill if each.kind.value == kind)
            for kind in ("paid", "refunded", "shared", "returned")
        }
        fee, shared = sum(each.fee_fen for each in bill), sums["shared"] - sums["returned"]
        stays = sums["paid"] - sums["refunded"] - shared - fee
        for figure in (
            f"收款 {fen(sums['paid'])} 元 退款 −{fen(sums['refunded'])} 元",
            f"平台抽成（分账） −{fen(shared)} 元 渠道手续费 −{fen(fee)} 元",
            f"留在你店的 {fen(stays)} 元",
            f"渠道账单：收款 {fen(sums['paid'])} 元，退款 {fen(sums['refunded'])} 元",
            f"分账 {fen(shared)} 元。差额 0.00 元。",
            "和账单一致",
        ):
            assert figure in words(page), (figure, words(page))
        arrived += words(page).count("已到账")
        picture(page, "shop/9-statement")
        paid, refunded, given = paid + sums["paid"], refunded + sums["refunded"], given + shared
    assert (paid, refunded, arrived) == (MEAL + FEAST + SOUP, SOUP, 2)
    assert given == (MEAL + FEAST) * RATE // MYRIAD


def bill_of(place: Neighbourhood, day: str) -> list[BillLine]:
    """Fetch the channel's bill of a day by the real client, keep it, and give the shop's lines."""
    payee = Payee(number="", authorization="")
    fetch_bill(provider=Provider.WECHAT, payee=payee, day=day)
    whole(Provider.WECHAT, day)
    assert reconcile_day(provider=Provider.WECHAT, day=day) == 0
    receive_arrivals()
    return list(gateway.fetch_bill(provider=Provider.WECHAT, payee=payee, day=day))


def fen(amount: int) -> str:
    """Write an amount as the pages do."""
    return text.yuan(amount=amount * FEN)


def replays_to_the_same(people: People) -> None:
    """Whoever folds the export has the platform's own state."""
    until(people.place.is_settled, "what the bill shows is settled")
    replay = people.place.engine()
    with snapshot(people.place.access.url) as reading, reading.cursor() as cursor:
        platform = to_bytes(of_platform(cursor))
    assert to_bytes(of_state(replay.state, refused=[], repeated=0)) == platform
