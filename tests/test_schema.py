"""The schema runs unchanged on one server and on many: every table has a declared key.

Source: design/scale.md rules 1-4, 6, 10.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import tidy
from tests.conftest import Database

pytestmark = pytest.mark.db

PACKAGE = Path(__file__).resolve().parents[1] / "gongxiang"

COLOCATED = {
    "ledger_balance": "party_id",
    "ledger_posting": "home_id",
    "members_account": "member_id",
    "members_consent": "member_id",
    "members_joinedaccount": "member_id",
    "members_member": "member_id",
    "members_message": "member_id",
    "members_recovery": "member_id",
    "members_releasedidentity": "member_id",
    "members_messagemark": "member_id",
    "members_party": "id",
    "merchants_application": "member_id",
    "merchants_changerequest": "store_id",
    "merchants_document": "member_id",
    "members_payee": "member_id",
    "members_verified": "member_id",
    "merchants_invitation": "store_id",
    "merchants_ownerchange": "store_id",
    "merchants_profile": "store_id",
    "merchants_ratechange": "store_id",
    "merchants_site": "store_id",
    "merchants_staff": "store_id",
    "merchants_store": "store_id",
    "orders_order": "member_id",
    "orders_outcome": "home_id",
    "orders_refund": "member_id",
    "payments_attemptkey": "home_id",
    "payments_charge": "store_id",
    "payments_formeraccount": "store_id",
    "payments_refundrequest": "member_id",
    "payments_shift": "store_id",
    "payments_storerefund": "store_id",
    "payments_submerchant": "store_id",
    "points_lot": "member_id",
    "points_sale": "member_id",
    "treasury_payin": "store_id",
    "treasury_payout": "member_id",
    "treasury_refundcase": "member_id",
    "treasury_withdrawal": "member_id",
    "treasury_withdrawalreturn": "member_id",
}
"""One group: rows of one party lie together, and each of these columns is a party's number."""

LOOKUPS = {
    "members_apitoken": "digest",
    "members_session": "session_key",
    "members_pace": "key",
    "members_cluster": "cluster",
    "members_identity": "subject",
    "members_invitecode": "code",
    "members_partykey": "key",
    "merchants_storecode": "code",
    "orders_fact": "key",
    "payments_billline": "reference",
    "payments_channelrefund": "number",
    "payments_notification": "notification_id",
    "payments_transaction": "transaction_id",
    "points_step": "id",
    "treasury_transfer": "id",
}
"""What must be unique, or follow one another, by itself lies by that value."""

REFERENCES = {
    "governance_ruleversion",
    "ledger_batch",
    "ledger_seal",
    "payments_sharecursor",
    "points_comparison",
    "points_horizon",
    "points_pool",
    "regions_contract",
    "regions_grandregion",
    "regions_grandregionprovince",
    "treasury_injection",
}
"""Small, the same everywhere."""

COORDINATOR = {
    "governance_auditentry",
    "governance_auditseal",
    "governance_handlednotice",
    "governance_officer",
    "governance_recoverycode",
    "members_phonecode",
    "members_recoverytry",
    "payments_attempt",
    "payments_bill",
    "payments_difference",
    "payments_outbox",
    "payments_quarantine",
    "payments_share",
    "payments_waitingnotice",
}
"""Queues and what is looked at by hand; the tables of the frameworks stay there as well."""

FRAMEWORK = re.compile(r"(auth|axes|django|otp|procrastinate)_\w+")
DISTRIBUTED = COLOCATED | LOOKUPS
DECLARED = {*DISTRIBUTED, *REFERENCES, *COORDINATOR}

Rows = list[tuple[str, ...]]


def ask(admin: psycopg.Connection, query: str) -> Rows:
    """Ask the catalogue, leaving the framework's tables out; the first column names the table."""
    rows: Rows = admin.execute(query).fetchall()
    return [row for row in rows if not FRAMEWORK.fullmatch(row[0])]


