"""A channel's account is connected to a member: one person, and what a guest paid for is his.

Source: R2, I-20; design/ui/faces.md 12.1.
"""

import json

import pytest

from gongxiang.acts.change_phone import PhoneTaken, change_phone
from gongxiang.acts.close_account import close_account
from gongxiang.acts.connect_identity import IdentityTaken, connect_identity
from gongxiang.acts.join import Proved, join
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.members import accounts
from gongxiang.members.bringers import Bringer
from gongxiang.members.guests import guest_of
from gongxiang.queries import people
from gongxiang.web.member.own_data import own_data
from tests.acts import town
from tests.conftest import Database

AGREED = (("membership", "1"), ("personal_data", "1"))
CHANNELS = ("wechat", "alipay")


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town()


def joined(name: str, bringer: Bringer | None = None, *, issuer: str = "phone") -> int:
    proved = Proved(issuer=issuer, subject=name, shown="138****0000")
    return join(proved=proved, bringer=bringer, consents=AGREED).member


def paying_guest(issuer: str, subject: str = "payer", *, key: str = "g1") -> int:
    """Let somebody who has not joined pay 100.00 by a channel."""
    guest = guest_of(issuer=f"payer:{issuer}", subject=subject)
    pay_at_store(key=key, member=guest, store=town.party("fang", kind=2), amount_fen=10_000)
    return guest


def everything() -> list[tuple[object, ...]]:
    tables = ("identity", "account", "joinedaccount", "member", "consent", "message")
    rows = [town.query(f"SELECT * FROM members_{name} ORDER BY 1, 2") for name in tables]
    return [row for table in rows for row in table] + town.query("SELECT * FROM orders_fact")


@pytest.mark.parametrize("issuer", CHANNELS)
def test_a_connected_channel_signs_in_and_pays_as_the_member(issuer: str) -> None:
    ann = joined("ann")
    assert connect_identity(member=ann, issuer=issuer, subject="payer") == ann
    before = everything()
    assert connect_identity(member=ann, issuer=issuer, subject="payer") == ann
    assert everything() == before
    assert accounts.whose(issuer=issuer, subject="payer") == ann
    assert guest_of(issuer=f"payer:{issuer}", subject="payer") == ann
    told = town.query("SELECT kind FROM members_message WHERE member_id = %s", ann)
    assert told == [(f"{issuer}_connected",)]


@pytest.mark.parametrize("issuer", CHANNELS)
def test_what_a_guest_paid_for_is_claimed_and_no_book_moves(
    issuer: str, database: Database
) -> None:
    ann = joined("ann", Bringer(referrer=town.party("lin"), store=None))
    guest = paying_guest(issuer)
    assert connect_identity(member=ann, issuer=issuer, subject="payer") == ann
    assert [part.member for part in people.parts(member=ann)] == [ann, guest]
    bound = "SELECT referrer_id, is_introduced FROM members_member WHERE member_id = %s"
    assert town.query(bound, guest) == [(None, True)]
    assert town.query(bound, ann) == [(town.party("lin"), True)]
    agreed = "SELECT purpose, version FROM members_consent WHERE member_id = %s ORDER BY purpose"
    assert town.query(agreed, guest) == list(AGREED)
    town.set_clock("2026-12-01T12:00:00+08:00")
    town.settle_now()
    parts = people.parts(member=ann)
    assert (parts[1].points > 0, parts[1].vouchers > 0) == (True, True)
    with town.books(database) as books:
        assert books.verdict() == ""
        claims = [json.loads(line) for line in books.lines() if '"claimed"' in line]
    assert [(one["type"], one["referrer"]) for one in claims] == [("claimed", None)]


def test_the_message_of_a_claim_names_the_channel_and_the_own_data_has_the_order() -> None:
    ann = joined("ann")
    paying_guest("alipay")
    connect_identity(member=ann, issuer="alipay", subject="payer")
    told = town.query("SELECT kind, subject FROM members_message WHERE member_id = %s", ann)
    assert sorted(told) == [("accounts_joined", "支付宝"), ("alipay_connected", "")]
    data = json.dumps(own_data(member=ann), ensure_ascii=False)
    assert '"store": "阿芳小馆", "amount": 100000000' in data
    assert '{"issuer": "支付宝", "shown": "已连接"}' in data


def test_a_guest_joins_by_alipay_and_finds_what_he_paid_for() -> None:
    guest = paying_guest("alipay")
    assert joined("payer", issuer="wechat") != guest
    assert joined("payer", issuer="alipay") == guest
    assert guest_of(issuer="payer:alipay", subject="payer") == guest


