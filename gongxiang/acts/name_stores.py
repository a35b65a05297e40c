"""Giving stores the names that people read.

Source: spec/platform.md (Store).
"""

from collections.abc import Mapping

from django.db import transaction

from gongxiang.ledger import raw

_NAME = """
UPDATE merchants_store SET name = named.name
  FROM unnest(%s::text[], %s::text[]) AS named (key, name)
  JOIN members_partykey party ON (party.key, party.kind) = (named.key, 2)
 WHERE merchants_store.store_id = party.party_id
"""


def name_stores(*, names: Mapping[str, str]) -> int:
    """Name stores by their keys; give how many are known."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_NAME, (list(names), list(names.values())))
        return cursor.rowcount
