"""Two officers send a withdrawal from the console, each with a check page; one alone never does.

Source: P4; reliability I-26; design/ui/faces.md 4 (maker is checker), 6.5.
"""

import time

import pytest
from django.test import Client

from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.governance.models import AuditEntry
from gongxiang.treasury.models import Payout, PayoutState, Verdict
from tests.acts import town
from tests.conftest import Database
from tests.ops import staff, world

NO_WITHDRAWALS = "这里现在没有提现"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()
    sell_points(key="s1", member=town.party("lin"), points=112 * POINT, shown_net=None)
    town.settle_now()
    world.users()


@pytest.fixture
def number() -> int:
    made = withdraw(key="w1", member=town.party("lin"), amount_fen=10_000).number
    town.settle_now()
    return made


def address(number: int) -> str:
    return f"/ops/withdrawals/{town.party('lin')}/{number}/"


def maker_says(number: int, verdict: str = "approve", reason: str = "") -> None:
    form = {"verdict": verdict, "reason": reason, "maker": "", "step": "do"}
    assert staff.signed_in("zhi").post(address(number), form).status_code == 303


def state() -> PayoutState:
    return PayoutState(Payout.objects.get().state)


def stale(client: Client) -> Client:
    """Let the second factor of a browser be too old for money."""
    session = client.session
    session["officer_factor_at"] = int(time.time()) - 16 * 60
    session.save()
    return client


def test_the_maker_checks_and_then_notes_his_verdict(number: int) -> None:
    client = staff.signed_in("zhi")
    assert "100.00" in world.text_of(client.get("/ops/withdrawals/"))
    page = world.text_of(client.get(address(number)))
    assert "初审意见" in page
    assert "他现在的零钱 70.26 元" in page
    answer = client.post(address(number), {"verdict": "approve", "reason": ""})
    assert answer.status_code == 200
    assert "提交初审：通过" in world.text_of(answer)
    assert Payout.objects.get().verdict is None
    answer = client.post(address(number), {"verdict": "approve", "maker": "", "step": "do"})
    assert (answer.status_code, answer["Location"]) == (303, "/ops/withdrawals/")
    page = world.text_of(client.get("/ops/withdrawals/"))
    assert "已提交初审「通过」，100.00 元等另一位同事复核" in page
    assert NO_WITHDRAWALS in page
    assert "100.00" in world.text_of(client.get("/ops/withdrawals/?queue=check"))
    assert state() is PayoutState.REVIEW


def test_each_role_lands_in_its_own_queue(number: int) -> None:
    maker, checker = staff.signed_in("zhi"), staff.signed_in("fu")
    assert "100.00" in world.text_of(maker.get("/ops/withdrawals/"))
    assert NO_WITHDRAWALS in world.text_of(checker.get("/ops/withdrawals/"))
    assert "100.00" in world.text_of(checker.get("/ops/withdrawals/?queue=make"))
    maker.post(address(number), {"verdict": "approve", "maker": "", "reason": "", "step": "do"})
    assert NO_WITHDRAWALS in world.text_of(maker.get("/ops/withdrawals/"))
    assert "100.00" in world.text_of(checker.get("/ops/withdrawals/"))


def test_limit_identity_and_payee_are_shown_masked_and_whole_only_for_a_reason(
    number: int,
) -> None:
    client = staff.signed_in("zhi")
    page = world.text_of(client.get(address(number)))
    assert "申请那天的限额 用了 100.00，还剩 49,900.00 元 一天最多 50,000.00 元" in page
    assert "实名 林*满 110*************2X" in page
    assert "收款账号 微信（林小满）" in page
    assert "oSandboxLinXiaoman" not in page
    unmask = f"/ops/members/{town.party('lin')}/unmask/"
    assert f'href="{unmask}"' in client.get(address(number)).content.decode()
    assert client.get(unmask).status_code == 403
    told = world.text_of(staff.signed_in("ke").post(unmask, {"why": "核对收款人"}))
    assert "真实姓名 林小满" in told
    assert "收款账号 微信支付 oSandboxLinXiaoman0000000001" in told
    kinds = AuditEntry.objects.order_by("id").values_list("kind", "why")
    assert list(kinds)[-1] == ("unmasked", "核对收款人")


def test_a_payee_named_later_and_an_unverified_member_are_said(number: int) -> None:
    town.query("UPDATE members_payee SET shown = '支付宝 138****01', provider = 'alipay'")
    town.query("DELETE FROM members_verified")
    page = world.text_of(staff.signed_in("zhi").get(address(number)))
    assert "后来改成了 支付宝 138****01" in page
    assert "这一笔不跟着变" in page
    assert "没有核对过" in page


