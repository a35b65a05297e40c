"""Who a member is and where his cash goes: verified, sealed, his own, forgotten when he leaves."""

import json
import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.test import override_settings

from gongxiang.acts.close_account import close_account
from gongxiang.acts.name_payee import NotVerifiedYet, NoWechat, UnreadableAccount, name_payee
from gongxiang.acts.sell_points import DayLimitReached, sell_points
from gongxiang.acts.verify_identity import AnotherPerson, NoSuchPerson, verify_identity
from gongxiang.acts.withdraw import WithdrawsTooMuchToday, withdraw
from gongxiang.acts.withdraw_consent import withdraw_consent
from gongxiang.base.money import POINT
from gongxiang.members import documents, papers, sealed, verification
from gongxiang.orders.facts import Recorded
from gongxiang.payments.provider import Provider
from gongxiang.queries import payees
from gongxiang.sandbox.verify import Registry
from tests.acts import town
from tests.conftest import Database

DOCUMENT = "11010519491231002X"
OTHER = "110101199003070011"
PIECES = 20
"""In so many pieces a person sells what a day allows."""
TABLES = ("members_verified", "members_payee", "members_cluster")


@pytest.fixture(autouse=True)
def _gateway(database: Database) -> Iterator[None]:
    assert database.name
    with Registry(("127.0.0.1", 0), key="secret") as registry:
        threading.Thread(target=registry.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{registry.server_address[1]}/checks"
        with override_settings(VERIFY_URL=url, VERIFY_KEY="secret"):
            town.open_town(settings=("window=86400", "sale_limit=1000"))
            for table in TABLES:
                town.query(f"DELETE FROM {table}")
            for key in ("lin", "zhou"):
                town.query(
                    "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
                    " VALUES (%s, '', %s, 0, now()) ON CONFLICT DO NOTHING",
                    town.party(key),
                    key,
                )
            yield
        registry.shutdown()


def verify(key: str = "lin", name: str = "林小满", document: str = DOCUMENT) -> None:
    verify_identity(member=town.party(key), name=name, document=document)


def counts() -> list[int]:
    return [town.query(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def test_what_was_verified_is_sealed_and_shown_masked() -> None:
    verify()
    kept = town.query("SELECT name, document, shown_name, shown_document FROM members_verified")[0]
    assert kept[2:] == ("林*满", "110*************2X")
    assert sealed.unseal(purpose=sealed.NAME, sealed=kept[0]) == "林小满"
    assert sealed.unseal(purpose=sealed.DOCUMENT, sealed=kept[1]) == DOCUMENT
    with pytest.raises(sealed.Unreadable):
        sealed.unseal(purpose=sealed.NAME, sealed=kept[1])
    everything = repr(town.query("SELECT * FROM members_verified"))
    assert DOCUMENT not in everything
    assert "林小满" not in everything
    assert town.query("SELECT purpose FROM members_consent WHERE purpose = 'identity'") == [
        ("identity",)
    ]


def test_what_does_not_fit_is_refused_and_nothing_kept() -> None:
    with pytest.raises(NoSuchPerson):
        verify(name="不符")
    with pytest.raises(documents.UnreadableDocument):
        verify(document="110105194912310021")
    with override_settings(VERIFY_KEY="another"), pytest.raises(verification.NotAnswered):
        verify()
    with override_settings(VERIFY_URL=""), pytest.raises(verification.NotAnswered):
        verify()
    assert counts() == [0, 0, 0]


def test_an_account_is_one_persons_and_a_person_may_have_several() -> None:
    verify()
    with pytest.raises(AnotherPerson):
        verify(document=OTHER)
    verify("zhou")
    assert counts() == [2, 0, 2]
    assert town.query("SELECT count(DISTINCT cluster) FROM members_cluster") == [(1,)]


def test_cash_goes_to_an_account_of_ones_own() -> None:
    lin = town.party("lin")
    with pytest.raises(NotVerifiedYet):
        name_payee(member=lin, provider=Provider.ALIPAY, account="13800000012")
    verify()
    with pytest.raises(NoWechat):
        name_payee(member=lin, provider=Provider.WECHAT)
    with pytest.raises(UnreadableAccount):
        name_payee(member=lin, provider=Provider.ALIPAY, account="nobody")
    name_payee(member=lin, provider=Provider.ALIPAY, account="13800000012")
    assert payees.own(member=lin).account == "支付宝 138****0012"
    town.query(
        "INSERT INTO members_identity (issuer, subject, member_id, shown, proved_at)"
        " VALUES ('wechat', 'oLin', %s, '微信', now())",
        lin,
    )
    name_payee(member=lin, provider=Provider.WECHAT)
    own = payees.own(member=lin)
    assert (own.shown_name, own.provider, own.account) == ("林*满", "wechat", "微信零钱")


def test_leaving_forgets_the_person(admin: psycopg.Connection) -> None:
    verify("zhou")
    zhou = town.party("zhou")
    name_payee(member=zhou, provider=Provider.ALIPAY, account="13800000012")
    admin.execute("SET session_replication_role = replica")
    for table in ("points_lot", "orders_order"):
        admin.execute(f"DELETE FROM {table} WHERE member_id = {zhou}".encode())
    town.query("UPDATE ledger_balance SET amount = 0 WHERE party_id = %s", zhou)
    assert counts() == [1, 1, 1]
    close_account(member=zhou, is_given_up=False)
    assert counts() == [0, 0, 0]


def test_an_account_named_while_its_consent_is_taken_back_goes_with_it(
    admin: psycopg.Connection,
) -> None:
    """Who names it is held at its last statement, until the other is held as well."""
    verify()
    lin = town.party("lin")
    acts = (
        lambda: name_payee(member=lin, provider=Provider.ALIPAY, account="13800000012"),
        lambda: withdraw_consent(member=lin, purpose=papers.IDENTITY),
    )
    admin.autocommit = False
    admin.execute("LOCK TABLE members_consent IN SHARE MODE")

    def act(place: int) -> None:
        if place == len(acts):
            held(len(acts))
            admin.rollback()
        else:
            held(place)
            acts[place]()

    assert town.at_once(len(acts) + 1, act) == [None, None, None]
    assert town.query("SELECT count(*) FROM members_payee") == [(0,)]


def held(count: int) -> None:
    """Come back as soon as so many wait for a lock of this database."""
    waiting = (
        "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND datname = current_database()"
    )
    while town.query(waiting)[0][0] < count:
        pass


def test_the_limit_of_a_day_is_the_persons_whatever_account_he_uses() -> None:
    verify()
    verify("zhou")
    circulating = town.query("SELECT circulating FROM points_pool")[0][0]
    most = int(circulating) // 10
    lin, zhou = town.party("lin"), town.party("zhou")
    first = min(most, 112 * POINT)
    sell_points(key="a", member=lin, points=first, shown_net=None)
    with pytest.raises(DayLimitReached) as refusal:
        sell_points(key="b", member=zhou, points=most - first + 1, shown_net=None)
    assert refusal.value.most == most - first


def test_two_accounts_at_once_do_not_pass_the_limit_together() -> None:
    """64 at once sell two lots of one person in pieces, at the limit, while it is settled."""
    verify()
    verify("zhou")
    most = int(town.query("SELECT circulating FROM points_pool")[0][0]) // 10
    each = most // PIECES
    members = (town.party("lin"), town.party("zhou"))

    def act(place: int) -> Recorded | None:
        if place % 16 == 15:
            town.settle_now()
            return None
        member = members[place % 2]
        return sell_points(key=f"k{place}", member=member, points=each, shown_net=None)

    found = town.at_once(64, act)
    town.settle_now()
    recorded = [one for one in found if isinstance(one, Recorded)]
    refused = [one for one in found if isinstance(one, DayLimitReached)]
    assert len(recorded) + len(refused) == 60, found
    ((sold, sellers),) = town.query(
        "SELECT sum(points), count(DISTINCT member_id) FROM points_sale"
        "  JOIN orders_outcome ON fact_id = id WHERE is_accepted"
    )
    assert sold == each * len(recorded)
    # Who sells while others are settled has a little less: what was sold circulates no more.
    assert most * 9 // 10 - each <= sold <= most
    assert sellers == 2
    with pytest.raises(DayLimitReached):
        sell_points(key="more", member=members[0], points=each, shown_net=None)


def test_a_day_has_its_most_and_tax_is_kept_back_where_it_is_switched_on(
    admin: psycopg.Connection,
) -> None:
    verify()
    lin = town.party("lin")
    name_payee(member=lin, provider=Provider.ALIPAY, account="13800000012")
    sell_points(key="s", member=lin, points=25 * POINT, shown_net=None)
    town.settle_now()
    settings = ["withdrawal_day_max=30000000", "tax_withheld=on", "tax_free=10000000"]
    admin.execute("SET session_replication_role = replica")
    admin.execute(
        "UPDATE governance_ruleversion SET settings = settings || %s::jsonb",
        [json.dumps(settings)],
    )
    number = withdraw(key="w1", member=lin, amount_fen=2_500).number
    assert town.query("SELECT tax FROM treasury_payout WHERE withdrawal_id = %s", number) == [
        (3_000_000,)
    ]
    with pytest.raises(WithdrawsTooMuchToday) as refusal:
        withdraw(key="w2", member=lin, amount_fen=501)
    assert refusal.value.most == 5_000_000
    withdraw(key="w3", member=lin, amount_fen=500)
