"""Messages: each thing once, newest first, marked as read by a form alone, few questions.

Source: design/ui/faces.md 7 (a 9, b 7), 6.2; H1.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from bench.counting import counted
from gongxiang.acts.ask_refund import ask_refund
from gongxiang.acts.change_phone import change_phone
from gongxiang.acts.decline_refund_request import decline_refund_request
from gongxiang.acts.mark_read import mark_read
from gongxiang.acts.note_transfer import note_transfer
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.review_application import Verdict as Judged
from gongxiang.acts.review_application import review_application
from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.members.models import MessageKind
from gongxiang.queries import first_page, messages
from gongxiang.treasury.models import PayoutState, Verdict
from tests import tidy
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.merchants.applicants import submitted
from tests.web.signed import signed_in
from tests.web.test_member_world import said


@pytest.fixture(autouse=True)
def _town(database: Database) -> Iterator[None]:
    forget()
    town.open_town()
    signed_in("lin")
    with override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"]):
        yield


def page(client: Client, path: str = "/messages") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return said(answer.content)


def kinds(key: str = "lin") -> list[str]:
    return [one.kind for one in messages.inbox(member=town.party(key), size=50).messages]


def unread(*, member: int) -> int:
    return first_page.wallet(member=member).unread


def refunded_and_not_sold() -> int:
    """Let the member have a refund told, and a sale that was not done; give him."""
    lin, fang = town.party("lin"), town.party("fang", kind=2)
    order = pay_at_store(key="back", member=lin, store=fang, amount_fen=5_000)
    refund_order(key="back-1", member=lin, order=order.number, amount_fen=1_800)
    sell_points(key="no", member=lin, points=POINT, shown_net=1)
    town.settle_now()
    return lin


def later(seconds: int) -> None:
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + %s", seconds)


def test_a_settled_order_is_told_with_what_it_gave() -> None:
    lin = signed_in("lin")
    before = page(lin)
    assert "阿芳小馆的 1,000.00 元已结算" in before
    assert "得到 112.0000 积分、2,000.00 元抵扣积分。看这一批" in before
    assert "青禾眼镜的 1,000.00 元已结算" in before
    later(2 * 86_400)
    town.settle_now()
    assert "阿芳小馆的 128.00 元已结算" in page(lin)
    assert kinds() == ["settled", "settled", "settled"]


def test_a_capped_exit_is_told_with_both_figures() -> None:
    lin, zhou, fang = town.party("lin"), town.party("zhou"), town.party("fang", kind=2)
    for place in range(10):
        pay_at_store(key=f"big{place}", member=zhou, store=fang, amount_fen=10**6 * 3**place)
    later(2 * 86_400)
    town.settle_now()
    lots = town.query("SELECT id FROM points_lot WHERE member_id = %s AND exited_step > 0", lin)
    found = [one for one in messages.inbox(member=lin, size=50).messages if one.kind == "exited"]
    assert {(one.number,) for one in found} == set(lots)
    assert len(found) >= 2
    told = page(signed_in("lin"))
    assert "阿芳小馆 11-21 的一批到线自动结清 市值 1,200.00，到手 960.00 元，已到零钱" in told


def test_withdrawals_tell_their_review_and_their_end() -> None:
    lin = town.party("lin")
    number = withdraw(key="w1", member=lin, amount_fen=200).number
    town.settle_now()
    for officer in ("wu", "zheng"):
        review_withdrawal(
            member=lin, withdrawal=number, officer=officer, verdict=Verdict.APPROVE, reason=""
        )
    assert "提现 2.00 元审核通过" in page(signed_in("lin"))
    note_transfer(member=lin, withdrawal=number, state=PayoutState.ARRIVED)
    assert kinds()[:2] == ["paid_out", "reviewed"]
    assert "提现 2.00 元已到账" in page(signed_in("lin"))
    other = withdraw(key="w2", member=lin, amount_fen=100).number
    town.settle_now()
    for officer in ("wu", "zheng"):
        review_withdrawal(
            member=lin,
            withdrawal=other,
            officer=officer,
            verdict=Verdict.DECLINE,
            reason="收款人和实名不一致",
        )
    assert "提现 1.00 元没有通过 收款人和实名不一致。钱已退回零钱" in page(signed_in("lin"))


def test_a_refund_and_a_sale_that_was_not_done_are_told() -> None:
    refunded_and_not_sold()
    told = page(signed_in("lin"))
    assert "阿芳小馆退给你 18.00 元" in told
    assert "没有卖出，积分没有动" in told
    assert kinds()[:2] == ["not_sold", "returned"]
    assert signed_in("lin").get("/orders/back").status_code == 200


def test_a_changed_phone_is_told_on_the_account() -> None:
    change_phone(member=town.party("lin"), subject="a", shown="138****8000")
    assert "手机号换成了 138****8000" in page(signed_in("lin"))


def test_reading_marks_nothing_and_the_form_marks_all_shown() -> None:
    lin = signed_in("lin")
    assert "消息 2" in page(lin, "/home")
    assert page(lin).count("未读") == 2
    assert page(lin).count("未读") == 2
    form = dict(re.findall(r'name="(upto)" value="(\d+)"', lin.get("/messages").content.decode()))
    change_phone(member=town.party("lin"), subject="a", shown="138****8000")
    lin = signed_in("lin")
    assert lin.post("/messages/read", form).status_code == 303
    assert unread(member=town.party("lin")) == 1
    assert page(lin).count("未读") == 1
    assert "消息 1" in page(lin, "/wallet")


def test_a_mark_never_goes_back_nor_beyond_now() -> None:
    lin = town.party("lin")
    mark_read(member=lin, upto=2**52)
    change_phone(member=lin, subject="a", shown="138****8000")
    mark_read(member=lin, upto=0)
    assert unread(member=lin) == 1


def test_pages_go_on_without_a_gap_or_a_double() -> None:
    lin, fang = town.party("lin"), town.party("fang", kind=2)
    for place in range(9):
        order = pay_at_store(key=f"p{place}", member=lin, store=fang, amount_fen=1_000)
        refund_order(key=f"r{place}", member=lin, order=order.number, amount_fen=100)
        sell_points(key=f"s{place}", member=lin, points=POINT, shown_net=1)
    town.settle_now()
    later(2 * 86_400)
    town.settle_now()
    whole = messages.inbox(member=lin, size=100).messages
    assert len(whole) == 30
    found: list[messages.Message] = []
    while more := messages.inbox(
        member=lin, size=4, before=found[-1].place if found else None
    ).messages:
        found += more
    assert tuple(found) == whole
    assert messages.place(whole[0].place.name) == whole[0].place


def test_who_has_nothing_is_told_what_will_stand_here() -> None:
    told = page(signed_in("afang"))
    assert "还没有消息" in told


@pytest.mark.parametrize("before", ["x", "1-1", "-1-1-1", "9" * 40 + "-1-1"])
def test_an_address_that_is_no_place_shows_the_newest(before: str) -> None:
    assert "已结算" in page(signed_in("lin"), f"/messages?before={before}")


@pytest.mark.parametrize("path", ["/messages", "/home", "/wallet"])
def test_the_page_asks_at_most_twelve_questions(path: str) -> None:
    lin = signed_in("lin")
    forget()
    with counted() as asked:
        assert lin.get(path).status_code == 200
    assert len(asked) <= 12, asked


def test_a_declined_request_is_told_with_the_stores_answer_and_a_later_one_beside_it() -> None:
    lin, store = town.party("lin"), town.party("fang", kind=2)
    order = town.query("SELECT id FROM orders_fact WHERE key = 'o99'")[0][0]
    for number, answer in enumerate(("菜都吃完了", "已经重做一份")):
        ask_refund(key=f"q{number}", member=lin, order=order, amount_fen=3_600, reason="少上一菜")
        decline_refund_request(store=store, member=lin, order=order, answer=answer)
        later(60)
    assert kinds()[:2] == ["declined", "declined"]
    client = signed_in("lin")
    shown = page(client)
    assert shown.count("阿芳小馆没有同意退 36.00 元") == 2
    assert "店家的答复：菜都吃完了。退款期内可以再申请" in shown
    assert 'href="/orders/o99"' in client.get("/messages").content.decode()
    newest = messages.inbox(member=lin, size=1).messages[0].place
    assert messages.place(newest.name) == newest
    (second,) = messages.inbox(member=lin, size=1, before=newest).messages
    assert second.answer == "菜都吃完了"


@pytest.mark.parametrize(
    ("verdict", "said_so"),
    [
        (Judged.ASK, "「小满糖水」的入驻申请还要补充，点开看差哪几样"),
        (Judged.DECLINE, "「小满糖水」的入驻申请没有通过，点开看原因"),
        (Judged.APPROVE, "「小满糖水」开好了，可以去看收款码"),
    ],
)
def test_what_became_of_an_application_is_told(verdict: Judged, said_so: str) -> None:
    member, number = submitted("lin", rate="20")
    review_application(
        member=member,
        application=number,
        officer="o",
        verdict=verdict,
        reason="看过了",
        missing={"licence": "反光"} if verdict is Judged.ASK else None,
    )
    client = signed_in("lin")
    assert said_so in page(client)
    assert 'href="/store/apply"' in client.get("/messages").content.decode()


def test_nobody_reads_anothers_messages() -> None:
    change_phone(member=town.party("lin"), subject="a", shown="138****8000")
    assert "138****8000" not in page(signed_in("zhou"))
    assert Client().get("/messages").status_code == 302
    assert Client().post("/messages/read").status_code == 302


def test_no_sentence_promises_a_gain() -> None:
    for kind in MessageKind:
        assert tidy.honesty_offences(kind.label) == []


def test_what_is_unread_is_what_the_pages_show_also_one_by_one() -> None:
    lin = refunded_and_not_sold()
    change_phone(member=lin, subject="a", shown="138****8000")
    shown = messages.inbox(member=lin, size=50).messages
    assert {each.kind for each in shown} >= {"settled", "returned", "not_sold", "written"}
    assert unread(member=lin) == len(shown)
    places: list[messages.Place | None] = [None, *(each.place for each in shown)]
    one_by_one = [
        message
        for before in places
        for message in messages.inbox(member=lin, size=1, before=before).messages
    ]
    assert one_by_one == list(shown)
