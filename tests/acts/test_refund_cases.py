"""Refunds after settlement: two officers, covered by the store, computed again at their place."""

import pytest

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.open_refund_case import (
    CaseExceedsOrder,
    CaseIsOpen,
    CaseKeyTaken,
    NotSettled,
    Opened,
    TooLate,
    open_refund_case,
)
from gongxiang.acts.review_refund_case import (
    CaseNotInReview,
    MakerIsChecker,
    ReasonMissing,
    review_refund_case,
)
from gongxiang.acts.sell_points import sell_points
from gongxiang.base.money import POINT
from gongxiang.economy import accounts
from gongxiang.ledger import raw
from gongxiang.settlement import cases
from gongxiang.settlement.cases import Case
from gongxiang.settlement.leaving import open_things
from gongxiang.settlement.trial import Trial, try_refund
from gongxiang.treasury.models import CaseState, Verdict
from tests.acts import town
from tests.conftest import Database
from tests.settlement.platforms import of_database, replayed, terms_with

FIRST_LOT = 112 * POINT
PAYS = 167_262_390
YUAN = 1_000_000


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town()


def order(key: str) -> int:
    return int(town.query("SELECT id FROM orders_fact WHERE key = %s", key)[0][0])


def asked(
    *, key: str = "k1", of: str = "o1", amount_fen: int = 100_000, who: str = "lin"
) -> Opened:
    return open_refund_case(
        key=key,
        member=town.party(who),
        order=order(of),
        amount_fen=amount_fen,
        reason="菜没有上",
        is_by_store=False,
    )


def decided(number: int, *, verdict: Verdict = Verdict.APPROVE, who: str = "lin") -> CaseState:
    member, state = town.party(who), CaseState.REVIEW
    for officer in ("小吴", "小郑"):
        state = review_refund_case(
            member=member, case=number, officer=officer, verdict=verdict, reason="看过小票"
        )
    return state


def trial(of: str, *, amount: int, who: str = "lin") -> Trial:
    with raw.cursor() as cursor:
        return try_refund(cursor, member=town.party(who), order=order(of), amount=amount)


def case(number: int, *, who: str = "lin") -> Case:
    with raw.cursor() as cursor:
        found = cases.one_case(cursor, member=town.party(who), case=number)
    assert found is not None
    return found


def owed(key: str) -> int:
    rows = town.query(
        "SELECT amount FROM ledger_balance WHERE party_id = %s AND account = %s",
        town.party(key, kind=2),
        accounts.STORE,
    )
    return int(rows[0][0])


def test_the_dry_run_names_who_pays_what_and_changes_nothing() -> None:
    before = town.query("SELECT money, circulating, step FROM points_pool")
    found = trial("o1", amount=1_000 * YUAN)
    # 112 points are worth 209.07 at the pair, above the 160.00 that went into the pool.
    assert (found.pool_pays, found.platform, found.store_owed) == (
        160 * YUAN,
        20 * YUAN,
        1_600 * YUAN,
    )
    assert found.pool_pays + found.platform + found.unspent + found.store_pays == found.amount
    assert (found.kept, found.to_channel, found.to_cash) == (0, 1_000 * YUAN, 0)
    assert (found.points_burned, found.points_sold, found.vouchers) == (
        FIRST_LOT,
        0,
        2_000 * YUAN,
    )
    assert found.is_covered
    assert town.query("SELECT money, circulating, step FROM points_pool") == before


def test_sold_points_are_kept_back_in_whole_fen_and_the_rest_is_cash() -> None:
    sell_points(key="s1", member=town.party("lin"), points=FIRST_LOT, shown_net=PAYS)
    town.settle_now()
    found = trial("o1", amount=1_000 * YUAN)
    # 167.262390 were paid out: 832.737610 are left, 832.73 of it go through the channel.
    assert (found.kept, found.to_channel, found.to_cash) == (PAYS, 832_730_000, 7_610)


