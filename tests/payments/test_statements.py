"""The store's statement of a day: adds up, equals the sandbox's bill, names what is off."""

import csv
import io

import psycopg
from django.test import override_settings

from gongxiang.acts.fetch_bill import fetch_bill
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.share_profits import share_profits
from gongxiang.members.tokens import Scope
from gongxiang.payments.provider import Provider
from gongxiang.queries import store_statements
from gongxiang.queries.store_statements_data import Commission, Moved
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import fee_fen
from gongxiang.web.merchant.statements import text_cell
from tests.api.programs import program_of
from tests.payments.paying import World, ask, payee
from tests.payments.test_bills import a_day, today
from tests.payments.test_shares import Settle, bought, dispatched
from tests.payments.test_shares import settle as settle  # noqa: PLC0414  a fixture
from tests.web.signed import signed_in


def tomorrow() -> str:
    """Give the day after the channel's."""
    return str(ask("SELECT (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date + 1")[0][0])


def test_a_statement_equals_the_channels_bill_to_the_fen(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    a_day(world, sandbox, settle, Provider.WECHAT)
    before = store_statements.statement(store=world.store, day=today())
    assert (before.ours, before.has_bill) == (
        Moved(paid=17_836, refunded=3_600, shared=2_847),
        False,
    )
    assert [line.state[0] for line in before.lines] == ["等账单"] * 3
    fetch_bill(provider=Provider.WECHAT, payee=payee(Provider.WECHAT), day=today())
    receive_arrivals()
    found = store_statements.statement(store=world.store, day=today())
    trades = sandbox.trades.all()
    theirs = Moved(
        paid=sum(trade.amount_fen for trade in trades),
        refunded=sum(trade.refunded_fen for trade in trades),
        shared=sum(trade.shared_fen for trade in trades),
    )
    assert (found.ours, found.theirs, found.difference, found.off) == (theirs, theirs, 0, ())
    assert found.fee == sum(fee_fen(trade.amount_fen) for trade in trades) - fee_fen(3_600)
    assert found.to_bank == sum(trade.kept_fen for trade in trades)
    assert [line.state[0] for line in found.lines] == ["已到账"] * 3
    assert (found.commission, found.commission.awaited) == (
        Commission(due=28_472_000, shared=28_470_000, carried=2_000),
        0,
    )
    assert found.bank_dates == (tomorrow(),)
    (day,) = store_statements.days(store=world.store)
    assert (day.day, day.paid, day.refunded, day.given) == (today(), 17_836, 3_600, 2_847)


def test_the_page_and_the_table_say_the_same(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    a_day(world, sandbox, settle, Provider.WECHAT)
    fetch_bill(provider=Provider.WECHAT, payee=payee(Provider.WECHAT), day=today())
    client = signed_in("fang")
    listed = client.get("/store/SAFANG/statements").content.decode()
    assert "178.36 元" in listed
    page = client.get(f"/store/SAFANG/statements/{today()}").content.decode()
    for words in (
        "和账单一致",
        "−28.47 元",
        "收款 178.36 元，退款 36.00 元，分账 28.47 元。差额 0.00 元",
        f'预计 <b class="n">{tomorrow()}</b> 到你的结算账户',
        '<dt>应付抽成</dt><dd class="n">28.47 元</dd>',
        f"预计 {tomorrow()} 到账",
    ):
        assert words in page
    answer = client.get(f"/store/SAFANG/statements/{today()}.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[-1][:10] == [
        *("合计", "", "178.36", "36.00", "28.47", "0.85", "178.36", "36.00", "28.47", "0.00")
    ]
    assert rows[-1][11:] == ["28.472000", "28.470000", "0.000000", "0.002000", ""]
    assert {row[15] for row in rows[1:-1]} == {tomorrow()}
    columns = [
        sum(round(float(row[column]) * 100) for row in rows[1:-1]) for column in range(2, 10)
    ]
    assert columns == [round(float(total) * 100) for total in rows[-1][2:10]]


def test_a_program_is_told_the_same_day(world: World, sandbox: Sandbox, settle: Settle) -> None:
    a_day(world, sandbox, settle, Provider.WECHAT)
    ((code,),) = ask("SELECT code FROM merchants_profile WHERE store_id = %s", world.store)
    moved = {"paid_fen": 17_836, "refunded_fen": 3_600, "shared_fen": 2_847, "returned_fen": 0}
    with override_settings(SECURE_SSL_REDIRECT=False):
        fang = program_of("fang", Scope.STORE)
        before = fang.get(f"/shops/{code}/statements/{today()}")
        assert (before["ours"], before["has_bill"]) == (moved, False)
        assert {(line["bill"], line["fee_fen"], line["money"]) for line in before["lines"]} == {
            (None, None, "awaits_bill")
        }
        fetch_bill(provider=Provider.WECHAT, payee=payee(Provider.WECHAT), day=today())
        receive_arrivals()
        told = fang.get(f"/shops/{code}/statements/{today()}")
        lines = told.pop("lines")
        assert told == {
            "day": today(),
            "is_over": False,
            "has_bill": True,
            "ours": moved,
            "bill": moved,
            "fee_fen": 85,
            "to_bank_fen": 11_304,
            "difference_fen": 0,
            "commission": {
                "due": "28472000",
                "shared": "28470000",
                "awaited": "0",
                "carried": "2000",
            },
            "bank_dates": [tomorrow()],
        }
        assert {line["bank_date"] for line in lines} == {tomorrow()}
        assert sorted(int(line["commission"]["due"]) for line in lines) == [
            *(72_000, 10_000_000, 18_400_000)
        ]
        assert sorted(line["ours"]["paid_fen"] for line in lines) == [36, 5_000, 12_800]
        assert {(line["channel"], line["money"], line["difference_fen"]) for line in lines} == {
            ("微信支付", "arrived", 0)
        }
        assert fang.get(f"/shops/{code}/statements")["items"] == [
            {"day": today(), "paid_fen": 17_836, "refunded_fen": 3_600, "given_fen": 2_847}
        ]
        assert fang.get(f"/shops/{code}/statements/2026-02-30", status=404)["code"] == "not_found"
        lin = program_of("lin")
        assert lin.get(f"/shops/{code}/statements/{today()}", status=404)["code"] == "not_found"


def test_what_an_order_owes_stands_on_its_day_before_it_is_shared_and_after_it_is_refused(
    world: World, sandbox: Sandbox, settle: Settle
) -> None:
    """Due is what is shared, awaited and carried, whatever became of it."""
    bought(world, sandbox, 12_800)

    def owed() -> tuple[Commission, int, tuple[str, ...]]:
        found = store_statements.statement(store=world.store, day=today())
        return found.commission, found.commission.awaited, found.bank_dates

    ((freed,),) = ask("SELECT (due_at AT TIME ZONE 'Asia/Shanghai')::date + 1 FROM orders_order")
    assert owed() == (Commission(due=25_600_000), 25_600_000, (str(freed),))
    ask("UPDATE payments_submerchant SET carried = 20000000 WHERE provider = 'wechat'")
    settle()
    share_profits()
    taken_along = Commission(due=25_600_000, carried=-12_800_000)
    assert owed() == (taken_along, 38_400_000, (tomorrow(),))
    sandbox.trades.tricks["refuse_shares"] = 1
    dispatched()
    assert owed() == (Commission(due=25_600_000, carried=25_600_000), 0, ())


def test_what_is_free_is_expected_at_the_bank_after_the_days_of_its_channels_rule(
    world: World, sandbox: Sandbox, settle: Settle, admin: psycopg.Connection
) -> None:
    bought(world, sandbox, 12_800)
    bought(world, sandbox, 5_000, provider=Provider.ALIPAY)
    settle()
    share_profits()
    dispatched()
    admin.execute("ALTER TABLE governance_ruleversion DISABLE TRIGGER USER")
    admin.execute(
        """UPDATE governance_ruleversion SET settings = settings || '["bank_days_alipay=3"]'"""
    )
    admin.execute("ALTER TABLE governance_ruleversion ENABLE TRIGGER USER")
    found = store_statements.statement(store=world.store, day=today())
    later = str(ask("SELECT %s::date + 2", tomorrow())[0][0])
    assert found.bank_dates == (tomorrow(), later)
    assert {line.channel: line.bank_date for line in found.lines} == {
        "微信支付": tomorrow(),
        "支付宝": later,
    }


def test_an_order_that_the_bill_says_otherwise_is_named(world: World, sandbox: Sandbox) -> None:
    (trade,) = bought(world, sandbox, 12_800)
    trade.amount_fen = 12_700
    fetch_bill(provider=Provider.WECHAT, payee=payee(Provider.WECHAT), day=today())
    page = signed_in("fang").get(f"/store/SAFANG/statements/{today()}").content.decode()
    assert "有 1 笔和渠道账单对不上" in page
    assert f'<b class="mono">{trade.number}</b>' in page
    assert '<p class="summary" role="status"><svg' in page
    parts = ("收 127.00", "退 0.00", "分账 0.00", "差 1.00 元")
    assert "账单：" + "，".join(f'<span class="n">{part}</span>' for part in parts) in page


def test_days_that_are_none_and_strangers_find_nothing(world: World, sandbox: Sandbox) -> None:
    client = signed_in("fang")
    assert client.get("/store/SAFANG/statements/2026-02-01").status_code == 200
    for day in ("2026-02-30", "today", "2026-2-1", "..."):
        assert client.get(f"/store/SAFANG/statements/{day}").status_code == 404
    stranger = signed_in("lin")
    assert stranger.get("/store/SAFANG/statements").status_code == 404
    assert stranger.get("/store/SAFANG/statements/2026-02-01.csv").status_code == 404
    assert client.post("/store/SAFANG/statements").status_code == 405


def test_no_cell_begins_a_formula() -> None:
    assert [text_cell(text) for text in ("=A1", "+1", "-1", "@x", "\tx", "GX1")] == [
        *("'=A1", "'+1", "'-1", "'@x", "'\tx", "GX1")
    ]
