"""Rows that belong to nothing: what no fact and no batch accounts for.

The audit looks at every row that a fact or a batch leads to; this looks for the others.

Units: none. Source: I-3, I-4, Q9.
"""

from typing import Any, Final

from psycopg import Connection

from gongxiang.members.models import Party
from gongxiang.orders.models import Kind
from gongxiang.settlement.wrong import Wrong

_WITHOUT_FACT: Final = """
SELECT detail.{key} FROM {table} detail
  LEFT JOIN orders_fact fact
    ON fact.{link} = detail.{key} AND fact.kind IN ({kinds}){more}
 WHERE fact.id IS NULL{only} ORDER BY 1 LIMIT 1
"""
_OF_HOME: Final = " AND fact.home_id = detail.member_id"
_OF_STORE: Final = " AND fact.home_id = detail.store_id"
_ANSWERED: Final = " AND fact.home_id = detail.home_id"
_DETAILS: Final = (
    ("store", "merchants_store", "store_id", (Kind.STORE,), ""),
    ("a change of commission", "merchants_ratechange", "id", (Kind.RATE_CHANGED,), _OF_STORE),
    ("a change of owner", "merchants_ownerchange", "id", (Kind.OWNER_CHANGED,), _OF_STORE),
    ("grand region", "regions_grandregion", "id", (Kind.GRAND_REGION,), ""),
    ("contract", "regions_contract", "id", (Kind.AGENT,), _OF_HOME),
    ("order", "orders_order", "id", (Kind.PAID,), _OF_HOME),
    ("refund", "orders_refund", "id", (Kind.RETURNED, Kind.CASE), _OF_HOME),
    ("sale", "points_sale", "id", (Kind.SOLD,), _OF_HOME),
    ("injection", "treasury_injection", "id", (Kind.INJECTED,), ""),
    ("withdrawal", "treasury_withdrawal", "id", (Kind.WITHDRAWN,), _OF_HOME),
    (
        "the return of a withdrawal",
        "treasury_withdrawalreturn",
        "id",
        (Kind.WITHDRAWAL_RETURNED,),
        _OF_HOME,
    ),
    (
        "the outcome of",
        "orders_outcome",
        "fact_id",
        (Kind.SOLD, Kind.WITHDRAWN, Kind.CASE),
        _ANSWERED,
    ),
)
_MEMBERS: Final = _WITHOUT_FACT.format(
    table="members_member",
    key="member_id",
    link="home_id",
    kinds=f"{Kind.MEMBER.value}, {Kind.CLAIMED.value}",
    more="",
    only=" AND detail.is_introduced",
)
_ENDED: Final = f"""
SELECT contract.id, contract.ended_by_id FROM regions_contract contract
  LEFT JOIN orders_fact fact
    ON fact.id = contract.ended_by_id AND fact.kind = {Kind.AGENT_ENDED.value}
 WHERE (contract.end_at IS NULL) <> (fact.id IS NULL)
    OR (contract.ended_by_id IS NULL) <> (fact.id IS NULL)
 ORDER BY 1 LIMIT 1
"""  # noqa: S608  no value is spliced in
_KEYS: Final = """
SELECT coalesce(party.id, look_up.party_id) FROM members_party party
  FULL JOIN members_partykey look_up
    ON (look_up.key, look_up.kind, look_up.party_id) = (party.key, party.kind, party.id)
 WHERE party.id IS NULL OR look_up.party_id IS NULL ORDER BY 1 LIMIT 1
"""
_KINDS: Final = "SELECT id FROM members_party WHERE kind NOT IN (%s, %s) ORDER BY 1 LIMIT 1"
_POSTINGS: Final = """
SELECT batch_id, home_id, event_id, leg FROM ledger_posting
 WHERE batch_id < 1 OR batch_id > %s ORDER BY 1, 2, 3, 4 LIMIT 1
"""
_EVENTS: Final = """
SELECT batch_id, posting.home_id, event_id, leg FROM ledger_posting posting
  LEFT JOIN orders_fact fact ON fact.id = event_id
 WHERE event_id <> 0 AND fact.id IS NULL ORDER BY 1, 2, 3, 4 LIMIT 1
"""
"""Genesis, which is event 0, has no fact (E4)."""
_STEPS: Final = "SELECT id FROM points_step WHERE id < 1 OR id > %s ORDER BY 1 LIMIT 1"


def find_strays(connection: Connection[Any], *, batches: int, last_step: int) -> None:
    """Look for rows that belong to nothing; raises `Wrong` naming the first."""
    for name, table, key, kinds, more in _DETAILS:
        query = _WITHOUT_FACT.format(
            table=table,
            key=key,
            link="home_id" if kinds == (Kind.STORE,) else "id",
            kinds=", ".join(str(kind.value) for kind in kinds),
            more=more,
            only="",
        )
        _refuse(connection, query, (), f"{name} {{}} belongs to no fact")
    _refuse(connection, _MEMBERS, (), "member {} is introduced by no fact")
    _refuse(connection, _ENDED, (), "contract {} is not ended by fact {} as its facts say")
    _refuse(connection, _KEYS, (), "party {} and its key do not belong together")
    _refuse(connection, _KINDS, (Party.PERSON, Party.STORE), "party {} is of no kind")
    _refuse(
        connection,
        _POSTINGS,
        (batches,),
        "batch {}: posting home {}, event {}, leg {} stands in no batch",
    )
    _refuse(connection, _STEPS, (last_step,), "step {} belongs to no batch")


def find_lost_events(connection: Connection[Any]) -> None:
    """Look for postings of a fact that is gone; raises `Wrong` naming the first.

    Money a store received or paid in has no row but its fact: what it moved alone tells of it.
    """
    sentence = "batch {}: posting home {}, event {}, leg {} belongs to no fact"
    _refuse(connection, _EVENTS, (), sentence)


def _refuse(
    connection: Connection[Any], query: str, values: tuple[int, ...], sentence: str
) -> None:
    row = connection.execute(query, values).fetchone()
    if row is not None:
        raise Wrong(sentence.format(*row))
