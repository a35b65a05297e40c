"""Who of the staff may open and send what: every cell of the matrix, through the door.

Source: spec/platform.md (operator staff); H5; reliability I-26.
"""

import pytest
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from gongxiang.governance.models import AuditEntry, Role
from gongxiang.ops.roles import MATRIX
from gongxiang.ops.site import DEEDS, PAGES, console
from tests.conftest import Database
from tests.ops import staff, world

LETTERS = {"A": "min", "S": "ke", "M": "zhi", "C": "fu", "U": "li"}
"""Admin, service, maker, checker, auditor, and who has the role in the tests."""
CELLS = {
    "index": ("ASMCU", ""),
    "find": ("ASMCU", ""),
    "search": ("ASMCU", ""),
    "must_see": ("ASMCU", ""),
    "orders": ("ASMCU", ""),
    "order": ("ASMCU", ""),
    "steps": ("ASMCU", ""),
    "lots": ("ASMCU", ""),
    "postings": ("AMCU", ""),
    "batches": ("AMCU", ""),
    "batch": ("AMCU", ""),
    "balances": ("AMCU", ""),
    "withdrawals": ("ASMCU", ""),
    "withdrawal": ("ASMCU", "MC"),
    "refunds": ("ASMCU", ""),
    "refund": ("ASMCU", "MC"),
    "shares": ("ASMCU", ""),
    "share": ("ASMCU", "MC"),
    "quarantine": ("ASMCU", ""),
    "notice": ("ASMCU", "AMC"),
    "differences": ("ASMCU", ""),
    "difference": ("ASMCU", "AMC"),
    "recoveries": ("ASU", ""),
    "recovery": ("ASU", "AS"),
    "members": ("ASMCU", ""),
    "member": ("ASMCU", ""),
    "unmask": ("AS", "AS"),
    "applications": ("ASU", ""),
    "application": ("ASU", "AS"),
    "cases": ("ASMCU", ""),
    "case": ("ASMCU", "MC"),
    "changes": ("ASU", ""),
    "change": ("ASU", "AS"),
    "stores": ("ASMCU", ""),
    "store": ("ASMCU", ""),
    "channels": ("ASMCU", ""),
    "channel": ("ASMCU", "AS"),
    "contracts": ("ASMCU", ""),
    "versions": ("ASMCU", ""),
    "version": ("ASMCU", ""),
    "officers": ("AU", "A"),
    "officer": ("AU", "A"),
    "audit": ("AU", "AU"),
    "unknown": ("ASMCU", ""),
    "password_change": ("ASMCU", "ASMCU"),
    "password_change_done": ("ASMCU", ""),
    "logout": ("ASMCU", "ASMCU"),
}
ARGUMENTS = {
    "order": (1, 1),
    "batch": (1,),
    "withdrawal": (1, 1),
    "application": (1, 1),
    "case": (1, 1),
    "notice": (1,),
    "difference": ("wechat", "paid", "x"),
    "refund": ("GXC1",),
    "share": ("GXC1",),
    "recovery": (1, 1),
    "channel": (1,),
    "change": (1, 1),
    "member": (1,),
    "unmask": (1,),
    "store": (1,),
    "version": (99,),
    "officer": (0,),
    "unknown": ("x",),
}
BEFORE_THE_DOOR = {"login", "factor"}


def address(name: str) -> str:
    return reverse(f"admin:{name}", args=ARGUMENTS.get(name, ()))


def test_the_matrix_is_the_declared_one() -> None:
    roles = {letter: world.STAFF[name] for letter, name in LETTERS.items()}
    assert {
        name: (
            {letter for letter, role in roles.items() if role in may.see},
            {letter for letter, role in roles.items() if role in may.do},
        )
        for name, may in MATRIX.items()
    } == {name: (set(see), set(do)) for name, (see, do) in CELLS.items()}


def test_every_address_of_the_console_stands_in_the_matrix() -> None:
    names = {pattern.name for pattern in console.get_urls()}
    assert names - BEFORE_THE_DOOR == set(MATRIX)
    assert {name for _, name, _ in PAGES} <= set(MATRIX)
    taking = {name for name, may in MATRIX.items() if may.do}
    assert taking - {"password_change", "logout"} == set(DEEDS)
    assert get_resolver().reverse_dict is not None


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_opens_what_is_its_own_and_nothing_else(town: None, letter: str) -> None:
    client = staff.signed_in(LETTERS[letter])
    opened = {
        name: client.get(address(name)).status_code != 403 for name in CELLS if name != "logout"
    }
    assert opened == {name: letter in see for name, (see, _) in CELLS.items() if name != "logout"}


@pytest.mark.parametrize("letter", LETTERS)
def test_each_role_sends_what_is_its_own_and_nothing_else(town: None, letter: str) -> None:
    client = staff.signed_in(LETTERS[letter])
    sent = {name: client.post(address(name)).status_code not in {403, 405} for name in DEEDS}
    assert sent == {name: letter in CELLS[name][1] for name in DEEDS}


def test_the_menu_shows_what_can_be_opened(town: None) -> None:
    page = staff.signed_in("ke").get("/ops/").content.decode()
    assert "/ops/withdrawals/" in page
    assert not any(f"/ops/{name}/" in page for name in ("balances", "audit", "officers"))


def test_what_was_denied_is_said_and_written_down(database: Database) -> None:
    world.users()
    answer = staff.signed_in("ke").get("/ops/audit/")
    assert answer.status_code == 403
    assert "这一页不属于「客服」" in world.text_of(answer)
    entry = AuditEntry.objects.get()
    told = (entry.kind, entry.officer, entry.subject_kind, entry.subject_id, entry.why)
    assert told == ("page_denied", "ke", "page", "audit", "/ops/audit/")
    assert entry.address == "127.0.0.1"


def test_what_cannot_be_written_down_is_denied_all_the_same(database: Database) -> None:
    world.users()
    client = staff.signed_in("ke")
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            answer = client.get("/ops/audit/")
        finally:
            cursor.execute("SET default_transaction_read_only = off")
    assert answer.status_code == 403
    assert "这一页不属于「客服」" in world.text_of(answer)


def test_an_account_without_a_role_does_not_come_in(database: Database) -> None:
    world.users()
    client: Client = staff.signed_in("li")
    world.drop_role("li")
    assert client.get("/ops/")["Location"] == "/ops/login/?next=/ops/"


def test_the_roles_are_the_five_of_the_specification() -> None:
    labels = ["管理员", "客服", "资金制单", "资金复核", "审计（只读）"]
    assert [role.label for role in Role] == labels
