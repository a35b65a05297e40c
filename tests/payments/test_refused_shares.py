"""A share that a channel refused for good is sent again once, and only what is still carried.

Source: E6; P2, P4.
"""

from typing import Any

import pytest

from gongxiang.acts.send_share_again import ShareReasonMissing, ShareTooLate, send_share_again
from gongxiang.acts.share_profits import share_profits
from gongxiang.governance.models import AuditEntry, Role
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.payments.refused_shares import MayStillShare, NoShareRefused
from gongxiang.payments.wire import Declined, RefundState, RefundTold, Unknown
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.ops import staff
from tests.ops.staff import officer
from tests.ops.world import text_of
from tests.payments.paying import World, ask
from tests.payments.test_at_once import at_once
from tests.payments.test_case_shares import agree
from tests.payments.test_shares import Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture

SHARES = "SELECT number, amount_fen, state FROM payments_share ORDER BY created_at, number"
CARRIED = "SELECT carried FROM payments_submerchant WHERE provider = %s"


def refused(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider = Provider.WECHAT
) -> Trade:
    """Let a share be refused for good."""
    (trade,) = bought(world, sandbox, 12_800, provider=provider)
    settle()
    share_profits()
    sandbox.trades.tricks["refuse_shares"] = 1
    dispatched()
    sandbox.trades.tricks["refuse_shares"] = 0
    return trade


def number() -> str:
    ((found,),) = ask("SELECT number FROM payments_share WHERE state = 'failed'")
    return str(found)


def again(found: str, why: str = "店家重新授权了") -> str:
    return send_share_again(number=found, officer="小吴", why=why)


@pytest.mark.parametrize("provider", Provider)
def test_it_is_sent_again_under_a_further_number_and_books_and_bill_agree(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade = refused(world, sandbox, settle, provider)
    first = number()
    assert again(first) == f"{first}-2"
    assert ask(SHARES) == [(f"{first}-2", 2_560, "waiting")]
    assert ask(CARRIED, provider.value) == [(0,)]
    dispatched()
    assert ask(SHARES) == [(f"{first}-2", 2_560, "done")]
    assert (trade.shared_fen, trade.is_frozen) == (2_560, False)
    entry = AuditEntry.objects.get(kind="share_sent_again")
    assert (entry.officer, entry.subject_id) == ("小吴", f"{first}-2")
    assert (entry.before["number"], entry.before["amount"]) == (first, 25_600_000)
    agree(world, sandbox, provider)


def test_what_a_later_share_took_already_is_not_taken_twice(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = refused(world, sandbox, settle)
    bought(world, sandbox, 12_800)
    settle()
    share_profits()
    dispatched()
    assert ask(CARRIED, "wechat") == [(12_800_000,)]
    again(number())
    dispatched()
    assert [row[1:] for row in ask(SHARES)] == [(1_280, "done"), (3_840, "done")]
    assert (trade.shared_fen, ask(CARRIED, "wechat")) == (1_280, [(0,)])


def test_of_64_officers_at_once_one_sends_it(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = refused(world, sandbox, settle)
    first = number()

    def one(each: int) -> bool:
        try:
            send_share_again(number=first, officer=f"o{each}", why="再试")
        except NoShareRefused:
            return False
        return True

    assert sum(at_once(one)) == 1
    dispatched()
    assert (trade.shared_fen, ask(CARRIED, "wechat")) == (2_560, [(0,)])


@pytest.mark.parametrize("said", [RefundState.PROCESSING, Unknown, Declined])
def test_what_the_channel_may_still_share_is_not_sent_again(
    world: World,
    sandbox: Sandbox,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
    said: RefundState | type[Exception],
) -> None:
    refused(world, sandbox, settle)
    first = number()

    def answer(**_: object) -> RefundTold:
        if isinstance(said, RefundState):
            return RefundTold(state=said)
        raise said("NO_AUTH")

    monkeypatch.setattr(gateway, "query_share", answer)
    with pytest.raises(MayStillShare):
        again(first)
    assert ask(SHARES) == [(first, 2_560, "failed")]


def test_what_did_not_fail_or_is_too_old_is_not_sent_again(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    refused(world, sandbox, settle)
    first = number()
    with pytest.raises(ShareReasonMissing):
        again(first, why=" ")
    with pytest.raises(NoShareRefused):
        again("GXP0")
    ask("UPDATE payments_share SET last_at = now()")
    with pytest.raises(ShareTooLate):
        again(first)
    ask("UPDATE payments_share SET state = 'done'")
    with pytest.raises(NoShareRefused):
        again(first)
    assert ask(CARRIED, "wechat") == [(25_600_000,)]


def test_what_the_channel_shared_after_all_is_asked_about_and_the_books_agree(
    world: World, sandbox: Sandbox, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer("zhi", Role.MAKER)
    client = staff.signed_in("zhi")
    (trade,) = bought(world, sandbox, 12_800)
    settle()
    share_profits()
    whole = gateway.share

    def misheard(**named: Any) -> RefundState:  # noqa: ANN401  as the gateway
        whole(**named)
        raise Declined("NO_AUTH")

    with monkeypatch.context() as patched:
        patched.setattr(gateway, "share", misheard)
        dispatched(1)
    first = number()
    told = text_of(client.post(f"/ops/shares/{first}/", {"why": "查", "step": "do"}, follow=True))
    assert "渠道现在说旧单号已经分了" in told
    assert (ask(SHARES), ask(CARRIED, "wechat")) == ([(first, 2_560, "unknown")], [(0,)])
    assert AuditEntry.objects.get(kind="share_reopened").officer == "zhi"
    dispatched()
    assert (ask(SHARES), trade.shared_fen) == ([(first, 2_560, "done")], 2_560)
    agree(world, sandbox)


def test_an_officer_of_the_finances_sends_it_again_from_the_console(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    officer("zhi", Role.MAKER)
    client = staff.signed_in("zhi")
    trade = refused(world, sandbox, settle)
    first = number()
    address = f"/ops/shares/{first}/"
    assert "分账没有分成" in text_of(client.get("/ops/"))
    assert f'href="{address}"' in client.get("/ops/shares/").content.decode()
    assert "RULE_LIMIT" in text_of(client.get(address))
    assert client.post(address, {"why": " "}).status_code == 422
    assert "重新发起，分 25.60 元" in text_of(client.post(address, {"why": "放开了"}))
    done = client.post(address, {"why": "放开了", "step": "do"}, follow=True)
    assert f"已重新发起，新的分账单号 {first}-2" in text_of(done)
    assert client.post(address, {"why": "放开了", "step": "do"}).status_code == 404
    dispatched()
    assert trade.shared_fen == 2_560
