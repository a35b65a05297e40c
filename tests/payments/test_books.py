"""What payments and refunds leave behind settles, exports and verifies like any other history."""

import psycopg
import pytest

from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.refund_order import WindowOver, refund_order
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.cli.settling import settle_all
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.sandbox.pay import Sandbox
from tests.conftest import Database
from tests.payments.paying import World, ask, opened, paid
from tests.settlement.platforms import Books, of_database, replayed, terms_with


def test_paid_refunded_and_settled_orders_verify_to_the_last_micro_yuan(
    world: World, sandbox: Sandbox, database: Database, admin: psycopg.Connection
) -> None:
    for each, amount_fen in enumerate((12_800, 5_000, 1)):
        home = world.member if each else 0
        payment = opened(world, key=f"k{each}", home=home, amount_fen=amount_fen)
        paid(sandbox, payment.number)
    ask("UPDATE payments_attempt SET query_at = now()")
    sweep_payments()
    rows = ask("SELECT member_id, id, amount FROM orders_order ORDER BY amount")
    (_, part, whole) = rows
    refund_order(key="r1", member=whole[0], order=whole[1], amount_fen=3_600)
    refund_order(key="r2", member=part[0], order=part[1], amount_fen=5_000)
    dispatch_outbox()
    admin.execute("UPDATE points_horizon SET offset_seconds = 90000")
    settle_all(until=move_horizon())
    with pytest.raises(WindowOver):
        refund_order(key="r3", member=whole[0], order=whole[1], amount_fen=1)
    with psycopg.connect(database.admin_url) as connection:
        connection.adapters.register_loader("numeric", WholeLoader)
        books = Books(connection)
        books.audited()
        lines = books.lines()
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()
    assert ask("SELECT spend, settled_spend FROM points_lot ORDER BY spend DESC LIMIT 1") == [
        (92_000_000, 92_000_000)
    ]
