"""A member takes back his consent to what pays him out: what it was for is deleted with it (H5).

    payee      the account that his cash is sent to
    identity   name and document, and with them the account

That two accounts are one person's stays known by the hash alone (E12): who agrees again can only be
the same person. The other consents end by closing the account: without them there is none.

Units: none. Source: H5, E12; design/ui/faces.md 7 (d) 2.
"""

from typing import Final

from django.db import transaction

from gongxiang.ledger import locks, raw
from gongxiang.members import papers
from gongxiang.settlement.leaving import ANSWERED, OPEN_FACT

_MEMBER: Final = "SELECT FROM members_party WHERE id = %s AND kind = 1 FOR UPDATE"
_UNDER_WAY: Final = f"""
SELECT FROM orders_fact fact {ANSWERED}
 WHERE fact.home_id = %s AND fact.kind = 11 AND {OPEN_FACT} LIMIT 1
"""
_FORGET_PAYEE: Final = "DELETE FROM members_payee WHERE member_id = %s"
_FORGET_NAME: Final = """
UPDATE members_verified SET name = '', document = '', shown_name = '', shown_document = ''
 WHERE member_id = %s
"""
_WITHDRAW: Final = """
UPDATE members_consent SET withdrawn_at = clock_timestamp()
 WHERE member_id = %s AND purpose = ANY(%s) AND withdrawn_at IS NULL
"""
_FORGETS: Final = {
    papers.PAYEE: (_FORGET_PAYEE,),
    papers.IDENTITY: (_FORGET_PAYEE, _FORGET_NAME),
}
PURPOSES: Final = tuple(_FORGETS)


class PaymentUnderWay(Exception):
    """Cash is on its way to this account: nothing was deleted."""


def withdraw_consent(*, member: int, purpose: str) -> None:
    """Take a consent back; raises `PaymentUnderWay`. A second time changes nothing."""
    ended = [papers.PAYEE] if purpose == papers.PAYEE else [papers.PAYEE, papers.IDENTITY]
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        # Nobody is verified or names an account beside it.
        locks.hold_forest(cursor)
        # A withdrawal holds the same row while it takes the account.
        cursor.execute(_MEMBER, (member,))
        cursor.execute(_UNDER_WAY, (member,))
        if cursor.fetchone() is not None:
            raise PaymentUnderWay(f"a withdrawal of member {member}")
        for forget in _FORGETS[purpose]:
            cursor.execute(forget, (member,))
        cursor.execute(_WITHDRAW, (member, ended))
