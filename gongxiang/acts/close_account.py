"""A member leaves: nothing of his may be open; what identifies him is forgotten.

Cash, points, payments without a result, orders not yet settled and applications not yet answered
are named instead of lost. What people whom he brought pay later still rewards his party, by the
recommender frozen on their orders: it stays in the books, and nobody can take it out (ADR 0030).
What waits for him already, and cash below the least withdrawal, he gives up in so many words; the
sum is kept beside his consents.
With an account go those that were joined into it. The party, its orders and its place in the tree
stay: trades are kept (H6), the forest stays whole.

Units: micro-yuan, atoms. Source: H5, H6; platform.md (close account); design/ui/faces.md 6.2.
"""

from typing import Final

from django.db import transaction

from gongxiang.governance.withdrawing import withdrawal_rules
from gongxiang.ledger import locks, raw
from gongxiang.members import consenting, joined, papers
from gongxiang.settlement.leaving import Open, open_things, waiting_rewards

_CLOSE: Final = """
UPDATE members_account SET closed_at = clock_timestamp(), epoch = epoch + 1, name = ''
 WHERE member_id = %s AND closed_at IS NULL
"""
_FORGET_CODES: Final = """
DELETE FROM members_phonecode USING members_identity identity
 WHERE identity.member_id = %s AND identity.issuer = 'phone' AND phone = identity.subject
"""
_FORGET: Final = "DELETE FROM members_identity WHERE member_id = %s"
_FORGET_LINK: Final = "DELETE FROM members_invitecode WHERE member_id = %s"
_WITHDRAW: Final = """
UPDATE members_consent SET withdrawn_at = clock_timestamp()
 WHERE member_id = %s AND withdrawn_at IS NULL
"""


_FORGET_NAME: Final = "DELETE FROM members_verified WHERE member_id = %s"
_FORGET_PAYEE: Final = "DELETE FROM members_payee WHERE member_id = %s"
_FORGET_CLUSTER: Final = "DELETE FROM members_cluster WHERE member_id = %s"
_EMPTY_PAYOUTS: Final = "UPDATE treasury_payout SET payee = '' WHERE member_id = %s"
_EMPTY_TRANSFERS: Final = "UPDATE treasury_transfer SET payee = '' WHERE member_id = %s"
_FORGET_NOTES: Final = """
UPDATE payments_attempt SET note = ''
 WHERE note <> '' AND number IN (SELECT number FROM payments_attemptkey WHERE home_id = %s)
"""
_FORGET_TOKENS: Final = "DELETE FROM members_apitoken WHERE member_id = %s"
_FORGET_INVITATIONS: Final = """
UPDATE merchants_invitation
   SET phone = '', shown = '', ends_at = least(ends_at, clock_timestamp())
 WHERE phone IN (SELECT subject FROM members_identity WHERE member_id = %s AND issuer = 'phone')
"""
_FORGET_RELEASED: Final = "DELETE FROM members_releasedidentity WHERE member_id = %s"
_FORGET_RECOVERIES: Final = "DELETE FROM members_recovery WHERE member_id = %s"
"""Also those under way: what is gone cannot be given to anybody."""
_FORGET_MESSAGES: Final = "DELETE FROM members_message WHERE member_id = %s"
_EMPTY_APPLICATIONS: Final = """
UPDATE merchants_application
   SET state = 'declined', typed = '{}', name = '', phone = '', address = '', uscc = ''
 WHERE member_id = %s AND state <> 'approved'
"""
"""Of applications that opened no store nothing is kept; their pictures go with the next sweep."""
_LET_PICTURES_GO: Final = """
UPDATE merchants_document handed SET is_kept = false FROM merchants_application application
 WHERE handed.member_id = %s AND application.state <> 'approved'
   AND (application.member_id, application.id) = (handed.member_id, handed.application_id)
"""
_ALL: Final = (
    _CLOSE,
    _FORGET_INVITATIONS,
    _FORGET_CODES,
    _FORGET,
    _FORGET_LINK,
    _FORGET_NAME,
    _FORGET_PAYEE,
    _FORGET_CLUSTER,
    _FORGET_RELEASED,
    _FORGET_TOKENS,
    _FORGET_RECOVERIES,
    _FORGET_MESSAGES,
    _EMPTY_APPLICATIONS,
    _LET_PICTURES_GO,
    _FORGET_NOTES,
    _EMPTY_PAYOUTS,
    _EMPTY_TRANSFERS,
    _WITHDRAW,
)


class StillOpen(Exception):
    """Something of the member is open: nothing was changed."""

    def __init__(self, what: Open) -> None:
        """Keep what is open."""
        super().__init__(f"open: {what}")
        self.what = what


class NotGivenUp(Exception):
    """Rewards wait, or cash is left that is too little to withdraw: nothing was changed."""


def close_account(*, member: int, is_given_up: bool) -> None:
    """Close the account for good; raises `StillOpen`, `NotGivenUp`.

    Rewards are asked for before anybody is held off: the question looks at all orders that wait,
    and what comes later is given up with them.
    """
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        least = withdrawal_rules().least
        members = [member, *joined.others(cursor, member)]
        waiting = waiting_rewards(cursor, members=members)
        # Nobody records a payment or a sale of his between the look and the closing.
        locks.hold_forest(cursor)
        locks.hold_barrier(cursor)
        members = [member, *joined.others(cursor, member)]
        what = open_things(cursor, members=members, least=least)
        if not what.is_nothing:
            raise StillOpen(what)
        given_up = waiting + what.change
        if given_up and not is_given_up:
            raise NotGivenUp(f"{given_up} µ¥ would be given up")
        for one in members:
            for statement in _ALL:
                cursor.execute(statement, (one,))
        if given_up:
            consenting.give(cursor, member=member, purpose=papers.GIVEN_UP, version=str(given_up))
