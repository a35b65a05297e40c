"""Many transfers over a channel that loses a fifth of its answers: none double, none lost.

The worker is killed while it sends, and another one goes on (C7, C8).
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings

from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.acts.sweep_transfers import sweep_transfers
from gongxiang.base import ids
from gongxiang.economy import accounts
from gongxiang.ledger import raw
from gongxiang.payments.provider import Provider
from gongxiang.sandbox.pay import Sandbox
from tests.acts import town
from tests.conftest import IS_LONG, Database
from tests.jobs.waiting import until
from tests.payments.sending import DUE, known_to, rich, sent

COUNT = 10_000 if IS_LONG else 200
OPEN = "SELECT count(*) FROM treasury_transfer WHERE state = 'open'"
STATES = "SELECT state, count(*) FROM treasury_payout GROUP BY state ORDER BY state"


@pytest.fixture(autouse=True)
def _town(database: Database, sandbox: Sandbox) -> None:
    assert database.name
    sandbox.trades.transfers.on_end = lambda _transfer: None
    rich()


def approved(count: int) -> list[int]:
    """Have so many approved transfers of 1.00, each copied from one that officers sent."""
    first = sent(fen=100)
    fresh = list(ids.block(count - 1))
    with raw.cursor() as cursor:
        cursor.execute(
            "INSERT INTO orders_fact (id, key, kind, at, is_dated, home_id, amount, digest,"
            " row_digest) SELECT copy, 'copy' || copy, kind, at, is_dated, home_id, amount, digest,"
            " row_digest"
            " FROM orders_fact, unnest(%s::bigint[]) AS copy WHERE id = %s",
            (fresh, first),
        )
        cursor.execute(
            "INSERT INTO treasury_withdrawal (id, member_id, amount)"
            " SELECT copy, member_id, amount FROM treasury_withdrawal,"
            " unnest(%s::bigint[]) AS copy WHERE id = %s",
            (fresh, first),
        )
        cursor.execute(
            "INSERT INTO orders_outcome (home_id, fact_id, is_accepted, reason, amount, batch_id)"
            " SELECT home_id, copy, is_accepted, reason, amount, batch_id FROM orders_outcome,"
            " unnest(%s::bigint[]) AS copy WHERE fact_id = %s",
            (fresh, first),
        )
        cursor.execute(
            "INSERT INTO treasury_payout (withdrawal_id, member_id, state, maker, checker, reason,"
            " provider, payee, payee_shown, tax, transfer_id, reviewed_at)"
            " SELECT copy, member_id, state, maker, checker, reason, provider, payee, payee_shown,"
            " tax, copy, reviewed_at FROM treasury_payout, unnest(%s::bigint[]) AS copy"
            " WHERE withdrawal_id = %s",
            (fresh, first),
        )
        cursor.execute(
            "INSERT INTO treasury_transfer (id, member_id, withdrawal_id, provider, payee,"
            " amount_fen, state, package, tries, created_at, next_at)"
            " SELECT copy, member_id, copy, provider, payee, amount_fen, state, package, tries,"
            " created_at, next_at FROM treasury_transfer, unnest(%s::bigint[]) AS copy"
            " WHERE withdrawal_id = %s",
            (fresh, first),
        )
    return [first, *fresh]


@pytest.mark.parametrize("provider", Provider)
def test_over_a_channel_that_loses_answers_none_is_double_and_none_lost(
    sandbox: Sandbox, provider: Provider
) -> None:
    known_to(provider)
    approved(COUNT)
    sandbox.trades.tricks["lose_answers"] = 20
    known = sandbox.trades.transfers
    chance = random.Random(4)  # noqa: S311  the same story every time
    rounds = 0
    while rounds < 2 * COUNT and town.query(OPEN) != [(0,)]:
        rounds += 1
        town.query(DUE)
        sweep_transfers()
        for there in known.newest(COUNT):
            if there.state == "confirm" and chance.random() < 0.5:
                (known.confirm if chance.random() < 0.8 else known.decline)(there)
    assert town.query(OPEN) == [(0,)], rounds
    ended = known.newest(COUNT + 1)
    assert len(ended) == COUNT
    assert {each.channel for each in ended} == {provider.value}
    assert {each.paid_count for each in ended if each.state == "done"} == {1}
    ends = Counter(each.state for each in ended)
    came_back = [(8, ends["failed"])] if provider is Provider.WECHAT else []
    assert town.query(STATES) == [(5, ends["done"]), *came_back]
    assert town.query("SELECT count(*) FROM treasury_withdrawalreturn") == [(ends["failed"],)]
    assert town.query("SELECT count(*) FROM payments_quarantine") == [(0,)]


def test_a_worker_killed_at_random_moments_loses_nothing_and_pays_nothing_twice(
    sandbox: Sandbox, database: Database, tmp_path: Path
) -> None:
    count = 60
    approved(count)
    sandbox.trades.tricks["lose_answers"] = 20
    known = sandbox.trades.transfers
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "DATABASE_OWNER_URL": database.owner_url,
        "DJANGO_SETTINGS_MODULE": "gongxiang.config.settings",
        "GONGXIANG_CHANNELS": str(known.path.parent),
        "GONGXIANG_IDENTITY_KEY": settings.IDENTITY_KEY,
    }
    chance = random.Random(7)  # noqa: S311  the same story every time

    def is_over() -> bool:
        town.query(DUE)
        for there in known.newest(count):
            known.confirm(there)
        return town.query(OPEN) == [(0,)]

    for _ in range(40 if IS_LONG else 4):
        worker = subprocess.Popen([sys.executable, "-m", "gongxiang.jobs"], env=environment)
        until(is_over, seconds=chance.uniform(1.5, 4), is_sure=False)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = subprocess.Popen([sys.executable, "-m", "gongxiang.jobs"], env=environment)
    try:
        until(is_over, seconds=300)
    finally:
        worker.terminate()
        worker.wait(20)
    assert [each.paid_count for each in known.newest(count + 1)] == [1] * count
    assert town.query(STATES) == [(5, count)]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_the_job_and_the_sweep_end_in_the_same_state_however_often_they_run(
    sandbox: Sandbox, times: int
) -> None:
    number = sent()
    (transfer,) = town.query("SELECT transfer_id FROM treasury_payout")[0]
    for _ in range(times):
        drive_transfer(transfer=transfer)
    (there,) = sandbox.trades.transfers.newest(9)
    sandbox.trades.transfers.confirm(there)
    for _ in range(times):
        town.query(DUE)
        sweep_transfers()
        drive_transfer(transfer=transfer)
    assert there.paid_count == 1
    assert town.query("SELECT state, withdrawal_id FROM treasury_payout") == [(5, number)]
    assert town.balance("lin", accounts.CASH) == 70_262_390


def test_an_account_that_cannot_be_opened_waits_and_is_sent_once_it_can(sandbox: Sandbox) -> None:
    sent()
    town.query(DUE)
    with override_settings(IDENTITY_KEY="another key"):
        assert sweep_transfers() == 1
    assert sandbox.trades.transfers.newest(9) == []
    assert town.query(OPEN) == [(1,)]
    town.query(DUE)
    assert sweep_transfers() == 1
    (there,) = sandbox.trades.transfers.newest(9)
    assert there.state == "confirm"
