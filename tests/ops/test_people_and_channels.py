"""Lost accounts, exceptions of the bills and stores' accounts at the channels, in the console.

Source: P2, P3; I-6, I-26; design/ui/faces.md 6.5.
"""

import pytest
from django.test import Client

from gongxiang.acts.ask_recovery import ask_recovery
from gongxiang.acts.join import Proved, join
from gongxiang.governance.models import AuditEntry
from gongxiang.members import phone
from gongxiang.members.models import Recovery
from gongxiang.payments import gateway
from gongxiang.payments.bill_models import Difference
from gongxiang.payments.models import SubMerchant
from gongxiang.payments.wire import RefundState, RefundTold, Unknown
from tests.acts import town
from tests.conftest import Database
from tests.ops import queues, staff, world

OLD, NEW = "13800138000", "13900139000"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()
    world.users()


@pytest.fixture
def recovery() -> str:
    old = Proved(issuer="phone", subject=phone.subject(OLD), shown=phone.masked(OLD))
    join(proved=old, bringer=None, consents=(("membership", "1"),))
    new = Proved(issuer="phone", subject=phone.subject(NEW), shown=phone.masked(NEW))
    assert ask_recovery(proved=new, old_subject=phone.subject(OLD), address="")
    asked = Recovery.objects.get()
    return f"/ops/recoveries/{asked.member_id}/{asked.id}/"


@pytest.fixture
def difference() -> str:
    queues.difference()
    return "/ops/differences/wechat/paid/T1/"


@pytest.fixture
def refund() -> str:
    queues.attempt()
    queues.refused_refund()
    return "/ops/refunds/GXR7/"


@pytest.fixture
def channels() -> str:
    (store,) = town.query("SELECT min(store_id) FROM merchants_store")[0]
    return f"/ops/stores/{store}/channels/"


def said(client: Client, path: str, **form: str) -> str:
    return world.text_of(client.post(path, form))


def last_entry() -> tuple[str, str, str]:
    entry = AuditEntry.objects.latest("id")
    return entry.kind, entry.officer, entry.why


def test_an_officer_checks_a_real_name_and_types_the_number_once_more(recovery: str) -> None:
    client = staff.signed_in("ke")
    assert phone.masked(NEW) in world.text_of(client.get("/ops/recoveries/"))
    assert "通过后要再等 7 天" in world.text_of(client.get(recovery))
    form = {"verdict": "approve", "reason": "身份证一致"}
    assert "通过，7 天后可登录" in said(client, recovery, **form)
    assert client.post(recovery, form | {"step": "do", "typed": "x"}).status_code == 422
    assert Recovery.objects.get().state == "asked"
    typed = recovery.rstrip("/")[-4:]
    answer = client.post(recovery, form | {"step": "do", "typed": typed})
    assert (answer.status_code, answer["Location"]) == (303, "/ops/recoveries/")
    assert (Recovery.objects.get().state, Recovery.objects.get().officer) == ("approved", "ke")
    assert last_entry() == ("recovery_reviewed", "ke", "身份证一致")
    late = client.post(recovery, form | {"step": "do", "typed": typed})
    assert late.status_code == 422
    assert "刚刚有同事处理过" in world.text_of(late)


def test_a_lost_account_is_declined_with_a_reason_alone(recovery: str) -> None:
    client = staff.signed_in("min")
    empty = client.post(recovery, {"verdict": "decline", "reason": " "})
    assert empty.status_code == 422
    assert "写上核对了什么、凭什么" in world.text_of(empty)
    form = {"verdict": "decline", "reason": "不是本人", "step": "do"}
    assert client.post(recovery, form).status_code == 303
    assert Recovery.objects.get().state == "declined"


