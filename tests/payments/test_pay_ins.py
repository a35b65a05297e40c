"""What a store pays in for a case: one fact a payment, the case goes on, the books end at zero."""

from dataclasses import replace

import psycopg
import pytest
import requests

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.confirm_payment import Confirmation, confirm_payment
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.open_pay_in import LackChanged, NothingLacks, UnknownCase, open_pay_in
from gongxiang.acts.open_payment import ChannelClosed, KeyTaken
from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.review_refund_case import review_refund_case
from gongxiang.acts.share_profits import share_profits
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.economy.accounts import STORE
from gongxiang.ledger import raw
from gongxiang.merchants.access import NotAllowed
from gongxiang.orders.models import Kind
from gongxiang.payments import gateway
from gongxiang.payments.attempts import Payment
from gongxiang.payments.provider import Provider
from gongxiang.queries import store_statements
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from gongxiang.settlement import cases, pay_ins
from gongxiang.settlement.cases import Case
from gongxiang.settlement.pay_ins import Lack
from gongxiang.treasury.models import CaseState, Verdict
from tests.acts.town import settle_now
from tests.conftest import Database
from tests.payments.paying import World, ask, number_of, opened, paid, payee
from tests.payments.test_at_once import at_once
from tests.payments.test_bills import exceptions, fetched, today
from tests.payments.test_shares import Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture
from tests.settlement.platforms import Books, of_database, replayed, terms_with

FEN = 10_000
LACKS_FEN = 10_283
"""What 128.00 costs the store, 102.826561, once the bill took away what it was owed for it."""


def billed(provider: Provider = Provider.WECHAT) -> None:
    """Let today's bill come, be compared and be recorded."""
    fetched(provider)
    receive_arrivals()
    settle_now()
    assert exceptions() == []


def quiet(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider = Provider.WECHAT
) -> Trade:
    """Let a store sell one thing, and have all of its money: nothing is owed to it any more."""
    (trade,) = bought(world, sandbox, 12_800, provider=provider)
    settle()
    share_profits()
    dispatched()
    billed(provider)
    assert owed(world) == 0
    return trade


def asked(world: World, trade: Trade, *, amount_fen: int = 12_800) -> Case:
    """Ask for the money back and let two officers approve: the case waits for its store."""
    ((order,),) = ask("SELECT order_id FROM payments_attempt WHERE number = %s", trade.number)
    number = open_refund_case(
        key="c1",
        member=world.member,
        order=order,
        amount_fen=amount_fen,
        reason="少上一菜",
        is_by_store=False,
    ).number
    for officer in ("小吴", "小郑"):
        state = review_refund_case(
            member=world.member,
            case=number,
            officer=officer,
            verdict=Verdict.APPROVE,
            reason="看过小票",
        )
    assert state is CaseState.FUNDS
    return the_case(world)


def the_case(world: World) -> Case:
    with raw.cursor() as cursor:
        ((number,),) = ask("SELECT id FROM treasury_refundcase ORDER BY id LIMIT 1")
        found = cases.case_of_store(cursor, store=world.store, case=number)
    assert found is not None
    return found


def lacking(world: World) -> Lack:
    with raw.cursor() as cursor:
        return pay_ins.lack(cursor, the_case(world))


def owed(world: World) -> int:
    """Give what the books owe the store, in micro-yuan."""
    ((amount,),) = ask(
        "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)",
        world.store,
        STORE,
    )
    return int(amount)


def carried(provider: Provider = Provider.WECHAT) -> int:
    """Give what the store's next share at a channel gives or takes, in micro-yuan."""
    ((amount,),) = ask(
        "SELECT carried FROM payments_submerchant WHERE provider = %s", provider.value
    )
    return int(amount)


def pay_in(
    world: World,
    *,
    key: str = "p1",
    shown_fen: int = LACKS_FEN,
    provider: Provider = Provider.WECHAT,
    who: str = "fang",
) -> Payment:
    return open_pay_in(
        key=key,
        person=number_of(who),
        store=world.store,
        case=the_case(world).number,
        provider=provider,
        shown_fen=shown_fen,
        payer_address="127.0.0.1",
    )


def came(sandbox: Sandbox, payment: Payment, provider: Provider = Provider.WECHAT) -> Trade:
    """Let the owner pay, and the platform ask about it."""
    if provider is Provider.ALIPAY:
        requests.get(payment.hand_off, timeout=5)
    trade = paid(sandbox, payment.number, provider.value)
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    return trade


def went_on() -> None:
    """Let the settler and the case go on, a minute later."""
    settle_now()
    ask("UPDATE treasury_refundcase SET next_at = opened_at WHERE next_at IS NOT NULL")
    advance_refund_cases()
    settle_now()
    advance_refund_cases()
    dispatched(3)