def test_a_case_passes_two_officers_and_its_place_and_the_books_agree(database: Database) -> None:
    sell_points(key="s1", member=town.party("lin"), points=FIRST_LOT, shown_net=PAYS)
    town.settle_now()
    before, cash = owed("fang"), town.balance("lin", accounts.CASH)
    found = trial("o1", amount=1_000 * YUAN)
    number = asked().number
    assert decided(number) is CaseState.PLACED
    assert advance_refund_cases() == 0
    town.settle_now()
    assert advance_refund_cases() == 1
    assert case(number).state is CaseState.GRANTED
    assert (case(number).sent, case(number).word) == (832_730_000, "已退回")
    assert owed("fang") == before - found.store_pays
    assert town.balance("lin", accounts.CASH) == cash + found.to_cash
    with town.books(database) as books:
        assert books.verdict() == ""
        lines = books.lines()
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()


def test_a_reward_of_the_members_own_other_account_comes_out_of_his_refund(
    database: Database,
) -> None:
    before = trial("o1", amount=1_000 * YUAN)
    assert before.returned == 0
    town.be_one_person("lin", "afang")
    found = trial("o1", amount=1_000 * YUAN)
    # 阿芳 brought lin: 0.3 % of 1,000.00 is the reward that is the same person's.
    assert (found.returned, found.to_channel) == (3 * YUAN, 997 * YUAN)
    assert found.store_pays == before.store_pays - 3 * YUAN
    cash, owes = town.balance("afang", accounts.CASH), owed("fang")
    number = asked().number
    assert decided(number) is CaseState.PLACED
    town.settle_now()
    advance_refund_cases()
    assert case(number).sent == 997 * YUAN
    assert town.balance("afang", accounts.CASH) == cash
    assert owed("fang") == owes - found.store_pays
    with town.books(database) as books:
        assert books.verdict() == ""
        lines = books.lines()
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()


def test_a_case_that_waits_for_its_place_replays_to_where_the_platform_then_stands(
    database: Database,
) -> None:
    assert decided(asked().number) is CaseState.PLACED
    with town.books(database) as books:
        assert books.verdict() == ""
        lines = books.lines()
    town.settle_now()
    assert replayed(lines, terms=terms_with({"window": 86_400})) == of_database()


def test_a_store_that_is_owed_too_little_makes_the_case_wait_until_it_earned_it() -> None:
    # 青禾眼镜 is owed 800.00, and rewards that stay fall on it: of 1,000.00 it could not pay all.
    assert trial("o3", amount=1_000 * YUAN).lacks == 43_558_436
    for_debt(800 * YUAN)
    number = asked(of="o3", amount_fen=50_000).number
    assert decided(number) is CaseState.FUNDS
    assert case(number).word == "等店家补款"
    assert town.query("SELECT count(*) FROM orders_fact WHERE kind = 8") == [(0,)]
    for_debt(-800 * YUAN)
    town.query("UPDATE treasury_refundcase SET next_at = '2026-11-01T00:00:00Z'")
    assert advance_refund_cases() == 1
    assert case(number).state is CaseState.PLACED


def for_debt(amount: int) -> None:
    """Take something from what 青禾眼镜 is owed, beside the books."""
    town.query(
        "UPDATE ledger_balance SET amount = amount - %s WHERE party_id = %s AND account = %s",
        amount,
        town.party("qing", kind=2),
        accounts.STORE,
    )


def test_what_is_not_covered_at_its_place_is_refused_there_and_tried_again_under_a_new_fact(
    database: Database,
) -> None:
    number = asked(of="o3", amount_fen=50_000).number
    assert decided(number) is CaseState.PLACED
    for_debt(800 * YUAN)
    pool = town.query("SELECT money, circulating, step FROM points_pool")
    town.settle_now()
    refund = town.query("SELECT refund_id FROM treasury_refundcase WHERE id = %s", number)[0][0]
    assert town.outcomes(refund) == [(False, "store", 0)]
    assert town.query("SELECT money, circulating, step FROM points_pool") == pool
    assert advance_refund_cases() == 1
    assert case(number).state is CaseState.FUNDS
    for_debt(-800 * YUAN)
    town.query("UPDATE treasury_refundcase SET next_at = '2026-11-01T00:00:00Z'")
    advance_refund_cases()
    town.settle_now()
    advance_refund_cases()
    assert case(number).state is CaseState.GRANTED
    with town.books(database) as books:
        # The first refusal is nothing that the history gives: the debt was made beside it.
        assert "outcome" in books.verdict()


