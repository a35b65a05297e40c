"""Everything the platform has about a member, for himself: one plain structure.

Amounts are written as the ledger has them, in micro-yuan and atoms, so that nothing is rounded.

Units: micro-yuan, atoms; moments as ISO 8601. Source: H5 (export).
"""

from typing import Final

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.web.member.people import person

_ORDERS: Final = """
SELECT o.id::text, store.name, o.amount, o.returned, o.paid_at FROM orders_order o
  JOIN merchants_store store ON store.store_id = o.store_id
 WHERE o.member_id = %s ORDER BY o.paid_at, o.id
"""
_LOTS: Final = """
SELECT id::text, spend, minted::text, "left"::text, sold::text, gross, net FROM points_lot
 WHERE member_id = %s ORDER BY step
"""
_BALANCES: Final = "SELECT account, amount::text FROM ledger_balance WHERE party_id = %s"
_WITHDRAWALS: Final = """
SELECT id::text, amount FROM treasury_withdrawal WHERE member_id = %s ORDER BY id
"""
_TABLES: Final = {
    "orders": (_ORDERS, ("number", "store", "amount", "returned", "paid_at")),
    "lots": (_LOTS, ("number", "spend", "minted", "left", "sold", "gross", "net")),
    "balances": (_BALANCES, ("account", "amount")),
    "withdrawals": (_WITHDRAWALS, ("number", "amount")),
}


def own_data(*, member: int) -> dict[str, object]:
    """Give the account, its identities and consents, orders, lots, balances, withdrawals."""
    own = person(member=member)
    told: dict[str, object] = {
        "units": "amounts in micro-yuan (1 yuan = 1000000), points in atoms (1 point = 10^12)",
        "account": {
            "key": own.key,
            "name": own.name,
            "link_code": own.code,
            "opened_at": format_at(own.opened_at),
            "recommender": own.recommender,
        },
        "identities": [{"issuer": one.issuer, "shown": one.shown} for one in own.identities],
        "consents": [
            {
                "purpose": one.title,
                "version": one.version,
                "given_at": format_at(one.given_at),
                "withdrawn_at": one.withdrawn_at and format_at(one.withdrawn_at),
            }
            for one in own.consents
        ],
    }
    with raw.cursor() as cursor:
        for name, (query, columns) in _TABLES.items():
            cursor.execute(query, (member,))
            told[name] = [
                dict(zip(columns, map(_plain, row), strict=True)) for row in cursor.fetchall()
            ]
    balances = told["balances"]
    assert isinstance(balances, list), "a table is a list"
    for one in balances:
        one["account"] = ACCOUNT_NAMES[one["account"]]
    return told


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | str) else str(value)
