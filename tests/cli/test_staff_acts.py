"""What staff do at the command line is a line of the audit log, as it is in the console (I-26)."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections

from gongxiang.acts.ask_recovery import ask_recovery
from gongxiang.acts.join import Proved, join
from gongxiang.acts.withdraw import withdraw
from gongxiang.cli import clock, import_events, recoveries, staff, start, withdrawals
from gongxiang.cli.main import main
from gongxiang.cli.server import Access
from gongxiang.governance.models import AuditEntry, Role
from gongxiang.members import phone
from tests.acts import town
from tests.conftest import Database
from tests.ops.staff import officer

ME = f"cli:{getpass.getuser()}"


@pytest.fixture(autouse=True)
def _platform(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command find the test's database, and leave its connection open."""

    @contextmanager
    def found(*, log: object) -> Iterator[Access]:
        del log
        yield Access(url=database.url, owner_url=database.url, admin_url=database.url)

    monkeypatch.setattr(start, "database", found)
    monkeypatch.setattr(start, "use", lambda _: None)
    monkeypatch.setattr(start, "_check_durability", lambda _: None)
    monkeypatch.setattr(connections, "close_all", lambda: None)
    for command in (clock, import_events, recoveries, staff, withdrawals):
        monkeypatch.setattr(command, "platform", start.platform)


def lines() -> list[tuple[str, str, str, str]]:
    told = AuditEntry.objects.order_by("id")
    return [(one.kind, one.officer, one.address, one.why) for one in told]


def test_who_moves_the_clock_or_imports_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "town.jsonl"
    file.write_text('{"type":"member","id":"m","referrer":null,"via_store":null}\n')
    assert main(["import", str(file), "--rules", "seed-1"]) == 0
    assert main(["clock", "+1d"]) == 0
    assert lines() == [
        ("history_imported", "system", ME, ""),
        ("clock_moved", "system", ME, ""),
    ]


def test_a_withdrawal_ended_by_hand_names_who_ran_the_command() -> None:
    town.open_town()
    number = str(withdraw(key="w1", member=town.party("lin"), amount_fen=200).number)
    town.query("UPDATE treasury_payout SET payee = ''")
    town.settle_now()
    for name in ("wu", "zheng"):
        assert main(["withdrawals", "approve", number, "--officer", name]) == 0
    assert main(["withdrawals", "failed", number]) == 1
    assert main(["withdrawals", "failed", number, "--reason", "账户已注销"]) == 0
    assert lines() == [
        ("withdrawal_reviewed", "wu", ME, ""),
        ("withdrawal_reviewed", "zheng", ME, ""),
        ("withdrawal_ended", ME, ME, "账户已注销"),
    ]


def test_a_lost_account_is_reviewed_in_somebodys_name() -> None:
    town.open_town()
    old = Proved(issuer="phone", subject=phone.subject("13800138000"), shown="138****8000")
    join(proved=old, bringer=None, consents=(("membership", "1"),))
    new = Proved(issuer="phone", subject=phone.subject("13900139000"), shown="139****9000")
    assert ask_recovery(proved=new, old_subject=old.subject, address="")
    number = str(town.query("SELECT id FROM members_recovery")[0][0])
    words = ["recoveries", "approve", number, "--reason", "身份证一致"]
    assert main(words) == 1
    assert main([*words, "--officer", "ke"]) == 0
    assert lines() == [("recovery_reviewed", "ke", ME, "身份证一致")]


def test_a_reset_names_who_ran_the_command() -> None:
    town.open_town()
    officer("min", Role.ADMIN)
    assert main(["staff", "reset", "min", "--reason", "手机丢了"]) == 0
    assert lines() == [("factor_reset", ME, ME, "手机丢了")]


def test_publishing_the_rules_is_a_line_with_the_settings_that_differ(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["rules", "publish", "seed-1", "--set", "window=86400"]
    assert main([*words, "--reason", "试运行"]) == 0
    assert lines() == [("rules_published", ME, ME, "试运行")]
    assert AuditEntry.objects.get().after == {"preset": "seed-1", "settings": "window=86400"}
    assert main(words) == 1
    assert len(lines()) == 1
    assert "open already" in capsys.readouterr().err