def tables_of(admin: psycopg.Connection) -> set[str]:
    """List our tables."""
    return {
        name
        for (name,) in ask(
            admin, "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        )
    }


def unique_without_key(admin: psycopg.Connection) -> list[str]:
    """Find what must be unique on a distributed table without its key being a part."""
    found = ask(
        admin,
        "SELECT indrelid::regclass::text, indexrelid::regclass::text,"
        " ARRAY(SELECT attname::text FROM pg_attribute"
        "        WHERE attrelid = indrelid AND attnum = ANY(indkey))"
        " FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
        " WHERE (indisunique OR indisexclusion) AND relnamespace = 'public'::regnamespace",
    )
    return [
        index
        for table, index, columns in found
        if table in DISTRIBUTED and DISTRIBUTED[table] not in columns
    ]


def keys_that_may_be_null(admin: psycopg.Connection) -> list[str]:
    """Find keys that are missing, or that a row may leave empty."""
    rows = ask(
        admin,
        "SELECT table_name::text, column_name::text FROM information_schema.columns"
        " WHERE table_schema = 'public' AND is_nullable = 'NO'",
    )
    solid = set(rows)
    return [f"{table}.{key}" for table, key in DISTRIBUTED.items() if (table, key) not in solid]


def keys_of_another_type(admin: psycopg.Connection) -> list[str]:
    """Find keys of the group that are no party's number."""
    rows = ask(
        admin,
        "SELECT table_name::text, column_name::text, data_type::text"
        " FROM information_schema.columns WHERE table_schema = 'public'",
    )
    types = {(table, column): kind for table, column, kind in rows}
    return [table for table, key in COLOCATED.items() if types.get((table, key)) != "bigint"]


def foreign_keys(admin: psycopg.Connection) -> list[str]:
    """Find foreign keys that leave the group; to a reference table they may go."""
    rows = ask(
        admin,
        "SELECT conrelid::regclass::text, confrelid::regclass::text,"
        " ARRAY(SELECT attname::text FROM pg_attribute"
        "        WHERE attrelid = conrelid AND attnum = ANY(conkey))"
        " FROM pg_constraint WHERE contype = 'f'",
    )
    return [
        f"{table} -> {target}"
        for table, target, columns in rows
        if target not in REFERENCES
        and not (table in COLOCATED and target in COLOCATED and COLOCATED[table] in columns)
    ]


def identities(admin: psycopg.Connection) -> Rows:
    """Find columns that the database numbers by itself."""
    return ask(
        admin,
        "SELECT table_name::text, column_name::text FROM information_schema.columns"
        " WHERE table_schema = 'public' AND (is_identity = 'YES' OR column_default ~ 'nextval')",
    )


def unkeyed_locks(source: str) -> list[str]:
    """Find statements that lock rows of a distributed table without naming its key.

    >>> unkeyed_locks("X = 'SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE'")
    ['1: orders_order']
    >>> unkeyed_locks("X = 'SELECT 1 FROM orders_order WHERE member_id = %s FOR UPDATE'")
    []
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if not re.search(r"FOR (NO KEY )?(UPDATE|SHARE)\b", node.value):
            continue
        named = re.search(r"FROM\s+(\w+)", node.value)
        table = named.group(1) if named else "?"
        key = DISTRIBUTED.get(table)
        if table not in COORDINATOR | REFERENCES and not (
            key and re.search(rf"\b{key} = %", node.value)
        ):
            found.append(f"{node.lineno}: {table}")
    return found


def statements_for_one_server(text: str) -> list[str]:
    """Find what many servers refuse: it belongs into guards.sql."""
    return re.findall(r"\b(?:TRIGGER|FUNCTION|PROCEDURE|CALL|REVOKE|GRANT)\b", text)


def test_every_table_has_a_declared_key(database: Database, admin: psycopg.Connection) -> None:
    assert tables_of(admin) == DECLARED
    assert keys_that_may_be_null(admin) == []
    assert keys_of_another_type(admin) == []


def test_what_is_unique_contains_the_key(database: Database, admin: psycopg.Connection) -> None:
    assert unique_without_key(admin) == []
    admin.execute("CREATE UNIQUE INDEX planted ON orders_order (id)")
    assert unique_without_key(admin) == ["planted"]


def test_no_foreign_key_leaves_the_group(database: Database, admin: psycopg.Connection) -> None:
    assert foreign_keys(admin) == []
    admin.execute(
        "ALTER TABLE members_party ADD FOREIGN KEY (key, kind) REFERENCES members_partykey"
    )
    admin.execute("ALTER TABLE orders_order ADD FOREIGN KEY (member_id) REFERENCES members_party")
    assert foreign_keys(admin) == ["members_party -> members_partykey"]


def test_no_number_is_made_by_the_database(database: Database, admin: psycopg.Connection) -> None:
    assert identities(admin) == []
    admin.execute("ALTER TABLE orders_order ADD COLUMN line bigint GENERATED ALWAYS AS IDENTITY")
    assert identities(admin) == [("orders_order", "line")]


def test_a_key_that_may_be_null_is_noticed(database: Database, admin: psycopg.Connection) -> None:
    admin.execute("ALTER TABLE points_sale DROP CONSTRAINT points_sale_pkey")
    admin.execute("ALTER TABLE points_sale ALTER member_id DROP NOT NULL")
    assert keys_that_may_be_null(admin) == ["points_sale.member_id"]


def sources(*patterns: str) -> Iterator[tuple[str, str]]:
    """Read files of the package, each with its name."""
    for path in tidy.sources(PACKAGE, *patterns):
        yield str(path.relative_to(PACKAGE)), path.read_text(encoding="utf-8")


def test_triggers_and_grants_stand_in_guards_alone() -> None:
    for name, text in sources("keys.sql"):
        assert statements_for_one_server(text) == [], name
    for name, text in sources("migrations/*.py"):
        assert statements_for_one_server(text) == [], name
    assert statements_for_one_server("CREATE TRIGGER x; GRANT y") == ["TRIGGER", "GRANT"]


def test_rows_are_locked_by_their_key() -> None:
    for name, text in sources("*.py"):
        assert unkeyed_locks(text) == [], name
        assert tidy.lock_offences(text) == [], name


def test_nothing_asks_members_recursively() -> None:
    for name, text in sources("*.py", "*.sql"):
        assert "WITH RECURSIVE" not in text, name
