"""Everything that daily life brings, told by one export: verified, replayed, imported, the same.

The platform, a replay of its export in memory and a fresh platform that imported it have one
result, byte for byte, while orders still wait and again when the rest has settled.

Source: issue: Daily life, Shows 3; spec/events.md (export, verify, replay, import); E7 to E18, R2.
"""

import argparse
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Final, get_args

import pytest

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.answer_request import answer_request
from gongxiang.acts.ask_change import ask_change
from gongxiang.acts.connect_identity import connect_identity
from gongxiang.acts.fetch_bill import fetch_bill
from gongxiang.acts.join import Proved, join
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.review_change import Decision, review_change
from gongxiang.acts.review_refund_case import review_refund_case
from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.share_profits import share_profits
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.cli import verify
from gongxiang.cli.export import _write_history
from gongxiang.economy import accounts
from gongxiang.lab import result
from gongxiang.lab.files import read_lines
from gongxiang.lab.lines import Line
from gongxiang.lab.replay import fold
from gongxiang.ledger import raw
from gongxiang.members.bringers import Bringer
from gongxiang.members.guests import guest_of
from gongxiang.merchants.changes import Closing, NewOwner, NewRate, Wish
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Payee
from gongxiang.rulebook.load import load_terms
from gongxiang.sandbox.pay import Sandbox
from gongxiang.sandbox.trades import Trade
from gongxiang.settlement.result import of_platform
from gongxiang.treasury.models import CaseState, PayoutState, Verdict
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, open_account
from tests.payments.paying import World
from tests.payments.sending import at_channel
from tests.payments.test_shares import bought, dispatched
from tests.payments.test_transfers import driven, swept
from tests.settlement.platforms import of_database, record, settle

TYPES: Final = {kind.__struct_config__.tag for kind in get_args(Line)}
"""Every type of line that there is: a new one fails here until the story has it."""

TERMS: Final = load_terms(preset="seed-1", settings=BAND)
AGREED: Final = (("membership", "1"),)
OFFICERS: Final = ("小吴", "小郑")
AGENT: Final = {"type": "agent", "level": "district", "region": "440106"}
LINES: Final = (
    *town.THE_WORLD[:4],
    {"type": "grand_region", "id": "south", "provinces": ["440000"]},
    AGENT | {"id": "a1", "member": "afang"},
    {"type": "agent_ended", "id": "e1", "level": "district", "region": "440106"},
    AGENT | {"id": "a2", "member": "zhou"},
    *town.THE_WORLD[4:7],
    {"type": "injected", "id": "i1", "amount_fen": 1_000, "at": "2026-11-22T20:36:00+08:00"},
    *town.THE_WORLD[7:],
)
NEXT_DAY: Final = "2026-11-24T12:00:00+08:00"
IN_DECEMBER: Final = "2026-12-03T12:00:00+08:00"

Elsewhere = Callable[[], AbstractContextManager[Database]]


@pytest.fixture
def fang(database: Database, sandbox: Sandbox) -> int:
    """Open the town, with the channels' accounts of its stores; give 阿芳小馆."""
    assert database.name
    town.open_town(LINES, settings=BAND)
    for key in ("afang", "qinghe", "lin", "zhou"):
        open_account(key)
    open_sandbox_accounts()
    sandbox.trades.share_wait = 0
    sandbox.trades.transfers.on_end = lambda _transfer: None
    return town.party("fang", kind=2)


