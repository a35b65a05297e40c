"""What the pages of cash say: which channel, what to do next, what else is under way.

Source: design/ui/faces.md 3.4, 4 (withdraw above balance, review declined), 7 (d).
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from gongxiang.acts.connect_identity import connect_identity
from gongxiang.acts.note_transfer import note_transfer
from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base import clock
from gongxiang.base.money import POINT
from gongxiang.treasury.models import PayoutState, Verdict
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in
from tests.web.test_member_world import form_of, said, words

EXPIRES = "过期没确认，这 100.00 元会退回零钱，可以重新发起，不会重复打款。"
UNTIL = clock.parse_at("2026-11-23T21:14:00+08:00")


@pytest.fixture
def lin(database: Database) -> Iterator[Client]:
    """Give a member with 170.26 yuan."""
    assert database.name
    forget()
    town.open_town()
    sell_points(key="s1", member=town.party("lin"), points=112 * POINT, shown_net=None)
    town.settle_now()
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield signed_in("lin")


def asked(verdict: Verdict = Verdict.APPROVE) -> int:
    """Withdraw 100.00, looked at by two officers; give its number."""
    member = town.party("lin")
    number = withdraw(key="w1", member=member, amount_fen=10_000).number
    town.settle_now()
    for officer in ("小吴", "小郑"):
        review_withdrawal(
            member=member, withdrawal=number, officer=officer, verdict=verdict, reason="姓名不符"
        )
    return number


def to_confirm() -> int:
    """Let the withdrawal wait for its member's yes; give its number."""
    number = asked()
    member = town.party("lin")
    note_transfer(member=member, withdrawal=number, state=PayoutState.CONFIRM, confirm_until=UNTIL)
    return number


def refused(client: Client, amount: str) -> tuple[str, str]:
    """Ask for an amount that is refused; give the page as it is read, and as it is."""
    answer = client.get("/wallet/withdraw/check", {"amount": amount})
    assert answer.status_code == 422
    return said(answer.content), answer.content.decode()


@pytest.mark.parametrize(("provider", "name"), [("wechat", "微信"), ("alipay", "支付宝")])
def test_a_withdrawal_is_named_by_its_own_channel(lin: Client, provider: str, name: str) -> None:
    town.query("UPDATE members_payee SET provider = %s", provider)
    asked()
    for path in ("/wallet", "/wallet/entries"):
        assert f"提现到{name} " in words(lin, path)
    assert f"下一步是打款到{name} " in words(lin, "/messages")


@pytest.mark.parametrize("path", ["/wallet", "/home"])
def test_what_waits_for_a_yes_leads_there_and_says_what_happens_without_it(
    lin: Client, path: str
) -> None:
    number = to_confirm()
    page = lin.get(path).content.decode()
    href = f"/wallet/withdrawals/{number}"
    assert f'<a class="btn wide" href="{href}">去微信确认收款</a>' in page
    assert page.count('class="btn wide"') == 1
    assert EXPIRES in said(page.encode())
    assert EXPIRES in words(lin, href)


def test_what_was_declined_says_what_to_do(lin: Client) -> None:
    path = f"/wallet/withdrawals/{asked(Verdict.DECLINE)}"
    page = lin.get(path).content.decode()
    told = "没有通过：姓名不符。钱已退回零钱。收款人不对，先改收款账号，再提一次。"
    assert told in said(page.encode())
    assert '<a class="btn wide" href="/wallet/payee">改收款账号</a>' in page
    assert 'href="/wallet/withdraw?amount=100.00">再提 100.00 元</a>' in page


def test_too_much_says_what_waits_for_a_yes_and_leads_there(lin: Client) -> None:
    number = to_confirm()
    page, source = refused(lin, "100.00")
    told = "最多填 70.26 元。另有 100.00 元正等你在微信确认，确认或过期后才会变动"
    assert page.count(told) == 2
    assert '<a class="chip" href="/wallet/withdraw">全部 70.26</a>' in source
    assert f'<a class="chip" href="/wallet/withdrawals/{number}">去确认那一笔</a>' in source


def test_too_much_says_what_is_on_its_way_and_nothing_else_does(lin: Client) -> None:
    assert "另有" not in refused(lin, "1000.00")[0]
    asked()
    page, source = refused(lin, "100.00")
    assert page.count("最多填 70.26 元。另有 100.00 元正在提现") == 2
    assert "去确认那一笔" not in source
    assert "另有" not in refused(lin, "0.80")[0]
    assert "另有" not in refused(lin, "x")[0]


def test_what_is_refused_stays_typed_and_is_not_reckoned_with(lin: Client) -> None:
    page, source = refused(lin, "9999")
    assert 'value="9999"' in source
    page, source = refused(lin, "")
    assert 'value=""' in source
    assert page.count("填上提现金额，最多到分，例如 100.00") == 2


def test_the_form_names_the_account_and_what_arrives(lin: Client) -> None:
    connect_identity(member=town.party("lin"), issuer="wechat", subject="oLin")
    assert (
        lin.post("/wallet/payee/account", {"provider": "wechat", "consent": "1"}).status_code == 303
    )
    page = lin.get("/wallet/withdraw/check?amount=70.26").content.decode()
    assert "打到 微信零钱（林*满）" in said(page.encode())
    assert '<div class="row total"><dt>到手</dt>' in page
    assert '<p class="note c"><a class="tap" href="/wallet/payee">改收款账号</a></p>' in page