def test_the_same_number_at_the_other_channel_is_somebody_else() -> None:
    ann = joined("ann")
    guest = paying_guest("wechat")
    connect_identity(member=ann, issuer="alipay", subject="payer")
    assert guest_of(issuer="payer:wechat", subject="payer") == guest
    assert people.parts(member=ann)[1:] == ()


def test_what_belongs_to_another_is_refused_and_nothing_changes() -> None:
    ann, bob = joined("ann"), joined("bob")
    connect_identity(member=ann, issuer="alipay", subject="payer")
    paying_guest("alipay", "second")
    before = everything()
    for member, subject in ((bob, "payer"), (ann, "second")):
        with pytest.raises(IdentityTaken):
            connect_identity(member=member, issuer="alipay", subject=subject)
    assert everything() == before


def test_a_closed_account_claims_nothing() -> None:
    ann = joined("ann")
    close_account(member=ann, is_given_up=True)
    paying_guest("alipay")
    before = everything()
    with pytest.raises(IdentityTaken):
        connect_identity(member=ann, issuer="alipay", subject="payer")
    assert everything() == before


def test_a_closed_or_joined_account_is_given_no_other_way_to_sign_in() -> None:
    """Whoever asked was signed in to it a moment before."""
    ann, bob, cat = joined("ann"), joined("bob"), joined("cat")
    assert join_accounts(one=ann, other=bob) == ann
    close_account(member=cat, is_given_up=True)
    before = everything()
    for member in (bob, cat):
        with pytest.raises(IdentityTaken):
            connect_identity(member=member, issuer="alipay", subject="payer")
        with pytest.raises(PhoneTaken):
            change_phone(member=member, subject="new", shown="139****0000")
    assert everything() == before


def test_a_phone_account_and_an_alipay_account_of_one_person_become_one_tree() -> None:
    lin = town.party("lin")
    above = joined("ann", Bringer(referrer=lin, store=None))
    guest = paying_guest("alipay")
    assert joined("payer", issuer="alipay") == guest
    kept = join_accounts(one=above, other=guest)
    assert {
        accounts.whose(issuer=issuer, subject=subject)
        for issuer, subject in (("phone", "ann"), ("alipay", "payer"))
    } == {kept}
    later = pay_at_store(
        key="g2",
        member=guest_of(issuer="payer:alipay", subject="payer"),
        store=town.party("fang", kind=2),
        amount_fen=10_000,
    ).number
    assert town.query("SELECT member_id FROM orders_order WHERE id = %s", later) == [(kept,)]
    assert accounts.proved_last(member=kept) is not None


def test_of_many_who_connect_one_payer_at_once_one_has_him_and_all_that_he_paid() -> None:
    people_here = [joined(f"person {number}") for number in range(8)]
    guest = paying_guest("alipay")

    def act(place: int) -> object:
        if place % 2:
            return paying_guest("alipay", key=f"more {place}")
        member = people_here[place // 2]
        return connect_identity(member=member, issuer="alipay", subject="payer")

    answers = town.at_once(16, act)
    refused = [one for one in answers if isinstance(one, IdentityTaken)]
    assert len(refused) == 7
    assert not any(isinstance(one, Exception) for one in answers if one not in refused)
    kept = guest_of(issuer="payer:alipay", subject="payer")
    assert kept in people_here
    assert [part.member for part in people.parts(member=kept)] == [kept, guest]
    paid = town.query(
        "SELECT count(*), array_agg(DISTINCT o.member_id) FROM orders_order o"
        " JOIN orders_fact f ON f.id = o.id WHERE f.key = 'g1' OR f.key ~ '^more'"
    )
    assert paid[0][0] == 9
    assert set(paid[0][1]) <= {kept, guest}


def test_a_payment_under_way_and_a_claim_at_once_lose_nothing() -> None:
    ann = joined("ann")
    answers = town.at_once(
        12,
        lambda place: (
            paying_guest("alipay", key=f"k{place}")
            if place
            else connect_identity(member=ann, issuer="alipay", subject="payer")
        ),
    )
    assert not [one for one in answers if isinstance(one, Exception)]
    his = {ann, *(part.member for part in people.parts(member=ann))}
    paid = town.query(
        "SELECT count(*), array_agg(DISTINCT o.member_id) FROM orders_order o"
        " JOIN orders_fact f ON f.id = o.id WHERE f.key ~ '^k[0-9]+$'"
    )
    assert paid[0][0] == 11
    assert set(paid[0][1]) <= his