def test_an_exception_of_the_bill_is_claimed_once_with_a_note(difference: str) -> None:
    client = staff.signed_in("zhi")
    assert "128.00" in world.text_of(client.get("/ops/differences/"))
    empty = client.post(difference, {"note": " "})
    assert empty.status_code == 422
    assert "写上看到了什么、打算怎么办" in world.text_of(empty)
    assert "认领，差 128.00 元" in said(client, difference, note="问过渠道")
    assert Difference.objects.get().state == "open"
    assert client.post(difference, {"note": "问过渠道", "step": "do"}).status_code == 303
    assert (Difference.objects.get().state, Difference.objects.get().officer) == ("claimed", "zhi")
    assert last_entry() == ("difference_claimed", "zhi", "问过渠道")
    late = staff.signed_in("fu").post(difference, {"note": "我来", "step": "do"})
    assert late.status_code == 422
    assert "刚刚有人认领了" in world.text_of(late)
    assert Difference.objects.get().officer == "zhi"


def test_a_refund_that_the_channel_refused_is_sent_again_once(
    refund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = staff.signed_in("zhi")

    def silent(**_: object) -> RefundTold:
        raise Unknown("no answer")

    monkeypatch.setattr(gateway, "query_refund", silent)
    assert "付款人在等 36.00 元，渠道没有退" in world.text_of(client.get("/ops/"))
    listed = world.text_of(client.get("/ops/refunds/"))
    assert "GXR7" in listed
    assert "NOT_ENOUGH" in listed
    empty = client.post(refund, {"why": " "})
    assert empty.status_code == 422
    assert "写上问题怎么解决了，为什么这次能退成" in world.text_of(empty)
    assert "重新发起，退 36.00 元" in said(client, refund, why="门店补足了余额")
    form = {"why": "门店补足了余额", "step": "do"}
    unsure = client.post(refund, form)
    assert unsure.status_code == 422
    assert "没有发起，过一会儿再试" in world.text_of(unsure)
    assert town.query("SELECT count(*) FROM payments_channelrefund") == [(1,)]
    monkeypatch.setattr(gateway, "query_refund", lambda **_: RefundTold(state=RefundState.FAILED))
    answer = client.post(refund, form)
    assert (answer.status_code, answer["Location"]) == (303, "/ops/refunds/")
    assert last_entry() == ("refund_sent_again", "zhi", "门店补足了余额")
    assert "没有。渠道不肯退的，和一小时没有结果的，会停在这里，等人处理。" in world.text_of(
        client.get("/ops/refunds/")
    )
    late = staff.signed_in("fu").post(refund, form)
    assert late.status_code == 422
    assert "已经有人重新发起了" in world.text_of(late)
    sent = town.query("SELECT number, state FROM payments_channelrefund ORDER BY number")
    assert sent == [("GXR7", "failed"), ("GXR7-2", "waiting")]
    assert client.get("/ops/refunds/GXR8/").status_code == 404


def test_a_stores_account_opens_by_its_number_typed_twice(channels: str) -> None:
    client = staff.signed_in("ke")
    assert "还没有收款账户" in world.text_of(client.get(channels))
    of_store = client.get(channels.removesuffix("channels/")).content.decode()
    assert f'<a href="{channels}">收款账户</a>' in of_store
    form = {"provider": "wechat", "number": "1900000042", "state": "open", "reason": "签约完成"}
    assert "改为「已开通」" in said(client, channels, **form)
    assert not SubMerchant.objects.exists()
    assert client.post(channels, form | {"step": "do", "typed": "0043"}).status_code == 422
    answer = client.post(channels, form | {"step": "do", "typed": "0042"})
    assert (answer.status_code, answer["Location"]) == (303, channels)
    account = SubMerchant.objects.get()
    assert (account.number, account.state, account.officer) == ("1900000042", "open", "ke")
    assert last_entry() == ("account_set", "ke", "签约完成")
    assert "1900000042" in world.text_of(client.get("/ops/channels/?state=all"))


def test_what_is_no_account_or_another_one_is_refused_and_kept(channels: str, refund: str) -> None:
    assert refund
    client = staff.signed_in("min")
    form = {"provider": "wechat", "number": "77", "state": "submitted", "reason": "已提交"}
    wrong = client.post(channels, form | {"step": "do"})
    assert wrong.status_code == 422
    assert "微信 10 位、1 开头" in world.text_of(wrong)
    assert 'value="77"' in wrong.content.decode()
    for number in ("1900000042", "1900000001"):
        assert client.post(channels, form | {"number": number, "step": "do"}).status_code == 303
    other = client.post(channels, form | {"number": "1900000043", "step": "do"})
    assert other.status_code == 422
    assert "它下面发起过付款，不能换" in world.text_of(other)
    assert "写上为什么改" in said(client, channels, provider="wechat", state="open")


def test_today_lists_what_waits(recovery: str, difference: str, channels: str) -> None:
    form = {"provider": "wechat", "state": "submitted", "reason": "已提交", "step": "do"}
    service = staff.signed_in("ke")
    assert service.post(channels, form).status_code == 303
    page = world.text_of(service.get("/ops/"))
    assert "对账差异待认领 1 笔 账单和我们记的差 128.00 元" in page
    assert "找回账户待核对 1 件" in page
    assert "收款账户待开通 1 个" in page
    assert "找回账户待核对" not in world.text_of(staff.signed_in("fu").get("/ops/"))


def test_more_exceptions_than_a_page_go_on_without_a_gap_both_ways(difference: str) -> None:
    town.query(
        "INSERT INTO payments_difference (number, provider, kind, day, payee, ours_fen, theirs_fen,"
        " state, officer, note, found_at) SELECT 'D_' || n, 'wechat', 'paid', '2026-11-26', '', 0,"
        " n, CASE WHEN n > 1060 THEN 'claimed' ELSE 'open' END, '', '',"
        " '2026-11-27T03:00:00Z' FROM generate_series(1001, 1120) n"
    )
    client = staff.signed_in("zhi")
    for state, numbers in (("", range(1001, 1061)), ("claimed", range(1061, 1121))):
        first = client.get(f"/ops/differences/?state={state}").content.decode()
        way_on = first.partition('class="on" href="')[2].partition('"')[0].replace("&amp;", "&")
        second = client.get(f"/ops/differences/{way_on}").content.decode()
        shown = [number for number in numbers if f">D_{number}<" in first]
        assert all((f">D_{number}<" in second) != (number in shown) for number in numbers)
    assert client.get("/ops/differences/?from=1_2").status_code == 400
    assert client.get("/ops/differences/?from=x_wechat_paid_1").status_code == 400


def test_what_a_channel_did_not_share_stands_by_the_account_that_still_owes_it() -> None:
    fang = town.party("fang", kind=2)
    town.query(
        "INSERT INTO payments_submerchant (store_id, provider, number, state, reason, officer,"
        ' changed_at, "authorization", is_bound, carried)'
        " VALUES (%s, 'wechat', '1900000042', 'open', '', 'ke', now(), '', true, 25600000)",
        fang,
    )
    town.query(
        "INSERT INTO payments_share (number, provider, transaction_id, attempt_number, store_id,"
        " payee, spend_fen, commission, amount_fen, state, reason, last_at, tries, created_at)"
        " VALUES ('GXP7', 'wechat', 't7', 'a7', %s, '1900000042', 12800, 25600000, 2560, 'failed',"
        " 'NO_AUTH', now(), 3, now() - interval '2 days')",
        fang,
    )
    client = staff.signed_in("zhi")
    page = world.text_of(client.get("/ops/differences/?state=carried"))
    assert "阿芳小馆 微信支付 25.60 GXP7" in page
    assert "NO_AUTH" in page
    today = world.text_of(client.get("/ops/"))
    assert "分账没有分成 1 户 合计 25.60 元，等下次收款并入，或重新发起；1 户等了一天以上" in today
