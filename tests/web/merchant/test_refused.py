"""A refused form: the sentence above and at its field, the focus on it, nothing else red.

Source: design/ui/faces.md 5 (field), 8 (focus).
"""

import re

import pytest
from django.test import Client

from gongxiang.acts.ask_refund import ask_refund
from gongxiang.acts.close_shift import close_shift
from gongxiang.acts.open_shift import open_shift
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, open_account
from tests.web.signed import signed_in

pytestmark = pytest.mark.db

UNPROCESSABLE = 422
RATE = {"what": "rate", "rate": "15", "since": "2026-12-20", "reason": "冬天生意淡"}
SETTINGS = {"opens": "10:30", "closes": "21:00", "category": "food"}
PHONE = "填上 11 位手机号，例如 13800138000；不填就是谁拿到链接谁可以加入"
PLACE = "纬度和经度都写成度数，例如 23.129163 和 113.264435；不知道就都留空"
WHY = "写一句为什么，审核的人要看"
ONCE = "0123456789abcdef0123456789abcdef"
NO_KEY = "钱没有动。这张表已经用过或不完整，刷新页面再填一次"
SUMMARY = re.compile(
    r'<div class="summary" role="alert" tabindex="-1" autofocus><h2>([^<]+)</h2><p>(.*?)</p></div>'
)
ERROR = re.compile(r'<p class="err-text" id="([\w-]+)-why">.*?<span>([^<]+)</span></p>', re.DOTALL)
MARKED = re.compile(r'<(?:input|select)(?=[^>]*\bid="([\w-]+)")(?=[^>]*aria-invalid="true")[^>]*>')


@pytest.fixture
def owner(database: Database) -> Client:
    """Give the browser of the owner of 阿芳小馆."""
    del database
    town.open_town(settings=BAND)
    for key in ("afang", "lin", "zhou"):
        open_account(key)
    return signed_in("afang")


@pytest.fixture
def on_shift(owner: Client) -> str:
    """Let the owner be on shift with 200.00 in the drawer; give the number of the shift."""
    del owner
    fang, afang = town.party("fang", kind=2), town.party("afang")
    return str(open_shift(store=fang, person=afang, float_fen=20_000))


def refused(client: Client, path: str, form: dict[str, str]) -> str:
    """Post a form that is refused; give its page."""
    answer = client.post(f"/store/fang/{path}", form)
    assert answer.status_code == UNPROCESSABLE
    return answer.content.decode()


def at_field(page: str, field: str, title: str, words: str) -> None:
    """Check that the sentence stands above, leads to its field, and stands there alone."""
    assert SUMMARY.findall(page) == [(title, f'<a href="#{field}">{words}</a>')]
    assert ERROR.findall(page) == [(field, words)]
    assert MARKED.findall(page) == [field]
    (tag,) = re.findall(rf'<(?:input|select)[^>]*\bid="{field}"[^>]*>', page)
    (described,) = re.findall(r'aria-describedby="([^"]*)"', tag)
    assert described.split()[-1] == f"{field}-why"
    assert page.count('class="field err"') == 1


def at_none(page: str, title: str, words: str) -> None:
    """Check that the sentence stands above, leads nowhere, and nothing is red."""
    assert SUMMARY.findall(page) == [(title, words)]
    assert (ERROR.findall(page), MARKED.findall(page)) == ([], [])
    assert 'class="field err"' not in page


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"rate": "x"}, "rate", "抽成写成百分数，最多两位小数，例如 20 或 12.5"),
        ({"rate": "45"}, "rate", "新的抽成在 5% 到 30% 之间，并且和现在的不同"),
        ({"since": "soon"}, "since", "日期写成 2026-12-01 这样"),
        ({"since": "2026-11-25"}, "since", "最早从 2026-11-30 起：公示要满 7 天"),
        ({"reason": ""}, "rate-reason", WHY),
        ({"what": "closing", "reason": ""}, "closing-reason", WHY),
        ({"what": "owner", "owner_code": "ZHOU", "reason": ""}, "owner-reason", WHY),
        (
            {"what": "owner", "owner_code": "AFANG"},
            "owner_code",
            "新店主要是会员，不能是你自己，也不能是这家店的介绍人。对一下分享码",
        ),
    ],
)
def test_a_change_is_refused_at_its_field(
    owner: Client, changed: dict[str, str], field: str, words: str
) -> None:
    at_field(refused(owner, "changes", RATE | changed), field, "没有提交", words)