def test_one_order_is_asked_for_once_a_key_and_once_at_a_time() -> None:
    first = asked()
    assert asked() == Opened(number=first.number, is_new=False)
    with pytest.raises(CaseKeyTaken):
        asked(amount_fen=1)
    with pytest.raises(CaseIsOpen):
        asked(key="k2", amount_fen=1)
    assert decided(first.number, verdict=Verdict.DECLINE) is CaseState.DECLINED
    assert asked(key="k2", amount_fen=1).is_new


def test_64_cases_of_one_order_at_once_are_one() -> None:
    found = town.at_once(64, lambda place: asked(key=f"k{place}"))
    opened = [one for one in found if isinstance(one, Opened)]
    assert [one.is_new for one in opened] == [True]
    assert sum(isinstance(one, CaseIsOpen) for one in found) == 63


def test_64_reviews_at_once_place_one_refund() -> None:
    number = asked().number

    def review(place: int) -> CaseState:
        return review_refund_case(
            member=town.party("lin"),
            case=number,
            officer=f"officer-{place}",
            verdict=Verdict.APPROVE,
            reason="看过小票",
        )

    found = town.at_once(64, review)
    assert found.count(CaseState.PLACED) == 1
    assert town.query("SELECT count(*) FROM orders_fact WHERE kind = 8") == [(1,)]


def test_no_more_is_asked_than_is_left_after_settled_cases() -> None:
    with pytest.raises(CaseExceedsOrder) as refusal:
        asked(amount_fen=100_001)
    assert refusal.value.left_fen == 100_000
    decided(asked(amount_fen=60_000).number)
    town.settle_now()
    advance_refund_cases()
    with pytest.raises(CaseExceedsOrder) as refusal:
        asked(key="k2", amount_fen=40_001)
    assert refusal.value.left_fen == 40_000
    assert asked(key="k2", amount_fen=40_000).is_new


def test_an_order_in_its_window_and_one_of_long_ago_are_no_cases() -> None:
    with pytest.raises(NotSettled):
        asked(of="o99", amount_fen=100)
    town.set_clock("2027-05-20T11:41:00+08:00")
    assert asked(amount_fen=100).is_new
    town.set_clock("2027-05-20T18:06:00+08:00")
    with pytest.raises(TooLate) as refusal:
        asked(key="k3", of="o3", amount_fen=100)
    assert refusal.value.days == 180


def test_an_open_case_is_named_before_an_account_is_closed() -> None:
    number = asked().number
    with raw.cursor() as cursor:
        assert open_things(cursor, members=[town.party("lin")], least=0).cases == 1
    decided(number, verdict=Verdict.DECLINE)
    with raw.cursor() as cursor:
        assert open_things(cursor, members=[town.party("lin")], least=0).cases == 0


def test_one_officer_is_not_enough_and_each_says_why() -> None:
    member, number = town.party("lin"), asked().number

    def review(officer: str, verdict: Verdict, reason: str = "看过小票") -> CaseState:
        return review_refund_case(
            member=member, case=number, officer=officer, verdict=verdict, reason=reason
        )

    with pytest.raises(ReasonMissing):
        review("小吴", Verdict.APPROVE, " ")
    assert review("小吴", Verdict.APPROVE) is CaseState.REVIEW
    with pytest.raises(MakerIsChecker):
        review("小吴", Verdict.APPROVE)
    assert review("小郑", Verdict.DECLINE) is CaseState.REVIEW
    assert case(number).maker == ""
    assert review("小郑", Verdict.DECLINE) is CaseState.REVIEW
    assert review("小吴", Verdict.DECLINE) is CaseState.DECLINED
    with pytest.raises(CaseNotInReview):
        review("小郑", Verdict.DECLINE)
    assert (case(number).maker, case(number).checker) == ("小郑", "小吴")
