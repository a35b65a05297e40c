"""Who changes, drops or adds a line of a sealed day of the audit log is found, whoever he is.

Source: H7; reliability 8 (39); docs/adr/0026.
"""

import hashlib
import json
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from gongxiang.acts.seal_audit import seal_audit
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditEntry, AuditKind, AuditSeal
from gongxiang.ledger import raw
from gongxiang.settlement.audit_lines import compare_audit_log
from gongxiang.settlement.wrong import Wrong
from tests.acts.town import query, set_clock
from tests.conftest import Database

DAYS = ("2026-11-20", "2026-11-21", "2026-11-23")
"""Days with a line or two; nothing was written on the 22nd."""
TAMPERED = (
    "UPDATE governance_auditentry SET why = 'another' WHERE officer = 'zhi'",
    "UPDATE governance_auditentry SET officer = 'fu' WHERE officer = 'zhi'",
    "UPDATE governance_auditentry SET at = at + interval '1 microsecond' WHERE officer = 'zhi'",
    "UPDATE governance_auditentry SET after = '{}' WHERE officer = 'zhi'",
    "UPDATE governance_auditentry SET address = '' WHERE officer = 'zhi'",
    "UPDATE governance_auditentry SET id = id + 1 WHERE officer = 'zhi'",
    "DELETE FROM governance_auditentry WHERE officer = 'zhi'",
    """INSERT INTO governance_auditentry
       SELECT id + 1, at + interval '1 day', officer, address, kind, subject_kind, subject_id,
              before, after, why FROM governance_auditentry WHERE officer = 'zhi'""",
    "UPDATE governance_auditseal SET root = sha256(root) WHERE day = '2026-11-21'",
    "UPDATE governance_auditseal SET lines = lines + 1 WHERE day = '2026-11-21'",
    "UPDATE governance_auditseal SET day = '2026-11-22' WHERE day = '2026-11-21'",
    """UPDATE governance_auditseal SET sealed_at = sealed_at + interval '1 second'
        WHERE day = '2026-11-21'""",
    "DELETE FROM governance_auditseal WHERE day = '2026-11-21'",
)


def note(officer: str) -> None:
    with (
        transaction.atomic(durable=True),
        raw.cursor() as cursor,
        audit_log.acting_from("203.0.113.7"),
    ):
        audit_log.note(
            cursor,
            kind=AuditKind.UNMASKED,
            subject=("member", 7),
            officer=officer,
            after={"state": "看过", "amount": 10**18},
            why="来电核对",
        )


@pytest.fixture
def sealed(database: Database) -> Iterator[psycopg.Connection]:
    """Give the way in of the owner of the machine, with three days sealed."""
    for day, officer in zip(DAYS, ("li", "zhi", "fu"), strict=True):
        set_clock(f"{day}T23:59:00+08:00")
        note(officer)
    set_clock("2026-11-24T00:10:01+08:00")
    note("min")
    assert seal_audit() == 3
    with psycopg.connect(database.admin_url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        yield owner


def test_the_roots_are_hashes_of_the_lines_one_over_the_other(sealed: psycopg.Connection) -> None:
    before = bytes(32)
    for day, entry in zip(DAYS, AuditEntry.objects.order_by("id"), strict=False):
        line = [
            entry.id,
            round(entry.at.timestamp() * 1_000_000),
            entry.officer,
            "203.0.113.7",
            "unmasked",
            "member",
            "7",
            "{}",
            '{"state": "看过", "amount": 1000000000000000000}',
            "来电核对",
        ]
        told = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()
        seal = AuditSeal.objects.get(day=day)
        head = f"{day} {round(seal.sealed_at.timestamp() * 1_000_000)}\n".encode()
        before = hashlib.sha256(before + head + hashlib.sha256(told).digest()).digest()
        assert (bytes(seal.root), seal.lines) == (before, 1)
    assert compare_audit_log(sealed) == (3, 3)


@pytest.mark.parametrize("statement", TAMPERED)
def test_whoever_changes_a_sealed_day_is_found(sealed: psycopg.Connection, statement: str) -> None:
    assert sealed.execute(statement).rowcount == 1
    with pytest.raises(Wrong, match=r"2026-11-2[123]"):
        compare_audit_log(sealed)


def test_the_day_that_is_not_over_is_not_sealed_and_a_second_time_seals_nothing(
    sealed: psycopg.Connection,
) -> None:
    assert seal_audit() == 0
    set_clock("2026-11-25T00:09:59+08:00")
    assert seal_audit() == 0
    set_clock("2026-11-25T00:10:01+08:00")
    assert seal_audit() == 1
    assert compare_audit_log(sealed) == (4, 4)


def test_the_sealer_waits_for_a_line_on_its_way_and_holds_nobody_up(
    sealed: psycopg.Connection, database: Database
) -> None:
    set_clock("2026-11-25T00:10:01+08:00")
    with psycopg.connect(database.url) as other:
        with other.cursor() as cursor:
            audit_log.note(cursor, kind=AuditKind.UNMASKED, subject=("member", 7))
            assert seal_audit() == 0
        other.commit()
    assert seal_audit() == 1
    assert compare_audit_log(sealed) == (4, 4)


def test_the_database_refuses_to_change_a_root(
    sealed: psycopg.Connection, database: Database
) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    for statement in (
        "UPDATE governance_auditseal SET lines = 0",
        "DELETE FROM governance_auditseal",
    ):
        with psycopg.connect(database.owner_url) as owner, refused:
            owner.execute(statement)
    assert query("SELECT count(*) FROM governance_auditseal") == [(3,)]
    assert connection.is_usable()