def test_a_change_that_is_of_no_field_leads_nowhere(owner: Client) -> None:
    owner.post("/store/fang/changes", RATE)
    page = refused(owner, "changes", RATE)
    at_none(page, "没有提交", "同样的申请已经在审核，先撤回那一个")
    page = refused(owner, "changes", {"what": "withdraw", "number": "x"})
    at_none(page, "没有提交", "这个申请已经有结果了")


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"phone": "none"}, "phone", "电话写成数字，例如 13800138000 或 020-88886666"),
        ({"category": "bank"}, "category", "选一个主营类目"),
        ({"address": "长" * 81}, "address", "地址最多 80 个字"),
        ({"latitude": "91"}, "latitude", PLACE),
    ],
)
def test_a_setting_is_refused_at_its_field(
    owner: Client, changed: dict[str, str], field: str, words: str
) -> None:
    at_field(refused(owner, "settings", SETTINGS | changed), field, "没有改", words)


def test_an_invitation_is_refused_at_its_field(owner: Client) -> None:
    page = refused(owner, "staff", {"what": "invite", "role": "cashier", "number": "123"})
    at_field(page, "number", "没有改", PHONE)
    page = refused(owner, "staff", {"what": "invite", "role": "x"})
    at_field(page, "role", "没有改", "选一个角色")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"what": "change", "member": "7", "role": "x"}, "选一个角色"),
        ({"what": "let_go", "member": "7"}, "这个人已经不在店里了"),
        ({"what": "x"}, "没有这个操作，刷新页面再试"),
    ],
)
def test_what_is_not_of_the_number_does_not_redden_it(
    owner: Client, form: dict[str, str], words: str
) -> None:
    at_none(refused(owner, "staff", form), "没有改", words)


def test_the_day_that_somebody_came_stands_apart_from_its_word(owner: Client) -> None:
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', '2026-11-28T12:00:00+08:00')",
        town.party("fang", kind=2),
        town.party("lin"),
    )
    page = owner.get("/store/fang/staff").content.decode()
    assert '<time datetime="2026-11-28">2026-11-28</time> 起' in page


def test_taking_over_is_refused_at_the_float(owner: Client) -> None:
    page = refused(owner, "shift", {"float": "x"})
    at_field(page, "float", "没有接班", "金额写成数字，例如 128.50")


def test_handing_over_is_refused_at_what_was_counted_or_at_the_reason(
    owner: Client, on_shift: str
) -> None:
    page = refused(owner, "shift", {"shift": on_shift, "counted": "x"})
    at_field(page, "counted", "没有交班", "金额写成数字，例如 128.50")
    page = refused(owner, "shift", {"shift": on_shift, "counted": "199.50"})
    assert ERROR.findall(page)[0][0] == "note"
    assert SUMMARY.findall(page)[0][1] == f'<a href="#note">{ERROR.findall(page)[0][1]}</a>'
    assert MARKED.findall(page) == ["note"]


def test_a_shift_that_somebody_handed_over_is_of_no_field(owner: Client, on_shift: str) -> None:
    fang, afang = town.party("fang", kind=2), town.party("afang")
    number = int(on_shift)
    close_shift(store=fang, shift=number, person=afang, counted_fen=20_000, note="")
    page = refused(owner, "shift", {"shift": on_shift, "counted": "199", "note": "找零"})
    assert "<a" not in SUMMARY.findall(page)[0][1]
    assert ERROR.findall(page) == []


def test_the_till_is_refused_at_the_amount_or_at_no_field(owner: Client, on_shift: str) -> None:
    assert on_shift
    page = refused(owner, "cashier", {"amount": "x", "once": ONCE})
    at_field(page, "amount", "没有生成收款码", "金额写成数字，例如 128.50")
    at_none(refused(owner, "cashier", {"amount": "128.00"}), "没有生成收款码", NO_KEY)


def test_a_refund_is_refused_at_its_field_or_at_no_field(owner: Client) -> None:
    path = "orders/o99/refund"
    page = refused(owner, path, {"amount": "x", "reason": "少上一菜", "once": ONCE})
    at_field(page, "amount", "没有退款", "金额写成数字，例如 128.50")
    page = refused(owner, path, {"amount": "36.00", "reason": "", "once": ONCE})
    at_field(page, "reason", "没有退款", "写一句为什么退，交班和对账时看得到")
    page = refused(owner, path, {"amount": "36.00", "reason": "少上一菜"})
    at_none(page, "没有退款", NO_KEY)


def test_declining_is_refused_at_the_answer(owner: Client) -> None:
    lin = town.party("lin")
    ((order,),) = town.query("SELECT id FROM orders_fact WHERE key = 'o99'")
    ask_refund(key="q1", member=lin, order=order, amount_fen=3_600, reason="少上一菜")
    page = refused(owner, "orders/o99/decline", {"answer": ""})
    at_field(page, "answer", "没有退款", "写一句为什么不退，顾客看得到")
