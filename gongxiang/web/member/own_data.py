"""Everything the platform has about a person, for himself: one plain structure.

Of each of his accounts that were joined; each row names the account by its link's code. What is
kept sealed comes masked, as on his pages. Amounts are written as the ledger has them, in
micro-yuan and atoms, so that nothing is rounded.

Units: micro-yuan, atoms; moments as ISO 8601. Source: H5 (export); docs/adr/0017.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from gongxiang.base.clock import format_at
from gongxiang.ledger import raw
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.members import joined
from gongxiang.queries.people import Person, person

_TABLES: Final[Mapping[str, str]] = {
    "orders": """
SELECT own.code AS account, o.id::text AS number, store.name AS store, o.amount, o.returned,
       o.paid_at
  FROM own JOIN orders_order o USING (member_id) JOIN merchants_store store USING (store_id)
 ORDER BY o.paid_at, o.id
""",
    "payments": """
SELECT own.code AS account, a.number, store.name AS store, a.provider AS channel,
       a.amount_fen * 10000 AS amount, a.state, a.note, a.opened_at
  FROM own JOIN payments_attemptkey k ON k.home_id = own.member_id
  JOIN payments_attempt a USING (number) JOIN merchants_store store USING (store_id)
 ORDER BY a.opened_at, a.number
""",
    "refunds": """
SELECT own.code AS account, r.id::text AS number, r.order_id::text AS order, r.amount,
       r.is_by_case AS after_settlement
  FROM own JOIN orders_refund r USING (member_id) ORDER BY r.id
""",
    "refund_requests": """
SELECT own.code AS account, r.order_id::text AS order, r.amount_fen * 10000 AS amount, r.reason,
       r.state, r.asked_at, r.answer, r.answered_at
  FROM own JOIN payments_refundrequest r USING (member_id) ORDER BY r.asked_at
""",
    "refund_cases": """
SELECT own.code AS account, c.id::text AS number, c.order_id::text AS order, c.amount, c.reason,
       c.is_by_store AS by_store, c.checker_reason AS answer, c.opened_at, c.ended_at
  FROM own JOIN treasury_refundcase c USING (member_id) ORDER BY c.id
""",
    "lots": """
SELECT own.code AS account, lot.id::text AS number, lot.spend, lot.minted::text,
       lot."left"::text, lot.sold::text, lot.gross, lot.net, lot.vouchers
  FROM own JOIN points_lot lot USING (member_id) ORDER BY lot.step
""",
    "sales": """
SELECT own.code AS account, sale.id::text AS number, sale.points::text, outcome.is_accepted,
       outcome.amount AS net
  FROM own JOIN points_sale sale USING (member_id)
  LEFT JOIN orders_outcome outcome
       ON (outcome.home_id, outcome.fact_id) = (sale.member_id, sale.id)
 ORDER BY sale.id
""",
    "withdrawals": """
SELECT own.code AS account, w.id::text AS number, w.amount, payout.payee_shown AS payee,
       payout.tax, payout.reason, payout.reviewed_at, payout.ended_at
  FROM own JOIN treasury_withdrawal w USING (member_id)
  LEFT JOIN treasury_payout payout
       ON (payout.member_id, payout.withdrawal_id) = (w.member_id, w.id)
 ORDER BY w.id
""",
    "balances": """
SELECT own.code AS account, balance.account AS name, balance.amount::text
  FROM own JOIN ledger_balance balance ON balance.party_id = own.member_id
 ORDER BY own.code, balance.account
""",
    "verified": """
SELECT own.code AS account, v.shown_name AS name, v.shown_document AS document, v.verified_at
  FROM own JOIN members_verified v USING (member_id)
 WHERE v.shown_name <> '' ORDER BY v.verified_at
""",
    "payees": """
SELECT own.code AS account, p.provider, p.shown AS payee, p.changed_at
  FROM own JOIN members_payee p USING (member_id) ORDER BY p.changed_at
""",
    "messages": """
SELECT own.code AS account, m.kind, m.subject, m.at
  FROM own JOIN members_message m USING (member_id) ORDER BY m.at, m.id
""",
    "released_numbers": """
SELECT own.code AS account, r.issuer, r.shown, r.proved_at, r.released_at
  FROM own JOIN members_releasedidentity r USING (member_id) ORDER BY r.released_at, r.id
""",
    "recoveries": """