def test_all_of_daily_life_is_exported_verified_replayed_and_imported_to_the_byte(
    fang: int, sandbox: Sandbox, database: Database, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    people_come(fang)
    (trade,) = bought(World(store=fang, member=town.party("lin")), sandbox, 12_800)
    stores_change(fang)
    points_are_sold_and_cash_goes_its_ways(sandbox)
    what_settled_reaches_the_store_and_a_case_leaves_it(fang, trade)
    pay_at_store(key="waits", member=town.party("zhou"), store=fang, amount_fen=25_000)
    town.settle_now()
    assert pending() > 0
    types = told_alike(database, elsewhere, tmp_path / "waiting.jsonl")
    assert types == TYPES
    town.set_clock(IN_DECEMBER)
    town.settle_now()
    assert pending() == 0
    told_alike(database, elsewhere, tmp_path / "settled.jsonl")


def people_come(fang: int) -> None:
    """Let people join by a member's link and at a store, guests pay and join or be claimed."""
    friend = joined("phone", "ann", Bringer(referrer=town.party("lin"), store=None))
    joined("phone", "ben", Bringer(referrer=town.party("afang"), store=fang))
    guest = guest_of(issuer="payer:wechat", subject="openid-of-a-guest")
    pay_at_store(key="of-guest", member=guest, store=fang, amount_fen=30_000)
    assert joined("wechat", "openid-of-a-guest", None) == guest
    other = guest_of(issuer="payer:alipay", subject="2088")
    pay_at_store(key="of-other", member=other, store=fang, amount_fen=30_000)
    assert connect_identity(member=friend, issuer="alipay", subject="2088") == friend
    order = pay_at_store(key="in-part", member=friend, store=fang, amount_fen=20_000).number
    refund_order(key="back", member=friend, order=order, amount_fen=5_000)
    join_accounts(one=town.party("lin"), other=town.party("zhou"))


def joined(issuer: str, subject: str, bringer: Bringer | None) -> int:
    proved = Proved(issuer=issuer, subject=subject, shown="138****0000")
    return join(proved=proved, bringer=bringer, consents=AGREED).member


def stores_change(fang: int) -> None:
    """Let 阿芳小馆 change its commission and its owner, and 青禾眼镜 close."""
    change(fang, "afang", NewRate(commission_rate=1_500, since=date(2026, 11, 30)))
    change(fang, "afang", NewOwner(code="QINGHE"))
    change(town.party("qing", kind=2), "qinghe", Closing())


def change(store: int, by: str, wish: Wish) -> None:
    request = ask_change(store=store, by=town.party(by), wish=wish, reason="冬天生意淡")
    if isinstance(wish, NewOwner):
        answer_request(store=store, request=request, member=town.party("qinghe"))
    review_change(store=store, request=request, officer="o", decision=Decision.APPROVE)


def points_are_sold_and_cash_goes_its_ways(sandbox: Sandbox) -> None:
    """Sell and be refused; withdraw and have it paid, declined, and expired on the phone."""
    lin = town.party("lin")
    granted = sell_points(key="s1", member=lin, points=100 * POINT, shown_net=None).number
    refused = sell_points(key="s2", member=lin, points=POINT, shown_net=10_000).number
    town.settle_now()
    assert [town.outcomes(number)[0][:2] for number in (granted, refused)] == [
        (True, ""),
        (False, "payout"),
    ]
    paid, declined, expired = (
        withdraw(key=f"w{fen}", member=lin, amount_fen=fen).number for fen in (3_000, 2_000, 1_000)
    )
    town.settle_now()
    for officer in OFFICERS:
        for number in (paid, expired):
            reviewed(number, officer, Verdict.APPROVE)
        reviewed(declined, officer, Verdict.DECLINE)
    assert driven(paid) is driven(expired) is PayoutState.CONFIRM
    assert sandbox.trades.transfers.confirm(at_channel(sandbox, paid))
    assert swept(paid) is PayoutState.ARRIVED
    town.set_clock(NEXT_DAY)
    assert swept(expired) is PayoutState.EXPIRED
    town.settle_now()
    assert town.query("SELECT count(*) FROM treasury_withdrawalreturn") == [(2,)]
    assert town.balance("lin", accounts.CASH) > 0


def reviewed(withdrawal: int, officer: str, verdict: Verdict) -> None:
    review_withdrawal(
        member=town.party("lin"),
        withdrawal=withdrawal,
        officer=officer,
        verdict=verdict,
        reason="看过流水",
    )


def what_settled_reaches_the_store_and_a_case_leaves_it(fang: int, trade: Trade) -> None:
    """Share what settled, refund by a case, and see both in the channel's bill."""
    share_profits()
    dispatched()
    seen_in_the_bill(fang)
    lin = town.party("lin")
    ((order,),) = town.query(
        "SELECT order_id FROM payments_attempt WHERE number = %s", trade.number
    )
    case = open_refund_case(
        key="c1", member=lin, order=order, amount_fen=6_401, reason="少上一菜", is_by_store=False
    ).number
    for officer in OFFICERS:
        state = review_refund_case(
            member=lin, case=case, officer=officer, verdict=Verdict.APPROVE, reason="看过小票"
        )
    assert state is CaseState.PLACED
    town.settle_now()
    advance_refund_cases()
    dispatched(4)
    seen_in_the_bill(fang)


def seen_in_the_bill(fang: int) -> None:
    ((number, leave, day),) = town.query(
        "SELECT number, \"authorization\", (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date"
        " FROM payments_submerchant WHERE (store_id, provider) = (%s, 'wechat')",
        fang,
    )
    payee = Payee(number=number, authorization=leave)
    assert fetch_bill(provider=Provider.WECHAT, payee=payee, day=str(day)) > 0
    assert receive_arrivals() == 1


def pending() -> int:
    """Count the orders that wait for their settlement."""
    found: int = of_database()["facts"]["pending"]
    return found


def told_alike(database: Database, elsewhere: Elsewhere, out: Path) -> set[str]:
    """Export, verify, replay and import; have one result everywhere. Give the types of lines."""
    ours = standing()
    with town.books(database) as books:
        assert books.verdict() == ""
        _write_history(books.connection, out)
    verify.run(argparse.Namespace(file=str(out)))
    replay = fold(read_lines(out), TERMS)
    assert (replay.refused, replay.repeated) == ([], 0)
    assert result.to_bytes(result.of_state(replay.state, refused=(), repeated=0)) == ours
    lines = out.read_text().splitlines()
    with elsewhere() as fresh:
        settle(record(lines, terms=TERMS))
        assert standing() == ours
        with town.books(fresh) as books:
            assert books.verdict() == ""
            assert books.lines() == lines
    return {json.loads(line)["type"] for line in lines}


def standing() -> bytes:
    """Give the platform's result, as `result` prints it."""
    with raw.cursor() as cursor:
        return result.to_bytes(of_platform(cursor))
