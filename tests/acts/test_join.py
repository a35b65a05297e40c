"""Joining: bound once for ever, nobody his own ancestor, guests find what they paid for."""

import pytest

from gongxiang.acts.change_phone import PhoneTaken, change_phone
from gongxiang.acts.close_account import StillOpen, close_account
from gongxiang.acts.join import Joined, NoConsent, OwnCode, Proved, WouldMakeCycle, join
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.members import accounts
from gongxiang.members.bringers import Bringer
from gongxiang.members.guests import guest_of
from tests.acts import town
from tests.conftest import Database

AGREED = (("membership", "1"), ("personal_data", "1"))
BOUND = "SELECT referrer_id, via_store_id, is_introduced FROM members_member WHERE member_id = %s"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()


def proved(name: str, *, issuer: str = "phone") -> Proved:
    return Proved(issuer=issuer, subject=name, shown="138****0000")


def by_store(key: str) -> Bringer:
    owner = town.query(
        "SELECT owner_id FROM merchants_store WHERE store_id = %s", town.party(key, kind=2)
    )[0][0]
    return Bringer(referrer=owner, store=town.party(key, kind=2))


def joined(name: str, bringer: Bringer | None = None, *, issuer: str = "phone") -> int:
    return join(proved=proved(name, issuer=issuer), bringer=bringer, consents=AGREED).member


def test_who_scans_a_store_is_bound_to_its_owner_and_the_store() -> None:
    member = joined("ann", by_store("fang"))
    assert town.query(BOUND, member) == [(town.party("afang"), town.party("fang", kind=2), True)]
    assert town.query("SELECT purpose FROM members_consent WHERE member_id = %s", member) == [
        ("membership",),
        ("personal_data",),
    ]


def test_joining_again_changes_nothing() -> None:
    first = join(proved=proved("ann"), bringer=by_store("fang"), consents=AGREED)
    again = join(proved=proved("ann"), bringer=by_store("qing"), consents=AGREED)
    assert again == Joined(member=first.member, is_new=False)
    assert town.query(BOUND, first.member)[0][1] == town.party("fang", kind=2)


def test_sixty_four_scans_of_eight_codes_at_once_bind_once() -> None:
    bringers = [Bringer(referrer=joined(f"friend {number}"), store=None) for number in range(8)]
    before = town.query("SELECT count(*) FROM members_member")[0][0]
    answers = town.at_once(
        64, lambda place: join(proved=proved("ann"), bringer=bringers[place % 8], consents=AGREED)
    )
    assert all(isinstance(answer, Joined) for answer in answers)
    assert len({answer.member for answer in answers if isinstance(answer, Joined)}) == 1
    assert sum(answer.is_new for answer in answers if isinstance(answer, Joined)) == 1
    assert town.query("SELECT count(*) FROM members_member")[0][0] == before + 1


def test_nobody_joins_without_consent() -> None:
    with pytest.raises(NoConsent):
        join(proved=proved("ann"), bringer=None, consents=())
    assert accounts.whose(issuer="phone", subject="ann") is None


def test_the_same_subject_of_another_issuer_is_another_person() -> None:
    phone = join(proved=proved("7"), bringer=None, consents=AGREED).member
    wechat = join(proved=proved("7", issuer="wechat"), bringer=None, consents=AGREED).member
    assert phone != wechat


def test_a_guest_who_joins_keeps_his_orders_and_is_bound_for_later_ones() -> None:
    guest = guest_of(issuer="payer:wechat", subject="openid")
    assert guest_of(issuer="payer:wechat", subject="openid") == guest
    store = town.party("fang", kind=2)
    pay_at_store(key="g1", member=guest, store=store, amount_fen=10_000)
    assert joined("openid", by_store("fang"), issuer="wechat") == guest
    pay_at_store(key="g2", member=guest, store=store, amount_fen=10_000)
    directs = town.query(
        "SELECT direct_id FROM orders_order WHERE member_id = %s ORDER BY id", guest
    )
    assert directs == [(None,), (town.party("afang"),)]


def test_the_books_agree_after_guests_and_others_joined(
    database: Database,
) -> None:
    guest = guest_of(issuer="payer:wechat", subject="openid")
    pay_at_store(key="g1", member=guest, store=town.party("fang", kind=2), amount_fen=10_000)
    assert joined("openid", by_store("qing"), issuer="wechat") == guest
    joined("bob", by_store("fang"))
    town.settle_now()
    with town.books(database) as books:
        assert books.verdict() == ""
        assert sum('"claimed"' in line for line in books.lines()) == 1


def test_a_guest_is_claimed_by_his_payer_id_alone() -> None:
    guest = guest_of(issuer="payer:wechat", subject="openid")
    assert joined("openid") != guest
    assert joined("other", issuer="wechat") != guest
    assert joined("openid", issuer="wechat") == guest


def test_sixty_four_payments_of_one_new_payer_make_one_guest() -> None:
    answers = town.at_once(64, lambda _: guest_of(issuer="payer:wechat", subject="openid"))
    assert len(set(answers)) == 1


def test_nobody_recommends_himself_and_no_cycle_closes() -> None:
    guest = guest_of(issuer="payer:wechat", subject="openid")
    pay_at_store(key="g1", member=guest, store=town.party("fang", kind=2), amount_fen=10_000)
    below = joined("below", Bringer(referrer=guest, store=None))
    facts = town.query("SELECT count(*) FROM orders_fact")
    with pytest.raises(OwnCode):
        joined("openid", Bringer(referrer=guest, store=None), issuer="wechat")
    with pytest.raises(WouldMakeCycle):
        joined("openid", Bringer(referrer=below, store=None), issuer="wechat")
    assert town.query("SELECT count(*) FROM orders_fact") == facts
    assert accounts.whose(issuer="wechat", subject="openid") is None


def test_a_changed_phone_signs_in_and_the_old_one_does_not() -> None:
    member = joined("old")
    change_phone(member=member, subject="new", shown="139****0000")
    assert accounts.whose(issuer="phone", subject="old") is None
    assert accounts.whose(issuer="phone", subject="new") == member
    standing = accounts.standing(member=member)
    assert standing is not None
    assert standing.epoch == 1


def test_a_phone_of_another_account_is_refused() -> None:
    member = joined("ann")
    joined("bob")
    with pytest.raises(PhoneTaken):
        change_phone(member=member, subject="bob", shown="139****0000")
    assert accounts.whose(issuer="phone", subject="ann") == member


def test_an_account_with_something_open_is_not_closed_and_says_what() -> None:
    member = joined("ann")
    pay_at_store(key="p1", member=member, store=town.party("fang", kind=2), amount_fen=10_000)
    with pytest.raises(StillOpen) as refused:
        close_account(member=member, is_given_up=False)
    assert refused.value.what.orders == 1
    assert accounts.standing(member=member) is not None


def test_a_closed_account_forgets_who_it_was() -> None:
    member = joined("ann")
    close_account(member=member, is_given_up=False)
    assert accounts.standing(member=member) is None
    assert accounts.whose(issuer="phone", subject="ann") is None
    assert joined("ann") != member
