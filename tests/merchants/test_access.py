"""Roles of a store: one matrix, asked of the database at every request."""

import pytest

from gongxiang.merchants import access
from gongxiang.merchants.access import MATRIX, Role, Task, may
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

pytestmark = pytest.mark.db

FORBIDDEN = 403
MISSING = 404
OK = 200


@pytest.fixture
def fang(database: Database) -> int:
    """Give 阿芳小馆 in the town of the pictures, with her code."""
    del database
    town.open_town()
    store = town.party("fang", kind=2)
    town.query("UPDATE merchants_profile SET code = '8K2M4Q7T' WHERE store_id = %s", store)
    town.query("UPDATE merchants_storecode SET code = '8K2M4Q7T' WHERE store_id = %s", store)
    return store


def employ(store: int, key: str, role: Role) -> None:
    """Write somebody down as working in the store."""
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, %s, clock_timestamp())",
        store,
        town.party(key),
        role.value,
    )


def test_each_role_may_do_exactly_this() -> None:
    till = {Task.TILL, Task.SHIFT, Task.ORDERS, Task.REFUND, Task.PLATE}
    shop = {Task.PAY_IN, Task.TAKINGS, Task.STATEMENTS, Task.MEMBERS, Task.SETTINGS}
    shop |= {Task.CASHIERS}
    own = {Task.MANAGERS, Task.INCOME, Task.RECRUIT, Task.CHANGES}
    assert MATRIX[Role.CASHIER] == till
    assert MATRIX[Role.MANAGER] == till | shop
    assert MATRIX[Role.OWNER] == till | shop | own == set(Task)
    assert not any(may(None, task) for task in Task)


def test_the_owner_stands_in_the_store_and_others_in_its_staff(fang: int) -> None:
    employ(fang, "lin", Role.CASHIER)
    roles = {key: access.role_in(member=town.party(key), store=fang) for key in ("afang", "lin")}
    assert roles == {"afang": Role.OWNER, "lin": Role.CASHIER}
    assert access.role_in(member=town.party("zhou"), store=fang) is None
    (card,) = access.stores_of(member=town.party("lin"))
    assert (card.code, card.name, card.role) == ("8K2M4Q7T", "阿芳小馆", Role.CASHIER)


def test_a_role_ends_with_the_next_request(fang: int) -> None:
    employ(fang, "lin", Role.MANAGER)
    browser = signed_in("lin")
    assert browser.get("/store/fang").status_code == OK
    town.query("UPDATE merchants_staff SET role = 'cashier'")
    assert browser.get("/store/fang")["Location"] == "/store/fang/cashier"
    assert browser.get("/store/fang/cashier").status_code == OK
    town.query("UPDATE merchants_staff SET left_at = clock_timestamp()")
    assert browser.get("/store/fang/cashier").status_code == MISSING
    assert access.stores_of(member=town.party("lin")) == ()


def test_a_store_opens_by_its_public_code_too(fang: int) -> None:
    page = signed_in("afang").get("/store/8K2M4Q7T").content.decode()
    assert "阿芳小馆" in page
    listed = signed_in("afang").get("/store")
    assert listed["Location"] == "/store/fang"