def facts_of(kind: Kind) -> list[int]:
    """Give the amounts of the facts of a kind in fen, oldest first."""
    rows = ask("SELECT amount FROM orders_fact WHERE kind = %s ORDER BY at, id", kind.value)
    return [amount // FEN for (amount,) in rows]


@pytest.mark.parametrize("provider", Provider)
def test_a_quiet_store_pays_in_what_is_lacking_and_its_books_end_at_zero(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    trade = quiet(world, sandbox, settle, provider)
    asked(world, trade)
    found = lacking(world)
    # To the micro-yuan it is less: a store pays whole fen, and what is too much stays its own.
    assert found.trial.store_owed == 0
    assert LACKS_FEN * FEN - FEN < found.trial.store_pays <= LACKS_FEN * FEN
    assert found.fen == LACKS_FEN
    payment = pay_in(world, provider=provider)
    assert pay_in(world, provider=provider) == payment
    received = came(sandbox, payment, provider)
    assert not received.is_frozen
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN]
    assert ask("SELECT count(*) FROM orders_order") == [(1,)]
    assert lacking(world).fen == 0, "what is on its way counts already"
    went_on()
    assert the_case(world).word == "已退回"
    assert trade.refunded_fen == 12_800
    assert received.shares == []
    billed(provider)
    assert ask("SELECT count(*) FROM payments_share") == [(1,)]
    # What the refund took from the store's account was paid in before: nothing is left to record.
    ((back,),) = ask("SELECT returned_fen FROM payments_channelrefund")
    assert back == 12_800 - LACKS_FEN
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN]
    assert facts_of(Kind.STORE_RECEIVED) == [10_240]
    assert owed(world) == LACKS_FEN * FEN - found.trial.store_pays == 3_439
    assert owed(world) == -carried(provider)
    assert receive_arrivals() == 0


