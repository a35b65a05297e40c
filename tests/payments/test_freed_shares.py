"""A refused share has an end: what its channel freed is the store's, and the platform's part owed.

Source: E6; P2, P4; I-5, I-23, I-26.
"""

import json
from collections.abc import Iterator

import psycopg
import pytest

from gongxiang.acts.end_share import EndReasonMissing, ShareEndedAlready, end_share
from gongxiang.acts.free_shares import free_shares
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.acts.reopen_share import reopen_share
from gongxiang.acts.send_share_again import ShareTooLate, send_share_again
from gongxiang.acts.share_profits import share_profits
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.economy.accounts import STORE
from gongxiang.governance.models import AuditEntry, Role
from gongxiang.payments import gateway
from gongxiang.payments.provider import Provider
from gongxiang.payments.refused_shares import MayStillShare, NoShareRefused, ShareNotOver
from gongxiang.payments.wire import RefundState, RefundTold
from gongxiang.queries import store_statements
from gongxiang.queries.store_statements_data import Commission
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from gongxiang.settlement.outside import Outside, compare_outside
from gongxiang.settlement.wrong import Wrong
from tests.conftest import Database
from tests.ops import staff
from tests.ops.staff import officer
from tests.ops.world import text_of
from tests.payments.paying import World, ask
from tests.payments.test_at_once import at_once
from tests.payments.test_bills import exceptions, fetched, today
from tests.payments.test_case_shares import agree, granted
from tests.payments.test_refused_shares import CARRIED, SHARES, number, refused
from tests.payments.test_shares import Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture
from tests.settlement.platforms import Books, of_database, replayed, terms_with

OWED = "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)"
FREED = "SELECT state, freed_at IS NOT NULL, received_id IS NOT NULL, taken_id IS NOT NULL"
FREED += " FROM payments_share ORDER BY created_at, number"


@pytest.fixture
def books(database: Database) -> Iterator[Books]:
    """Give the books, read by a superuser."""
    with psycopg.connect(database.admin_url) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        yield Books(connection)


def looked() -> int:
    """Let a day go by for the refused shares, and look at them."""
    ask("UPDATE payments_share SET next_at = now() WHERE next_at IS NOT NULL")
    return free_shares()


def verified(books: Books) -> Outside:
    """Let everything that `verify` compares be compared."""
    books.audited()
    return beside(books)


def beside(books: Books) -> Outside:
    """Let what stands beside the ledger be compared."""
    try:
        return compare_outside(books.connection)
    finally:
        books.connection.rollback()


def end(found: str, why: str = "店家关门了") -> bool:
    return end_share(number=found, officer="小吴", why=why)


@pytest.mark.parametrize("provider", Provider)
def test_what_the_channel_freed_by_itself_is_received_whole_and_its_part_owed(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider, books: Books
) -> None:
    trade = refused(world, sandbox, settle, provider)
    assert looked() == 1
    assert ask(FREED) == [("failed", False, False, False)]
    trade.is_frozen = False
    assert (looked(), looked()) == (1, 0)
    assert ask(FREED) == [("failed", True, False, False)]
    assert ask(OWED, world.store, STORE) == [(102_400_000,)]
    agree(world, sandbox, provider)
    assert ask(FREED) == [("failed", True, True, False)]
    assert (ask(OWED, world.store, STORE), ask(CARRIED, provider.value)) == (
        [(-25_600_000,)],
        [(25_600_000,)],
    )
    assert verified(books)[2:] == (25_600_000, 0, 0, 25_600_000)
    lines = books.lines()
    last = json.loads(lines[-1])
    assert (last["type"], last["amount_fen"]) == ("store_received", 12_800)
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()


def test_what_is_owed_of_it_comes_with_the_stores_next_shares(
    world: World, sandbox: Sandbox, settle: Settle, books: Books
) -> None:
    refused(world, sandbox, settle).is_frozen = False
    looked()
    bought(world, sandbox, 50_000)
    settle()
    share_profits()
    dispatched()
    assert [row[1:] for row in ask(SHARES)] == [(2_560, "failed"), (12_560, "done")]
    agree(world, sandbox)
    assert (ask(OWED, world.store, STORE), ask(CARRIED, "wechat")) == ([(0,)], [(0,)])
    assert verified(books)[2:] == (125_600_000, 125_600_000, 0, 0)


