"""The audit log only grows, is there with what it tells or not at all, and keeps what was said.

Source: H5; reliability I-26.
"""

from typing import Any

import psycopg
import pytest
from django.db import transaction

from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditEntry, AuditKind
from gongxiang.ledger import raw
from tests.conftest import Database

CHANGES = (
    "UPDATE governance_auditentry SET why = 'another'",
    "DELETE FROM governance_auditentry",
    "TRUNCATE governance_auditentry",
)


def note(**more: Any) -> None:  # noqa: ANN401  passed on
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        audit_log.note(cursor, kind=AuditKind.UNMASKED, subject=("member", 7), **more)


def test_a_line_says_who_what_whom_before_after_why_and_from_where(database: Database) -> None:
    with audit_log.acting_from("203.0.113.7"):
        note(officer="li", before={"state": "待审核"}, after={"amount": 10**18}, why="来电核对")
    entry = AuditEntry.objects.get()
    assert (entry.officer, entry.address, entry.kind) == ("li", "203.0.113.7", "unmasked")
    assert (entry.subject_kind, entry.subject_id) == ("member", "7")
    assert (entry.before, entry.after) == ({"state": "待审核"}, {"amount": 10**18})
    assert entry.why == "来电核对"


def test_the_system_is_named_where_nobody_acted_and_no_address_is_left_over(
    database: Database,
) -> None:
    with audit_log.acting_from("203.0.113.7"):
        pass
    note()
    entry = AuditEntry.objects.get()
    assert (entry.officer, entry.address, entry.why) == ("system", "", "")


def test_what_a_database_cannot_hold_is_left_out(database: Database) -> None:
    note(why="a\0b", after={"words": "c\0d\\u0000e"})
    entry = AuditEntry.objects.get()
    assert (entry.why, entry.after) == ("ab", {"words": "cd\\u0000e"})


def test_nothing_is_noted_of_what_did_not_happen(database: Database) -> None:
    def breaks_off() -> None:
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            audit_log.note(cursor, kind=AuditKind.UNMASKED, subject=("member", 7))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks_off()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("role", ["url", "owner_url"])
def test_the_database_refuses_to_change_it(database: Database, role: str, statement: str) -> None:
    note()
    url = getattr(database, role)
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with psycopg.connect(url) as connection, refused:
        connection.execute(statement)
    assert AuditEntry.objects.count() == 1
