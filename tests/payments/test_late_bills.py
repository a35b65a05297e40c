"""An account is compared when its own bill came, whoever's else came before (P3)."""

import json
from datetime import timedelta

import pytest
import requests

from gongxiang.acts.fetch_bills import fetch_bills
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.base.clock import DAY, shanghai_date
from gongxiang.payments import gateway
from gongxiang.payments.clock import database_now
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import BillLine, Payee, Unknown
from gongxiang.queries import store_statements
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from tests.conftest import Database
from tests.payments.paying import LINES, World, ask, number_of, opened, paid
from tests.payments.test_bills import exceptions
from tests.settlement.platforms import record, settle, terms_with

OTHER = {
    "type": "store",
    "id": "SBLAN",
    "owner": "fang",
    "recruiter": None,
    "district": None,
    "commission_rate": 2_000,
}
DUE = "UPDATE payments_bill SET next_at = now()"
AGO = 2 * DAY


@pytest.fixture
def stores(database: Database, sandbox: Sandbox) -> tuple[World, World]:
    """Give two stores, with an account each at every channel."""
    assert database.name
    lines = [json.dumps(line) for line in (*LINES, OTHER)]
    settle(record(iter(lines), terms=terms_with({"window": 86_400})))
    open_sandbox_accounts()
    member = number_of("lin")
    return (
        World(store=number_of("SAFANG"), member=member),
        World(store=number_of("SBLAN"), member=member),
    )


def paid_before(world: World, sandbox: Sandbox, amount_fen: int) -> Trade:
    """Pay at a store two days ago."""
    key = f"key-{world.store}-{amount_fen}"
    payment = opened(world, key=key, provider=Provider.ALIPAY, amount_fen=amount_fen)
    requests.get(payment.hand_off, timeout=5)
    trade = paid(sandbox, payment.number, "alipay")
    trade.paid_at -= AGO
    ask("UPDATE payments_attempt SET query_at = now() WHERE query_at IS NOT NULL")
    sweep_payments()
    return trade


def test_of_two_stores_the_one_whose_bill_is_late_waits_for_it(
    stores: tuple[World, World], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stores
    trade = paid_before(first, sandbox, 12_800)
    late = paid_before(second, sandbox, 5_000)
    trade.amount_fen = 12_801
    whole = gateway.fetch_bill

    def fetch(*, provider: Provider, payee: Payee, day: str) -> tuple[BillLine, ...]:
        if payee.number == late.payee:
            raise Unknown("not there yet")
        return whole(provider=provider, payee=payee, day=day)

    monkeypatch.setattr(gateway, "fetch_bill", fetch)
    fetch_bills()
    assert exceptions() == [("paid", 12_800, 12_801, "open")], "the first store's alone"
    day = (shanghai_date(database_now()) - timedelta(days=2)).isoformat()
    said = [store_statements.statement(store=each.store, day=day) for each in stores]
    assert [(each.ours.paid, each.has_bill, len(each.off)) for each in said] == [
        (12_800, True, 1),
        (5_000, False, 0),
    ]
    monkeypatch.setattr(gateway, "fetch_bill", whole)
    ask(DUE)
    fetch_bills()
    assert exceptions() == [("paid", 12_800, 12_801, "open")]
    found = store_statements.statement(store=second.store, day=day)
    assert (found.has_bill, found.off) == (True, ())


def test_what_the_late_bill_does_not_have_is_named_when_it_came(
    stores: tuple[World, World], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = stores
    paid_before(first, sandbox, 12_800)
    late = paid_before(second, sandbox, 5_000)
    whole, is_there = gateway.fetch_bill, False

    def fetch(*, provider: Provider, payee: Payee, day: str) -> tuple[BillLine, ...]:
        if payee.number != late.payee:
            return whole(provider=provider, payee=payee, day=day)
        if is_there:
            return ()
        raise Unknown("not there yet")

    monkeypatch.setattr(gateway, "fetch_bill", fetch)
    fetch_bills()
    assert exceptions() == []
    is_there = True
    ask(DUE)
    fetch_bills()
    assert exceptions() == [("paid", 5_000, 0, "open")]
