"""A member says who he is, and a gateway says whether it fits: once, with his own consent (H5).

    asked outside -> consent and the sealed identity in one commit

Name and document are kept sealed, for paying out alone; whose accounts are one is a hash. An
account is one person's for ever: another document is refused.

Units: none. Source: H5, P5, E12; design/ui/faces.md 7 (d) 2.
"""

from typing import Final

from django.db import transaction

from gongxiang.base import ids
from gongxiang.ledger import locks, raw
from gongxiang.members import consenting, documents, names, papers, sealed, verification

_INSERT: Final = """
INSERT INTO members_verified
    (member_id, name, document, shown_name, shown_document, cluster, verified_at)
SELECT member_id, %s, %s, %s, %s, %s, clock_timestamp() FROM members_account
 WHERE member_id = %s AND closed_at IS NULL
ON CONFLICT (member_id) DO UPDATE
   SET name = excluded.name, document = excluded.document, shown_name = excluded.shown_name,
       shown_document = excluded.shown_document, verified_at = excluded.verified_at
 WHERE members_verified.cluster = excluded.cluster
"""
_CLUSTER: Final = """
INSERT INTO members_cluster (cluster, member_id) VALUES (%s, %s) ON CONFLICT DO NOTHING
"""


class NoSuchPerson(Exception):
    """The gateway says that name and document do not belong together: nothing was kept."""


class AnotherPerson(Exception):
    """The account is closed, or was verified as somebody else: nothing was changed."""


def verify_identity(*, member: int, name: str, document: str) -> None:
    """Verify a member who agreed to it.

    Raises `documents.UnreadableDocument`, `NoSuchPerson`, `AnotherPerson` and
    `verification.NotAnswered`; nothing is then kept.
    """
    number = documents.read(document)
    asked = ids.next_id()
    if not verification.is_match(name=name, document=number, number=asked):
        raise NoSuchPerson("name and document do not belong together")
    cluster = documents.cluster(number)
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_forest(cursor)
        cursor.execute(
            _INSERT,
            (
                sealed.seal(purpose=sealed.NAME, text=name),
                sealed.seal(purpose=sealed.DOCUMENT, text=number),
                names.masked(name),
                documents.masked(number),
                cluster,
                member,
            ),
        )
        if cursor.rowcount != 1:
            raise AnotherPerson(f"member {member} was verified as somebody else, or has left")
        cursor.execute(_CLUSTER, (cluster, member))
        consenting.give(cursor, member=member, purpose=papers.IDENTITY)