def test_the_checker_sends_it_and_both_names_stand_there(number: int) -> None:
    maker_says(number)
    client = staff.signed_in("fu")
    form = {"verdict": "approve", "reason": "", "maker": "zhi"}
    page = world.text_of(client.post(address(number), form))
    assert "复核通过，打款 100.00 元" in page
    assert "初审 zhi，复核是你" in page
    assert client.post(address(number), form | {"step": "do"}).status_code == 303
    assert state() is not PayoutState.REVIEW
    payout = Payout.objects.get()
    assert (payout.maker, payout.checker) == ("zhi", "fu")
    assert [entry.officer for entry in AuditEntry.objects.order_by("id")] == ["zhi", "fu"]
    page = world.text_of(client.get(address(number)))
    assert "初审 zhi" in page
    assert "复核 fu" in page


def test_the_maker_cannot_check_it_himself(number: int) -> None:
    maker_says(number)
    client = staff.signed_in("zhi")
    assert "这一笔是你提交的，要另一位同事复核" in world.text_of(client.get(address(number)))
    form = {"verdict": "approve", "maker": "zhi", "step": "do"}
    answer = client.post(address(number), form)
    assert answer.status_code == 422
    assert "这一笔是你提交的，要另一位同事复核" in world.text_of(answer)
    assert state() is PayoutState.REVIEW


def test_a_checker_does_not_begin_and_another_maker_does_not_end(number: int) -> None:
    form = {"verdict": "approve", "maker": "", "step": "do"}
    assert staff.signed_in("fu").post(address(number), form).status_code == 422
    maker_says(number)
    staff.officer("zhi2", world.STAFF["zhi"])
    other = staff.signed_in("zhi2").post(address(number), form | {"maker": "zhi"})
    assert other.status_code == 422
    assert "zhi 已给出初审意见「通过」，等资金复核" in world.text_of(other)
    assert state() is PayoutState.REVIEW


def test_a_final_decline_asks_for_the_number_and_the_cash_is_back(number: int) -> None:
    maker_says(number, "decline", "收款人和实名不一致")
    client = staff.signed_in("fu")
    form = {"verdict": "decline", "reason": "同意", "maker": "zhi"}
    page = world.text_of(client.post(address(number), form))
    assert f"写上「{str(number)[-4:]}」再确认" in page
    answer = client.post(address(number), form | {"step": "do", "typed": "0"})
    assert answer.status_code == 422
    assert f"要写的是「{str(number)[-4:]}」" in world.text_of(answer)
    assert state() is PayoutState.REVIEW
    done = client.post(address(number), form | {"step": "do", "typed": str(number)[-4:]})
    assert done.status_code == 303
    assert state() is PayoutState.DECLINED


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"verdict": "decline", "reason": " "}, "写上退回的原因，会员看得到"),
        ({"verdict": "both", "reason": "留着的话"}, "选一个意见"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    number: int, form: dict[str, str], words: str
) -> None:
    answer = staff.signed_in("zhi").post(address(number), form)
    assert answer.status_code == 422
    assert f"钱没有动，什么都没有改。{words}" in world.text_of(answer)
    assert form["reason"].strip() in answer.content.decode()


def test_what_a_colleague_did_meanwhile_is_shown_and_nothing_is_done(number: int) -> None:
    maker_says(number)
    form = {"verdict": "approve", "reason": "", "maker": "somebody", "step": "do"}
    answer = staff.signed_in("fu").post(address(number), form)
    assert answer.status_code == 422
    assert "刚刚有同事处理过这一笔" in world.text_of(answer)
    assert state() is PayoutState.REVIEW


def test_a_factor_that_is_not_fresh_is_asked_for_again_and_nothing_typed_is_lost(
    number: int,
) -> None:
    client = stale(staff.signed_in("zhi"))
    form = {"verdict": "approve", "reason": "看过了", "maker": ""}
    page = client.post(address(number), form)
    assert "动钱之前，再写一次验证码" in world.text_of(page)
    refused = client.post(address(number), form | {"step": "do", "code": "000000"})
    assert refused.status_code == 422
    assert "验证码不对" in world.text_of(refused)
    assert 'name="reason" value="看过了"' in refused.content.decode()
    assert Payout.objects.get().verdict is None
    staff.forget_used_codes("zhi")
    right = form | {"step": "do", "code": staff.code_of("zhi")}
    assert client.post(address(number), right).status_code == 303
    assert Payout.objects.get().maker == "zhi"


def test_officers_at_the_command_line_still_work(number: int) -> None:
    for officer in ("min", "li"):
        review_withdrawal(
            member=town.party("lin"), withdrawal=number, officer=officer, verdict=Verdict.APPROVE
        )
    assert state() is not PayoutState.REVIEW


def test_a_withdrawal_that_is_not_there_is_a_page(number: int) -> None:
    client = staff.signed_in("zhi")
    assert client.get(address(number + 1)).status_code == 404
    assert client.post(address(number + 1), {"verdict": "approve"}).status_code == 404