def test_an_account_that_is_refused_stays_chosen_and_says_so_where_it_is(lin: Client) -> None:
    town.query("DELETE FROM members_identity WHERE issuer = 'wechat'")
    way = "/login/wechat?connect=1&amp;next=/wallet/payee"
    connect = f'还没有连接微信。<a class="btn quiet small" href="{way}">'
    assert connect in lin.get("/wallet/payee").content.decode()
    page = lin.post(
        "/wallet/payee/account", {"provider": "wechat", "consent": "1"}
    ).content.decode()
    assert 'value="wechat" checked aria-invalid="true" aria-describedby="wechat-error"' in page
    assert '<a href="#wechat">还没有连接微信，先连接再选</a>' in page
    assert page.index('id="wechat-error"') < page.index('value="alipay"')
    given = {"provider": "alipay", "account": "x", "consent": "1"}
    page = lin.post("/wallet/payee/account", given).content.decode()
    assert 'value="alipay" checked' in page
    assert 'aria-describedby="account-error account-hint" aria-invalid="true"' in page


def paid_out() -> list[tuple[int, int]]:
    rows = town.query(
        "SELECT amount, tax FROM treasury_payout JOIN treasury_withdrawal ON id = withdrawal_id"
    )
    return [(int(amount), int(tax)) for amount, tax in rows]


def withheld() -> None:
    """Publish that from now on the tax is kept back: a tenth of all that is above ten yuan."""
    town.query(
        "INSERT INTO governance_ruleversion (id, preset, terms, settings, published_at)"
        " SELECT id + 1, preset, terms, settings || %s::jsonb, published_at"
        " FROM governance_ruleversion ORDER BY id DESC LIMIT 1",
        '["tax_withheld=on", "tax_free=10000000", "tax_rate=1000"]',
    )


def test_the_check_page_shows_the_tax_of_the_amount_that_was_typed(lin: Client) -> None:
    page = words(lin, "/wallet/withdraw/check?amount=100")
    for figure in (
        *(
            "提现 100.00 元",
            "手续费 0.00 元",
            "预计个税（只显示，不代扣） 0.00 元",
            "到手 100.00 元",
        ),
        *("个税 ＝ 超过 800.00 元的部分 × 20%", "第 1 版规则", "提完可提现 70.26 元"),
    ):
        assert figure in page, figure
    assert 'value="100.00"' in lin.get("/wallet/withdraw/check?amount=100").content.decode()
    assert paid_out() == []


def test_a_form_sent_twice_withdraws_once_and_another_amount_is_refused(lin: Client) -> None:
    form = form_of(lin, "/wallet/withdraw/check?amount=100")
    first, again = (lin.post("/wallet/withdraw", form) for _ in range(2))
    assert (first.status_code, again["Location"]) == (303, first["Location"])
    answer = lin.post("/wallet/withdraw", {**form, "amount": "50.00"})
    assert answer.status_code == 422
    assert "这张表单已经提过另一个金额，没有再提。要再提，核对后再点一次" in said(answer.content)
    assert paid_out() == [(100_000_000, 0)]


def test_a_tax_that_came_meanwhile_is_shown_before_anything_is_withdrawn(lin: Client) -> None:
    form = form_of(lin, "/wallet/withdraw/check?amount=100")
    withheld()
    answer = lin.post("/wallet/withdraw", form)
    assert answer.status_code == 422
    page = said(answer.content)
    for figure in ("刚刚变了，核对新的数再提", "代扣个税 9.00 元", "到手 91.00 元"):
        assert figure in page, figure
    assert paid_out() == []
    fresh = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.content.decode())
    )
    assert lin.post("/wallet/withdraw", fresh).status_code == 303
    assert paid_out() == [(100_000_000, 9_000_000)]


def test_an_account_that_was_changed_meanwhile_is_shown_first(lin: Client) -> None:
    form = form_of(lin, "/wallet/withdraw/check?amount=100")
    town.query("UPDATE members_payee SET shown = '支付宝 139****0000'")
    answer = lin.post("/wallet/withdraw", form)
    assert answer.status_code == 422
    assert "打到 支付宝 139****0000" in said(answer.content)
    assert paid_out() == []


@pytest.mark.parametrize(
    ("reviewed", "told"),
    [
        ("2026-11-22T21:14:00+08:00", "不会重复打款。最迟明天 10:00 有结果。"),
        (
            "2026-11-21T21:14:00+08:00",
            "不会重复打款。渠道还没有给结果，我们会一直查，这笔钱还是你的。",
        ),
    ],
)
def test_an_answer_is_promised_for_the_morning_after_and_not_again_the_day_after_that(
    lin: Client, reviewed: str, told: str
) -> None:
    number = asked()
    note_transfer(member=town.party("lin"), withdrawal=number, state=PayoutState.UNKNOWN)
    town.query("UPDATE treasury_payout SET reviewed_at = %s", reviewed)
    page = words(lin, f"/wallet/withdrawals/{number}")
    assert told in page


def test_who_has_nothing_to_withdraw_is_not_told_that_it_stays(lin: Client) -> None:
    assert lin.get("/wallet/withdraw").status_code == 200
    nobody = signed_in("qinghe").get("/wallet/withdraw").content.decode()
    assert "现在还没有可提现的零钱，以后再核对也行。" in nobody
    assert "0.00 元一直在" not in nobody
