"""A browser's client that is signed in as a member of the town."""

from django.test import Client

from gongxiang.members import accounts
from tests.acts import town


def signed_in(key: str) -> Client:
    """Give a client with a session of the member, his account opened."""
    member = town.party(key)
    town.query(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
        " VALUES (%s, %s, %s, 1, clock_timestamp()) ON CONFLICT DO NOTHING",
        member,
        key,
        f"code{member}",
    )
    return client_of(member)


def client_of(member: int) -> Client:
    """Give a client with a session of somebody who has an account, just proved."""
    standing = accounts.standing(member=member)
    assert standing is not None
    client = Client(raise_request_exception=True)
    session = client.session
    session["member"], session["member_epoch"] = member, standing.epoch
    session["member_proved_at"] = standing.now
    session.save()
    return client
