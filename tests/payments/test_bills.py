"""Bills: every line kept once, compared to the fen, exceptions by name, money that arrived."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from gongxiang.acts.claim_difference import NoteMissing, NothingOpen, claim_difference
from gongxiang.acts.fetch_bill import BillChanged, fetch_bill
from gongxiang.acts.fetch_bills import fetch_bills
from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.reconcile_day import reconcile_day
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.share_profits import share_profits
from gongxiang.cli.settling import settle_all
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee, Unknown
from gongxiang.sandbox import bills
from gongxiang.sandbox.pay import Sandbox
from tests.conftest import Database
from tests.payments.paying import World, ask, opened, paid, payee, whole
from tests.payments.test_shares import Settle, bought, dispatched, send_back
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture
from tests.settlement.platforms import Books, of_database, replayed, terms_with

STORE = 107


def today() -> str:
    """Give the channel's day."""
    return str(ask("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date")[0][0])


def fetched(provider: Provider = Provider.WECHAT) -> int:
    """Fetch today's bill of the store."""
    whole(provider, today())
    return fetch_bill(provider=provider, payee=payee(provider), day=today())


def exceptions() -> list[tuple[object, ...]]:
    """Give the exceptions that there are."""
    return ask(
        "SELECT kind, ours_fen, theirs_fen, state FROM payments_difference ORDER BY kind, number"
    )


def a_day(world: World, sandbox: Sandbox, settle: Settle, provider: Provider) -> None:
    """Three payments, one refunded in part, settled and shared."""
    bought(world, sandbox, 12_800, 5_000, 36, provider=provider)
    ((order,),) = ask("SELECT id FROM orders_order WHERE amount = 128000000")
    refund_order(key="r", member=world.member, order=order, amount_fen=3_600)
    settle()
    share_profits()
    dispatched()


@pytest.mark.parametrize("provider", Provider)
def test_a_bill_says_what_we_recorded_to_the_fen(
    world: World, sandbox: Sandbox, settle: Settle, provider: Provider
) -> None:
    a_day(world, sandbox, settle, provider)
    assert fetched(provider) == 7
    assert fetched(provider) == 0
    assert ask(
        "SELECT kind, sum(amount_fen)::bigint, sum(fee_fen)::bigint FROM payments_billline"
        " GROUP BY kind ORDER BY kind"
    ) == [("paid", 17_836, 107), ("refunded", 3_600, -22), ("shared", 2_847, 0)]
    assert reconcile_day(provider=provider, day=today()) == 0
    assert exceptions() == []


def test_what_only_the_channel_knows_is_named_until_we_know_it_too(
    world: World, sandbox: Sandbox
) -> None:
    number = opened(world).number
    trade = paid(sandbox, number)
    fetched()
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 1
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 1
    assert exceptions() == [("paid", 0, 12_800, "open")]
    bought(world, sandbox)
    assert trade.state == "paid"
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 0
    assert exceptions() == [("paid", 12_800, 12_800, "explained")]


def test_what_the_bill_does_not_have_is_named_and_an_officer_claims_it(
    world: World, sandbox: Sandbox
) -> None:
    (trade,) = bought(world, sandbox, 12_800)
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 0, "its bill is not there yet"
    whole(Provider.WECHAT, today())
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 1
    assert exceptions() == [("paid", 12_800, 0, "open")]
    number = trade.transactions[0]
    for officer, note in (("", "x"), ("lan", " ")):
        with pytest.raises(NoteMissing):
            claim_difference(
                provider=Provider.WECHAT, kind="paid", number=number, officer=officer, note=note
            )

    def claim(note: str) -> None:
        claim_difference(
            provider=Provider.WECHAT, kind="paid", number=number, officer="lan", note=note
        )

    claim("问过渠道")
    with pytest.raises(NothingOpen):
        claim("再认领")
    assert exceptions() == [("paid", 12_800, 0, "claimed")]
    assert ask(
        "SELECT officer, why FROM governance_auditentry WHERE kind = 'difference_claimed'"
    ) == [("lan", "问过渠道")]


def test_another_amount_is_an_exception_and_a_rewritten_bill_is_refused(
    world: World, sandbox: Sandbox
) -> None:
    (trade,) = bought(world, sandbox, 12_800)
    trade.amount_fen = 12_801
    fetched()
    assert reconcile_day(provider=Provider.WECHAT, day=today()) == 1
    assert exceptions() == [("paid", 12_800, 12_801, "open")]
    trade.amount_fen = 12_802
    with pytest.raises(BillChanged):
        fetched()


def test_a_bill_with_another_hash_is_not_believed(
    world: World, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought(world, sandbox, 12_800)
    told = iter(range(1_000))
    written = bills.wechat_trades
    monkeypatch.setattr(bills, "wechat_trades", lambda *a, **k: f"{written(*a, **k)}{next(told)}")
    with pytest.raises(Unknown):
        fetched()
    assert ask("SELECT count(*) FROM payments_billline") == [(0,)]


def test_the_days_that_are_over_are_fetched_by_themselves_once(
    world: World, sandbox: Sandbox, admin: psycopg.Connection
) -> None:
    (trade,) = bought(world, sandbox, 12_800)
    day = timedelta(days=2)
    trade.paid_at -= int(day.total_seconds()) * 1_000_000
    admin.execute("ALTER TABLE payments_transaction DISABLE TRIGGER USER")
    admin.execute("UPDATE payments_transaction SET paid_at = paid_at - interval '2 days'")
    admin.execute("ALTER TABLE payments_transaction ENABLE TRIGGER USER")
    assert fetch_bills() >= 1
    fetch_bills()
    assert ask("SELECT count(*) FROM payments_billline") == [(1,)]
    assert ask(
        "SELECT bool_and(is_whole) FROM payments_bill"
        " WHERE day < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - 1"
    ) == [(True,)]
    assert exceptions() == []


def test_what_reached_the_store_leaves_its_account_and_the_export_replays(
    world: World, sandbox: Sandbox, settle: Settle, database: Database, tmp_path: Path
) -> None:
    """P2: owed is what is on its way; I-6, H7: the books and the file agree to the micro-yuan."""
    a_day(world, sandbox, settle, Provider.WECHAT)
    owed = "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)"
    kept = (9_200 + 5_000 + 36) * 8_000
    assert ask(owed, world.store, STORE) == [(kept,)]
    assert receive_arrivals() == 0
    fetched()
    assert (receive_arrivals(), receive_arrivals()) == (1, 0)
    settle_all(until=move_horizon())
    carried = ask("SELECT carried FROM payments_submerchant WHERE provider = 'wechat'")[0][0]
    assert ask(owed, world.store, STORE) == [(-carried,)]
    assert carried == 2_000
    trade = next(one for one in sandbox.trades.all() if one.amount_fen == 5_000)
    send_back(trade, Provider.WECHAT, amount_fen=5_000, returned_fen=1_000)
    dispatched(4)
    fetched()
    assert receive_arrivals() == 1
    settle_all(until=move_horizon())
    assert ask(owed, world.store, STORE) == [(4_000 * 10_000 - carried,)]
    with psycopg.connect(database.admin_url) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        books = Books(connection)
        books.audited()
        lines = books.lines()
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()


def test_alipay_has_a_bill_for_each_store(world: World, sandbox: Sandbox) -> None:
    bought(world, sandbox, 12_800, provider=Provider.ALIPAY)
    other = Payee(number="2088000000000001", authorization="sandbox-2088000000000001")
    assert fetch_bill(provider=Provider.ALIPAY, payee=other, day=today()) == 0
    assert fetched(Provider.ALIPAY) == 1
