"""Two accounts of one person: one to sign in to, nothing lost, nothing moved in the books."""

import pytest

from gongxiang.acts.change_staff import change_staff
from gongxiang.acts.close_account import StillOpen, close_account
from gongxiang.acts.join import Proved, join
from gongxiang.acts.join_accounts import NotTwoAccounts, join_accounts
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.sell_points import sell_points
from gongxiang.base.money import POINT
from gongxiang.members.bringers import Bringer
from gongxiang.queries import people
from gongxiang.rulebook.load import load_terms
from tests.acts import town
from tests.conftest import Database
from tests.settlement import platforms
from tests.web.signed import signed_in

AGREED = (("membership", "1"),)


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    assert database.name
    town.open_town()
    for key in ("lin", "zhou", "afang"):
        signed_in(key)
        known(key, "phone")


def known(key: str, issuer: str) -> None:
    town.query(
        "INSERT INTO members_identity (issuer, subject, member_id, shown, proved_at)"
        " VALUES (%s, %s, %s, %s, clock_timestamp())",
        issuer,
        key,
        town.party(key),
        f"{issuer} of {key}",
    )


def books() -> list[tuple[object, ...]]:
    return [
        *town.query("SELECT * FROM ledger_balance ORDER BY party_id, account"),
        *town.query("SELECT * FROM points_lot ORDER BY member_id, id"),
        *town.query("SELECT * FROM members_member ORDER BY member_id"),
        *town.query("SELECT * FROM orders_fact ORDER BY id"),
    ]


def whose(subject: str) -> int:
    (member,) = town.query("SELECT member_id FROM members_identity WHERE subject = %s", subject)[0]
    return int(member)


def test_nothing_in_the_books_moves_and_both_proofs_lead_to_one() -> None:
    before = books()
    kept = join_accounts(one=town.party("zhou"), other=town.party("lin"))
    assert kept == town.party("lin")
    assert books() == before
    assert {whose("zhou"), whose("lin")} == {kept}
    parts = people.parts(member=kept)
    assert [part.member for part in parts] == [kept, town.party("zhou")]
    assert parts[1].cash == town.balance("zhou", 108)


def test_kept_is_who_stands_above_whatever_the_order_of_the_proofs() -> None:
    assert join_accounts(one=town.party("lin"), other=town.party("zhou")) == town.party("lin")
    assert join_accounts(one=town.party("zhou"), other=town.party("lin")) == town.party("lin")
    assert len(town.query("SELECT * FROM members_joinedaccount")) == 1


def test_a_third_account_follows_and_all_lead_to_the_last_head() -> None:
    join_accounts(one=town.party("lin"), other=town.party("zhou"))
    kept = join_accounts(one=town.party("lin"), other=town.party("afang"))
    leads = town.query("SELECT DISTINCT into_id FROM members_joinedaccount")
    assert leads == [(kept,)]
    assert {whose(key) for key in ("lin", "zhou", "afang")} == {kept}


def test_what_the_other_holds_is_sold_as_before_and_a_replay_is_equal(database: Database) -> None:
    join_accounts(one=town.party("lin"), other=town.party("zhou"))
    pay_at_store(
        key="after", member=whose("zhou"), store=town.party("fang", kind=2), amount_fen=10_000
    )
    before = town.balance("zhou", 108)
    sell_points(key="of-zhou", member=town.party("zhou"), points=POINT, shown_net=None)
    town.settle_now()
    assert town.balance("zhou", 108) > before
    with town.books(database) as told:
        assert told.verdict() == ""
        lines = told.lines()
    terms = load_terms(preset="seed-1", settings=town.WINDOW)
    assert platforms.replayed(lines, terms=terms) == platforms.of_database()


def test_who_comes_by_the_others_link_is_bound_to_the_one_that_is_kept() -> None:
    kept = join_accounts(one=town.party("lin"), other=town.party("zhou"))
    new = join(
        proved=Proved(issuer="phone", subject="new", shown="138****0000"),
        bringer=Bringer(referrer=town.party("zhou"), store=None),
        consents=AGREED,
    ).member
    bound = "SELECT referrer_id FROM members_member WHERE member_id = %s"
    assert town.query(bound, new) == [(kept,)]


def test_closing_names_what_the_joined_account_still_holds() -> None:
    fresh = join(
        proved=Proved(issuer="phone", subject="new", shown="138****0000"),
        bringer=None,
        consents=AGREED,
    ).member
    town.query("UPDATE members_account SET opened_at = '2026-01-01' WHERE member_id = %s", fresh)
    assert join_accounts(one=town.party("zhou"), other=fresh) == fresh
    with pytest.raises(StillOpen) as refused:
        close_account(member=fresh, is_given_up=False)
    assert refused.value.what.points == town.balance("zhou", 203)
    assert town.query("SELECT count(*) FROM members_account WHERE closed_at IS NOT NULL") == [(0,)]


def test_one_account_or_a_closed_one_is_not_joined() -> None:
    lin, zhou = town.party("lin"), town.party("zhou")
    with pytest.raises(NotTwoAccounts):
        join_accounts(one=lin, other=lin)
    town.query("UPDATE members_account SET closed_at = opened_at WHERE member_id = %s", zhou)
    with pytest.raises(NotTwoAccounts):
        join_accounts(one=lin, other=zhou)
    assert town.query("SELECT * FROM members_joinedaccount") == []


def test_of_many_at_once_one_joins() -> None:
    lin, zhou = town.party("lin"), town.party("zhou")
    found = town.at_once(
        8, lambda place: join_accounts(one=(lin, zhou)[place % 2], other=(zhou, lin)[place % 2])
    )
    assert found == [lin] * 8
    assert town.query("SELECT member_id, into_id FROM members_joinedaccount") == [(zhou, lin)]


def test_a_role_of_the_joined_account_ends_the_sessions_of_who_signs_in() -> None:
    """A session counts by the head's epoch, whichever of his accounts works in the store."""
    lin, zhou, store = town.party("lin"), town.party("zhou"), town.party("fang", kind=2)
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', now())",
        store,
        zhou,
    )
    join_accounts(one=lin, other=zhou)
    query = "SELECT member_id, epoch FROM members_account WHERE member_id = ANY(%s) ORDER BY 1"
    before = dict(town.query(query, [lin, zhou]))
    change_staff(store=store, by=town.party("afang"), member=zhou, role=None)
    after = dict(town.query(query, [lin, zhou]))
    assert (after[lin] - before[lin], after[zhou] - before[zhou]) == (1, 1)