SELECT own.code AS account, r.issuer, r.shown, r.state, r.asked_at, r.ready_at
  FROM own JOIN members_recovery r USING (member_id) ORDER BY r.id
""",
    "tokens": """
SELECT own.code AS account, t.name, t.scopes, t.made_at, t.ends_at, t.revoked_at
  FROM own JOIN members_apitoken t USING (member_id) ORDER BY t.made_at, t.id
""",
    "applications": """
SELECT own.code AS account, a.id::text AS number, a.state, a.typed, a.started_at, a.submitted_at,
       a.reviewed_at, a.reason, a.missing,
       ARRAY(SELECT d.kind FROM merchants_document d
              WHERE (d.member_id, d.application_id) = (a.member_id, a.id) ORDER BY d.kind)
       AS documents
  FROM own JOIN merchants_application a USING (member_id) ORDER BY a.started_at, a.id
""",
    "stores": """
SELECT own.code AS account, store.name AS store, 'owner' AS role, NULL::timestamptz AS since_at,
       NULL::timestamptz AS left_at
  FROM own JOIN merchants_store store ON store.owner_id = own.member_id
 UNION ALL
SELECT own.code, store.name, staff.role, staff.since_at, staff.left_at
  FROM own JOIN merchants_staff staff USING (member_id) JOIN merchants_store store USING (store_id)
 ORDER BY 1, 2, 3
""",
    "store_requests": """
SELECT shop.account, shop.store, r.kind, r.state, r.reason, r.asked_at, r.answer, r.reviewed_at
  FROM shop JOIN merchants_changerequest r USING (store_id)
 WHERE r.asked_by_id = shop.member_id ORDER BY r.id
""",
    "shifts": """
SELECT shop.account, shop.store, s.float_fen * 10000 AS float, s.counted_fen * 10000 AS counted,
       s.note, s.opened_at, s.closed_at
  FROM shop JOIN payments_shift s USING (store_id)
 WHERE s.person_id = shop.member_id ORDER BY s.id
""",
    "contracts": """
SELECT own.code AS account, c.level, c.region, c.start_at, c.end_at
  FROM own JOIN regions_contract c USING (member_id) ORDER BY c.id
""",
}
_OWN: Final = """
WITH own AS (SELECT member_id, code FROM members_account WHERE member_id = ANY(%(members)s)),
shop AS (
    SELECT own.member_id, own.code AS account, store.store_id, store.name AS store
      FROM own JOIN merchants_store store ON own.member_id IN (store.owner_id, store.opened_by_id)
     UNION
    SELECT own.member_id, own.code, store.store_id, store.name
      FROM own JOIN merchants_staff USING (member_id) JOIN merchants_store store USING (store_id)
     UNION
    SELECT own.member_id, own.code, store.store_id, store.name
      FROM own JOIN merchants_ownerchange change ON change.owner_id = own.member_id
      JOIN merchants_store store USING (store_id)
)
"""
"""His accounts, and the stores that each has, had or worked in, where what he did there lies."""
_EACH: Final = """
SELECT '{name}', coalesce((SELECT json_agg(row_to_json(one)) FROM ({query}) AS one), '[]')
"""
_ALL: Final = _OWN + "UNION ALL".join(
    _EACH.format(name=name, query=query) for name, query in _TABLES.items()
)


def own_data(*, member: int) -> dict[str, object]:
    """Give a person's accounts with identities and consents, and every row that is about him."""
    with raw.cursor() as cursor:
        members = [member, *joined.others(cursor, member)]
        cursor.execute(_ALL, {"members": members})
        tables = {name: _rows(found) for name, found in cursor.fetchall()}
    for one in tables["balances"]:
        one["name"] = ACCOUNT_NAMES[one["name"]]
    people = [person(member=one) for one in members]
    return {
        "units": "amounts in micro-yuan (1 yuan = 1000000), points in atoms (1 point = 10^12)",
        "account": _account(people[0]),
        "joined_accounts": [_account(one) for one in people[1:]],
        **tables,
    }


def _account(own: Person) -> dict[str, object]:
    return {
        "key": own.key,
        "name": own.name,
        "link_code": own.code,
        "opened_at": format_at(own.opened_at),
        "recommender": own.recommender,
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


def _rows(found: Any) -> list[dict[str, Any]]:  # noqa: ANN401  what the driver makes of JSON
    rows: list[dict[str, Any]] = json.loads(found) if isinstance(found, str) else found
    return rows
