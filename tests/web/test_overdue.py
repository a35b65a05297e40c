"""`/healthz` says what should have ended by now, whatever the queue says of itself."""

import json

import psycopg
import pytest
from django.test import Client

from gongxiang.acts.review_withdrawal import review_withdrawal
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.treasury.models import Verdict
from tests.acts import town
from tests.conftest import Database


def health() -> tuple[str, dict[str, int]]:
    answer = json.loads(Client().get("/healthz").content)
    return answer["status"], answer["overdue"]


@pytest.fixture
def number(database: Database) -> int:
    """Send a withdrawal that nobody answers."""
    town.open_town()
    lin = town.party("lin")
    sell_points(key="s1", member=lin, points=112 * POINT, shown_net=None)
    town.settle_now()
    number = withdraw(key="w1", member=lin, amount_fen=10_000).number
    town.settle_now()
    for officer in ("小吴", "小郑"):
        review_withdrawal(member=lin, withdrawal=number, officer=officer, verdict=Verdict.APPROVE)
    return number


@pytest.mark.parametrize("ahead", [0, 864_000])
@pytest.mark.parametrize(
    ("change", "late"),
    [
        ("reviewed_at = now() - interval '59 minutes'", 0),
        ("reviewed_at = now() - interval '61 minutes'", 1),
        ("state = 4, reviewed_at = now() - interval '61 minutes'", 1),
        ("state = 3, reviewed_at = now() - interval '23 hours', confirm_until = now()", 0),
        ("state = 3, confirm_until = now() - interval '61 minutes'", 1),
        ("state = 5, reviewed_at = now() - interval '2 days'", 0),
    ],
)
def test_a_payout_without_an_answer_for_an_hour_is_overdue(
    number: int, admin: psycopg.Connection, change: str, late: int, ahead: int
) -> None:
    """By the platform's own clock, however far ahead it is tried out."""
    town.query("UPDATE points_horizon SET offset_seconds = %s", ahead)
    here = change.replace("now()", f"now() + interval '{ahead} seconds'")
    admin.execute(f"UPDATE treasury_payout SET {here}".encode())
    others = {"payments": 0, "refunds": 0, "shares": 0, "bills": 0}
    assert health() == ("late" if late else "ok", others | {"payouts": late})


def test_a_share_without_an_answer_and_a_bill_that_does_not_come_are_overdue(
    database: Database,
) -> None:
    town.open_town()
    nothing = {"payments": 0, "refunds": 0, "payouts": 0, "shares": 0, "bills": 0}
    town.query(
        "INSERT INTO payments_share (number, provider, transaction_id, attempt_number, store_id,"
        " payee, spend_fen, commission, amount_fen, state, reason, last_at, tries, next_at,"
        " created_at) VALUES ('GXP7', 'wechat', '42', 'GX7', 1, '1', 100, 200000, 20, 'waiting',"
        " '', now() + interval '30 days', 0, now(), now() - interval '59 minutes')"
    )
    town.query(
        "INSERT INTO payments_bill (payee, provider, day, is_whole, tries, next_at) VALUES"
        " ('', 'wechat', (now() AT TIME ZONE 'Asia/Shanghai')::date, false, 0, now())"
    )
    assert health() == ("ok", nothing)
    town.query("UPDATE payments_share SET created_at = now() - interval '61 minutes'")
    assert health() == ("late", nothing | {"shares": 1})
    town.query("UPDATE payments_share SET state = 'failed'")
    town.query("UPDATE payments_bill SET day = day - 2")
    assert health() == ("late", nothing | {"bills": 1})
    town.query("UPDATE payments_bill SET is_whole = true")
    assert health() == ("ok", nothing)
