"""The development clock: only forward, never in production, and what waited settles by it."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.test import override_settings

from gongxiang.acts.move_clock import SECONDS_MAX, ClockIsReal, NotForward, move_clock
from gongxiang.cli.clock import step_seconds
from gongxiang.cli.cluster import free_port
from gongxiang.cli.failure import WrongUsage
from gongxiang.governance.audit_log import SYSTEM
from gongxiang.governance.models import AuditEntry
from tests.acts import town
from tests.cli.test_up import PATIENCE, ask, command, environment, running
from tests.conftest import Database

PAY = """
from gongxiang.cli.start import platform
with platform():
    from gongxiang.acts.pay_at_store import pay_at_store
    from gongxiang.members.models import PartyKey
    member = PartyKey.objects.get(key="M0001", kind=1).party_id
    store = PartyKey.objects.get(key="S001", kind=2).party_id
    pay_at_store(key="clock-1", member=member, store=store, amount_fen=12_800)
"""
PAID = "SELECT count(*) FROM points_lot WHERE id = (SELECT id FROM orders_fact WHERE key='clock-1')"


@pytest.mark.long
def test_an_order_paid_now_settles_after_two_days_of_the_clock_while_up_runs(home: Path) -> None:
    with running(home, "--port", str(free_port())) as up:
        up.wait_for("Ctrl-C stops everything")
        subprocess.run(
            [sys.executable, "-P", "-c", PAY], env=environment(home), check=True, timeout=PATIENCE
        )
        assert ask(home, PAID) == (0,)
        moved = command(home, "clock", "+2d")
        assert (moved.returncode, moved.stdout.split("\t")[1]) == (0, "offset 172800 s\n")
        deadline = time.monotonic() + PATIENCE
        while ask(home, PAID) == (0,):
            assert time.monotonic() < deadline, up.said
            time.sleep(0.2)
    assert command(home, "verify").returncode == 0


@pytest.mark.parametrize("seconds", [0, -1, SECONDS_MAX + 1])
def test_it_never_goes_back_and_never_far(database: Database, seconds: int) -> None:
    assert database.name
    with pytest.raises(NotForward):
        move_clock(seconds=seconds)
    assert town.query("SELECT offset_seconds FROM points_horizon") == [(0,)]


def test_production_refuses_to_be_moved(database: Database) -> None:
    assert database.name
    with override_settings(IS_PRODUCTION=True), pytest.raises(ClockIsReal):
        move_clock(seconds=60)
    assert town.query("SELECT offset_seconds FROM points_horizon") == [(0,)]


def test_steps_add_up(database: Database) -> None:
    assert database.name
    assert move_clock(seconds=step_seconds("+8d"))[0] == 691_200
    assert move_clock(seconds=step_seconds("+90m"))[0] == 696_600


def test_each_step_is_a_line_of_the_audit_log_and_a_refused_one_is_none(database: Database) -> None:
    assert database.name
    move_clock(seconds=60)
    with pytest.raises(NotForward):
        move_clock(seconds=0)
    move_clock(seconds=30)
    lines = AuditEntry.objects.order_by("id").values_list("kind", "officer", "before", "after")
    assert list(lines) == [
        ("clock_moved", SYSTEM, {"offset_seconds": 0}, {"offset_seconds": 60}),
        ("clock_moved", SYSTEM, {"offset_seconds": 60}, {"offset_seconds": 90}),
    ]


@pytest.mark.parametrize("step", ["8d", "-8d", "+8w", "+", "+1.5d", "tomorrow"])
def test_what_is_no_step_is_refused_with_how_to_write_one(step: str) -> None:
    with pytest.raises(WrongUsage, match=r"\+8d"):
        step_seconds(step)