@pytest.mark.parametrize("provider", Provider)
def test_what_is_too_late_to_be_shared_is_freed_through_the_channel(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade = refused(world, sandbox, settle, provider)
    ask("UPDATE payments_share SET last_at = now()")
    assert looked() == 1
    (freeing,) = trade.shares
    assert (freeing.number, freeing.amount_fen) == (f"{number()}-2", 0)
    assert (trade.is_frozen, trade.shared_fen) == (False, 0)
    assert ask(FREED) == [("failed", True, False, False)]
    agree(world, sandbox, provider)


@pytest.mark.parametrize("provider", Provider)
def test_an_officer_gives_a_share_up_and_its_payment_is_freed(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider, books: Books
) -> None:
    trade = refused(world, sandbox, settle, provider)
    found = number()
    assert end(found) is False
    assert (trade.is_frozen, ask(FREED)) == (True, [("failed", False, False, False)])
    assert free_shares() == 1
    assert (trade.is_frozen, ask(FREED)) == (False, [("failed", True, False, False)])
    entry = AuditEntry.objects.get(kind="share_ended")
    assert (entry.officer, entry.subject_id, entry.before["amount"], entry.after["state"]) == (
        "小吴",
        found,
        25_600_000,
        "given up",
    )
    agree(world, sandbox, provider)
    verified(books)
    for act in (end, lambda one: send_share_again(number=one, officer="小吴", why="再试")):
        with pytest.raises((ShareEndedAlready, ShareTooLate)):
            act(found)


def test_what_the_channel_does_not_answer_or_do_ends_nothing_and_is_asked_about_tomorrow(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = refused(world, sandbox, settle)
    ask("UPDATE payments_share SET last_at = now()")
    sandbox.trades.tricks["too_many"] = 100
    assert (looked(), free_shares()) == (1, 0)
    assert ask(
        "SELECT state, freed_at, next_at > now() + interval '23 hours' FROM payments_share"
    ) == [("failed", None, True)]
    assert (trade.is_frozen, ask(CARRIED, "wechat")) == (True, [(25_600_000,)])


def test_of_64_officers_at_once_one_gives_it_up_or_sends_it_again(
    world: World, sandbox: Sandbox, settle: Settle, books: Books
) -> None:
    trade = refused(world, sandbox, settle)
    found = number()

    def one(each: int) -> bool:
        try:
            if each % 2:
                send_share_again(number=found, officer=f"o{each}", why="再试")
            else:
                end_share(number=found, officer=f"o{each}", why="不再分")
        except (NoShareRefused, ShareEndedAlready, ShareTooLate):
            return False
        return True

    assert sum(at_once(one)) == 1
    is_ended = AuditEntry.objects.filter(kind="share_ended").count()
    assert is_ended + AuditEntry.objects.filter(kind="share_sent_again").count() == 1
    looked()
    dispatched()
    shared_fen = 0 if is_ended else 2_560
    assert (trade.is_frozen, trade.shared_fen) == (False, shared_fen)
    agree(world, sandbox)
    assert verified(books).shared == shared_fen * 10_000


def test_64_that_look_at_once_free_it_once(world: World, sandbox: Sandbox, settle: Settle) -> None:
    trade = refused(world, sandbox, settle)
    ask("UPDATE payments_share SET last_at = now(), next_at = now()")
    assert sum(at_once(lambda _: free_shares())) == 1
    assert (len(trade.shares), trade.is_frozen) == (1, False)
    agree(world, sandbox)


def test_where_the_channel_answers_no_more_an_officers_word_ends_it_once_it_is_too_late(
    world: World, sandbox: Sandbox, settle: Settle, books: Books
) -> None:
    trade = refused(world, sandbox, settle)
    found = number()
    trade.is_frozen = False
    sandbox.trades.tricks["refuse_questions"] = 1
    assert looked() == 1
    assert ask(FREED) == [("failed", False, False, False)]
    with pytest.raises(MayStillShare):
        end(found)
    ask("UPDATE payments_share SET last_at = now()")
    with pytest.raises(EndReasonMissing):
        end(found, why=" ")
    assert end(found) is True
    with pytest.raises(ShareEndedAlready):
        end(found)
    with pytest.raises(NoShareRefused):
        end("GXP0")
    assert (looked(), ask(FREED)) == (0, [("failed", True, False, False)])
    assert AuditEntry.objects.get(kind="share_ended").after["state"] == "freed"
    sandbox.trades.tricks["refuse_questions"] = 0
    agree(world, sandbox)
    verified(books)


def shared_all_the_same(sandbox: Sandbox, trade: Trade, found: str) -> None:
    """Let the channel have shared what it said it did not."""
    (receiver,) = sandbox.trades.receivers
    trade.is_frozen = True
    sandbox.trades.share(trade, number=found, receiver=receiver, amount_fen=2_560, is_last=True)


@pytest.mark.parametrize("is_received", [False, True])
def test_a_late_success_after_the_end_leaves_the_store_again_once_a_bill_shows_it(
    world: World, sandbox: Sandbox, settle: Settle, books: Books, *, is_received: bool
) -> None:
    trade = refused(world, sandbox, settle)
    found = number()
    trade.is_frozen = False
    looked()
    if is_received:
        agree(world, sandbox)
    shared_all_the_same(sandbox, trade, found)
    fetched()
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 1
    assert exceptions() == [("shared", 0, 2_560, "open")]
    assert free_shares() == 1
    assert AuditEntry.objects.get(kind="share_reopened").officer == "system"
    assert (ask(CARRIED, "wechat"), ask(FREED)[0][0]) == ([(0,)], "unknown")
    verified(books)
    dispatched()
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 0
    agree_after(world, sandbox)
    assert ask(FREED) == [("done", True, True, True)]
    assert (ask(OWED, world.store, STORE), ask(CARRIED, "wechat")) == ([(0,)], [(0,)])
    assert verified(books)[2:] == (25_600_000, 25_600_000, 0, 0)
    assert replayed(books.lines(), terms=terms_with({"window": 86_400})) == of_database()


def agree_after(world: World, sandbox: Sandbox) -> None:
    """Check that they agree, the explained exception apart."""
    assert exceptions() == [("shared", 2_560, 2_560, "explained")]
    ask("DELETE FROM payments_difference")
    agree(world, sandbox)


@pytest.mark.parametrize("is_before", [False, True])
def test_a_refund_of_such_an_order_is_paid_by_the_store_and_lessens_what_it_owes(
    world: World, sandbox: Sandbox, settle: Settle, books: Books, *, is_before: bool
) -> None:
    one = refused(world, sandbox, settle)
    (two,) = bought(world, sandbox, 30_000)
    settle()
    share_profits()
    dispatched()
    one.is_frozen = False
    if is_before:
        granted(world, one, amount_fen=6_401)
    looked()
    if not is_before:
        granted(world, one, amount_fen=6_401)
    dispatched(4)
    assert ask("SELECT amount_fen, returned_fen, state FROM payments_channelrefund") == [
        (6_401, 0, "done")
    ]
    assert (one.refunded_fen, one.shared_fen, one.share_returns, two.shared_fen) == (
        6_401,
        0,
        [],
        8_560,
    )
    agree(world, sandbox)
    ((store,),) = ask("SELECT sum(debit)::bigint FROM ledger_posting WHERE leg = 11107")
    assert ask(CARRIED, "wechat") == [(store - 64_010_000,)]
    verified(books)


def test_the_store_sees_its_money_and_what_it_owes(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    refused(world, sandbox, settle).is_frozen = False
    (before,) = store_statements.statement(store=world.store, day=today()).lines
    assert (before.state[0], before.bank_date) == ("没有分成", None)
    looked()
    (freed,) = store_statements.statement(store=world.store, day=today()).lines
    assert (freed.state[0], freed.bank_date is None) == ("等账单", False)
    agree(world, sandbox)
    (arrived,) = store_statements.statement(store=world.store, day=today()).lines
    assert arrived.state[0] == "已到账"
    assert arrived.commission == Commission(due=25_600_000, carried=25_600_000)


def test_an_arrival_that_is_not_what_its_fact_says_is_named(
    world: World, sandbox: Sandbox, settle: Settle, books: Books
) -> None:
    refused(world, sandbox, settle).is_frozen = False
    looked()
    agree(world, sandbox)
    ((arrival,),) = ask("SELECT received_id FROM payments_share")
    verified(books)
    books.connection.execute("UPDATE payments_share SET freed_at = NULL")
    with pytest.raises(Wrong) as wrong:
        beside(books)
    assert str(wrong.value) == (
        f"arrival {arrival} stands for 102400000 µ¥ that reached the store;"
        " its fact says 128000000 µ¥"
    )


def test_what_the_channel_is_sharing_yet_is_not_given_up(
    world: World, sandbox: Sandbox, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(world, sandbox, settle)
    found = number()
    told = RefundTold(state=RefundState.PROCESSING)
    monkeypatch.setattr(gateway, "query_share", lambda **_: told)
    with pytest.raises(ShareNotOver):
        end(found)
    assert ask(FREED) == [("failed", False, False, False)]
    assert looked() == 1
    assert (ask(FREED)[0][0], ask(CARRIED, "wechat")) == ("unknown", [(0,)])
    assert reopen_share(number=found, why="x") is False


def test_an_officer_of_the_finances_gives_it_up_from_the_console(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    officer("zhi", Role.MAKER)
    client = staff.signed_in("zhi")
    trade = refused(world, sandbox, settle)
    address = f"/ops/shares/{number()}/"
    shown = text_of(client.get(address))
    assert "重新发起，问题已经解决" in shown
    assert "不再分账，解冻给门店" in shown
    asked = {"way": "end", "why": "店家不再营业"}
    check = text_of(client.post(address, asked))
    assert "门店还欠的 25.60 元会并入它以后的付款" in check
    done = text_of(client.post(address, {**asked, "step": "do"}, follow=True))
    assert f"{number()}：不再分账，渠道会把货款解冻给门店" in done
    late = text_of(client.get(address))
    assert "渠道不再回答，按已经解冻给门店记账" in late
    assert "这笔不再分账，渠道会把货款解冻给门店" in late
    assert "重新发起，问题已经解决" not in late
    again = client.post(address, {**asked, "step": "do"})
    assert (again.status_code, "已经不再分账" in text_of(again)) == (422, True)
    free_shares()
    assert trade.is_frozen is False
    freed = text_of(client.get(address))
    assert "货款已全部解冻给门店" in freed
    assert "怎么办" not in freed
    assert "怎么办" not in text_of(client.post(address, {**asked, "step": "do"}))
    assert "已解冻给门店" in text_of(client.get("/ops/shares/"))