def test_the_statement_of_the_day_is_the_bill_with_the_pay_in_as_a_line_of_its_own(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    asked(world, quiet(world, sandbox, settle))
    payment = pay_in(world)
    came(sandbox, payment)
    went_on()
    billed()
    found = store_statements.statement(store=world.store, day=today())
    assert found.ours == found.theirs
    assert (found.ours.paid, found.ours.refunded) == (12_800 + LACKS_FEN, 12_800)
    trades = sandbox.trades.all()
    assert found.to_bank == sum(one.kept_fen for one in trades)
    (line,) = (each for each in found.lines if each.number == payment.number)
    assert (line.ours.paid, line.state) == (LACKS_FEN, ("补款", "ok"))
    (sold,) = (each for each in found.lines if each.number != payment.number)
    assert sold.state == ("已到账", "ok")


def test_the_history_with_a_pay_in_verifies_and_replays(
    world: World, sandbox: Sandbox, settle: Settle, database: Database
) -> None:
    asked(world, quiet(world, sandbox, settle))
    came(sandbox, pay_in(world))
    went_on()
    billed()
    with psycopg.connect(database.admin_url) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        books = Books(connection)
        books.audited()
        lines = books.lines()
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()


def test_64_owners_at_once_open_one_payment_and_64_words_of_it_are_one_fact(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    asked(world, quiet(world, sandbox, settle))
    numbers = at_once(lambda each: pay_in(world, key=f"p{each}").number)
    assert len(set(numbers)) == 1
    assert ask("SELECT count(*) FROM treasury_payin") == [(1,)]
    paid(sandbox, numbers[0])
    told = gateway.query(provider=Provider.WECHAT, number=numbers[0], payee=payee(Provider.WECHAT))
    outcomes = at_once(lambda _: confirm_payment(trade=told))
    assert outcomes.count(Confirmation.PAID) == 1
    assert outcomes.count(Confirmation.REPEATED) == 63
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN]
    settle_now()
    assert owed(world) == LACKS_FEN * FEN


def test_killed_before_the_commit_nothing_is_recorded_and_the_next_word_records_it(
    world: World, sandbox: Sandbox, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(world, quiet(world, sandbox, settle))
    number = pay_in(world).number
    paid(sandbox, number)
    told = gateway.query(provider=Provider.WECHAT, number=number, payee=payee(Provider.WECHAT))
    with monkeypatch.context() as patch:
        patch.setattr("gongxiang.payments.receipts.mark_paid", _dies)
        with pytest.raises(MemoryError):
            confirm_payment(trade=told)
    assert facts_of(Kind.STORE_PAID_IN) == []
    assert ask("SELECT fact_id FROM treasury_payin") == [(None,)]
    assert ask("SELECT count(*) FROM payments_transaction WHERE attempt_number = %s", number) == [
        (0,)
    ]
    assert confirm_payment(trade=told) is Confirmation.PAID
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN]


def _dies(*_: object, **__: object) -> None:
    raise MemoryError


def test_a_word_that_comes_before_the_channels_answer_or_after_the_end_counts_once(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    asked(world, quiet(world, sandbox, settle))
    sandbox.trades.tricks["lose_answers"] = 100
    payment = pay_in(world)
    sandbox.trades.tricks["lose_answers"] = 0
    assert (payment.state, payment.hand_off) == ("unknown", "")
    paid(sandbox, payment.number)
    told = gateway.query(
        provider=Provider.WECHAT, number=payment.number, payee=payee(Provider.WECHAT)
    )
    # Our side gave it up meanwhile: it is closed, and the money comes all the same.
    ask("UPDATE payments_attempt SET state = 'closed' WHERE number = %s", payment.number)
    assert confirm_payment(trade=told) is Confirmation.PAID
    assert confirm_payment(trade=told) is Confirmation.REPEATED
    assert pay_in(world).state == "paid"
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN]


def test_what_is_paid_too_late_or_twice_stays_owed_and_is_netted(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = quiet(world, sandbox, settle)
    asked(world, trade)
    late = pay_in(world, key="late")
    paid(sandbox, late.number)
    # Its time is over, and nobody has told us yet that it was paid in it.
    ask(
        "UPDATE payments_attempt SET expires_at = now(), query_at = NULL WHERE number = %s",
        late.number,
    )
    came(sandbox, pay_in(world, key="again"))
    went_on()
    assert the_case(world).word == "已退回"
    # The bill knows of money that we do not: it is named until the word comes.
    fetched()
    receive_arrivals()
    settle_now()
    assert abs(owed(world)) < FEN
    told = gateway.query(provider=Provider.WECHAT, number=late.number, payee=payee(Provider.WECHAT))
    assert confirm_payment(trade=told) is Confirmation.PAID
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN, LACKS_FEN]
    settle_now()
    assert owed(world) == LACKS_FEN * FEN - carried()
    before = facts_of(Kind.STORE_RECEIVED)
    billed()
    assert facts_of(Kind.STORE_RECEIVED) == [*before, LACKS_FEN]
    assert owed(world) == -carried()


def test_a_payment_that_the_channel_took_twice_goes_back_once_by_itself(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    asked(world, quiet(world, sandbox, settle))
    payment = pay_in(world)
    sandbox.trades.tricks["pay_twice"] = 1
    trade = paid(sandbox, payment.number)
    for transaction in trade.transactions:
        told = gateway.query(
            provider=Provider.WECHAT, number=payment.number, payee=payee(Provider.WECHAT)
        )
        confirm_payment(trade=replace(told, transaction_id=transaction))
    assert facts_of(Kind.STORE_PAID_IN) == [LACKS_FEN]
    assert dispatch_outbox() == 1
    assert trade.refunded_fen == LACKS_FEN
    went_on()
    billed()
    assert owed(world) == -carried()


def test_who_may_not_or_what_is_not_lacking_opens_nothing(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = quiet(world, sandbox, settle)
    found = asked(world, trade)
    with pytest.raises(NotAllowed):
        pay_in(world, who="lin")
    with pytest.raises(LackChanged) as changed:
        pay_in(world, shown_fen=LACKS_FEN - 1)
    assert changed.value.lacks_fen == LACKS_FEN
    with pytest.raises(UnknownCase):
        open_pay_in(
            key="k",
            person=number_of("fang"),
            store=world.store,
            case=found.number + 1,
            provider=Provider.WECHAT,
            shown_fen=LACKS_FEN,
            payer_address="127.0.0.1",
        )
    opened(world, key="taken", home=number_of("fang"))
    with pytest.raises(KeyTaken):
        pay_in(world, key="taken")
    ask("UPDATE payments_submerchant SET state = 'frozen' WHERE provider = 'alipay'")
    with pytest.raises(ChannelClosed):
        pay_in(world, provider=Provider.ALIPAY)
    assert ask("SELECT count(*) FROM treasury_payin") == [(0,)]
    bought(world, sandbox, 20_000)
    settle()
    went_on()
    assert the_case(world).state is CaseState.GRANTED
    with pytest.raises(NothingLacks):
        pay_in(world)


def test_what_came_back_for_a_refund_that_failed_for_good_is_carried_and_received(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    trade = quiet(world, sandbox, settle)
    asked(world, trade)
    came(sandbox, pay_in(world))
    before = carried()
    sandbox.trades.tricks["refuse_refunds"] = 1
    went_on()
    ((state, back),) = ask("SELECT state, returned_fen FROM payments_channelrefund")
    ((store_pays,),) = ask("SELECT debit FROM ledger_posting WHERE leg = 11107 AND debit > 0")
    assert (state, trade.refunded_fen, trade.shared_fen) == ("failed", 0, 2_560 - back)
    # The part of a fen that others bear, which is the store's; and what came back, the platform's.
    assert back == (12_800 * FEN - store_pays) // FEN > 0
    assert carried() == before + back * FEN - (12_800 * FEN - store_pays - back * FEN)
    dispatched(2)
    assert carried() == before + back * FEN - (12_800 * FEN - store_pays - back * FEN)
    billed()
    assert facts_of(Kind.STORE_RECEIVED)[-1] == back
    # The member's money lies with the store: the pay-in is not given up, the case is not done.
    assert owed(world) == LACKS_FEN * FEN - store_pays - back * FEN
    sold = bought(world, sandbox, 40_000)[0]
    settle()
    share_profits()
    dispatched()
    assert sold.shared_fen == 8_000 + carried_whole(before, back, store_pays)
    billed()
    assert -FEN < owed(world) + carried() - (LACKS_FEN * FEN - store_pays) < FEN


def carried_whole(before: int, back: int, store_pays: int) -> int:
    """Give the whole fen that the next share takes with it."""
    return (before + back * FEN - (12_800 * FEN - store_pays - back * FEN)) // FEN
