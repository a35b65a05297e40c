"""The mall's sums are exact: vouchers, rebate, profit, refunds."""

from dataclasses import replace

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from gongxiang.base.money import FEN, YUAN, share
from gongxiang.economy.mall import (
    Costs,
    GoodsBelowMargin,
    ProfitSplit,
    Purchase,
    RefundExceedsGoods,
    Use,
    VoucherLot,
    VouchersExceedLimit,
    buy,
    profit,
    rebate,
    rebate_of_vouchers,
    refund,
    require_margin,
    reward_base,
    split_profit,
    vouchers_max,
)
from gongxiang.economy.split import split
from gongxiang.economy.voucher import vouchers
from gongxiang.rulebook.budget import budget_of
from gongxiang.rulebook.load import load_terms

TERMS = load_terms(preset="seed-1")
LOTS = (
    VoucherLot(order="o1", store="s1", left=300 * YUAN),
    VoucherLot(order="o2", store="s2", left=500 * YUAN),
    VoucherLot(order="o3", store="s1", left=1_200 * YUAN),
)
COSTS = Costs(goods=1_000 * YUAN, shipping=20 * YUAN, channel_fee=12 * YUAN, tax=0)

FENS = st.integers(min_value=1, max_value=10**9).map(lambda fen: fen * FEN)


@st.composite
def purchases(draw: st.DrawFn) -> Purchase:
    """Draw goods paid with vouchers of some lots and cash."""
    lots = [
        VoucherLot(
            order=order, store=draw(st.sampled_from("abc")), left=draw(st.integers(0, 10**15))
        )
        for order in range(draw(st.integers(0, 5)))
    ]
    list_price = draw(FENS)
    held = sum(lot.left for lot in lots)
    most = min(vouchers_max(list_price=list_price, terms=TERMS), held)
    amount = draw(st.integers(0, most // FEN)) * FEN
    return buy(list_price=list_price, vouchers=amount, lots=lots, terms=TERMS)


def test_the_worked_case_a_store_that_gave_1000_has_1200() -> None:
    spend = 1_000 * YUAN
    received = split(spend, commission_rate=2_000, terms=TERMS).merchant
    earned = vouchers(spend, commission_rate=2_000, terms=TERMS)
    assert (received, earned) == (800 * YUAN, 2_000 * YUAN)
    lot = VoucherLot(order="o", store="s", left=earned)
    purchase = buy(list_price=4_000 * YUAN, vouchers=earned, lots=[lot], terms=TERMS)
    assert (purchase.vouchers, purchase.cash) == (2_000 * YUAN, 2_000 * YUAN)
    given_back = rebate(purchase=purchase, terms=TERMS)
    assert given_back == {"s": 400 * YUAN}
    assert received + given_back["s"] == 1_200 * YUAN


def test_vouchers_are_used_oldest_lots_first() -> None:
    purchase = buy(list_price=2_000 * YUAN, vouchers=900 * YUAN, lots=LOTS, terms=TERMS)
    assert purchase.uses == (
        Use(order="o1", store="s1", amount=300 * YUAN),
        Use(order="o2", store="s2", amount=500 * YUAN),
        Use(order="o3", store="s1", amount=100 * YUAN),
    )
    assert purchase.cash == 1_100 * YUAN


def test_the_rebate_goes_to_stores_by_the_vouchers_that_were_used() -> None:
    purchase = buy(list_price=2_000 * YUAN, vouchers=900 * YUAN, lots=LOTS, terms=TERMS)
    # 220 yuan of 1,100 in cash, by 300 : 500 : 100; the largest remainders get the last µ¥.
    assert rebate(purchase=purchase, terms=TERMS) == {"s1": 97_777_778, "s2": 122_222_222}


def test_without_vouchers_there_is_no_rebate() -> None:
    purchase = buy(list_price=50 * YUAN, vouchers=0, lots=LOTS, terms=TERMS)
    assert (purchase.cash, purchase.uses) == (50 * YUAN, ())
    assert rebate(purchase=purchase, terms=TERMS) == {}


@pytest.mark.parametrize("amount", [1_000 * YUAN + FEN, 1, FEN - 1, -FEN, 2_000 * YUAN])
def test_vouchers_that_are_too_many_or_no_whole_fen_are_refused(amount: int) -> None:
    with pytest.raises(VouchersExceedLimit, match="use whole fen, at most 1000000000"):
        buy(list_price=2_000 * YUAN, vouchers=amount, lots=LOTS, terms=TERMS)


def test_vouchers_that_are_not_there_are_refused() -> None:
    with pytest.raises(VouchersExceedLimit, match="at most 2000000000"):
        buy(list_price=8_000 * YUAN, vouchers=2_000 * YUAN + FEN, lots=LOTS, terms=TERMS)


def test_a_voucher_debt_is_netted_from_what_can_be_used() -> None:
    lots = (VoucherLot(order="o0", store="s0", left=-1_900 * YUAN), *LOTS)
    with pytest.raises(VouchersExceedLimit, match="at most 100000000"):
        buy(list_price=2_000 * YUAN, vouchers=101 * YUAN, lots=lots, terms=TERMS)
    purchase = buy(list_price=2_000 * YUAN, vouchers=100 * YUAN, lots=lots, terms=TERMS)
    assert purchase.uses == (Use(order="o1", store="s1", amount=100 * YUAN),)


def test_half_of_an_odd_price_is_cut_to_the_fen() -> None:
    assert vouchers_max(list_price=3 * FEN, terms=TERMS) == FEN


def test_the_profit_is_cash_less_everything_it_cost() -> None:
    purchase = buy(list_price=4_000 * YUAN, vouchers=2_000 * YUAN, lots=LOTS, terms=TERMS)
    assert profit(purchase=purchase, costs=COSTS, terms=TERMS) == (2_000 - 1_032 - 400) * YUAN


def test_a_profit_is_split_80_10_10() -> None:
    assert split_profit(profit=568 * YUAN, terms=TERMS) == ProfitSplit(
        inflow=454_400_000, platform=56_800_000, budget=56_800_000
    )


def test_of_equal_remainders_the_platform_has_the_first() -> None:
    assert split_profit(profit=5, terms=TERMS) == ProfitSplit(inflow=4, platform=1, budget=0)


def test_a_loss_is_the_platforms() -> None:
    assert split_profit(profit=-7, terms=TERMS) == ProfitSplit(inflow=0, platform=-7, budget=0)


def test_the_reward_base_is_five_times_the_profit() -> None:
    divided = split_profit(profit=568 * YUAN, terms=TERMS)
    base = reward_base(split=divided, terms=TERMS)
    assert base == 5 * 568 * YUAN
    assert share(base, TERMS.distribution_rate) == divided.budget


def test_without_a_distribution_rate_nobody_is_rewarded() -> None:
    divided = split_profit(profit=568 * YUAN, terms=TERMS)
    assert reward_base(split=divided, terms=replace(TERMS, distribution_rate=0)) == 0


@given(loss_or_profit=st.integers(-(10**15), 10**15), rate=st.integers(130, 5_000))
def test_a_split_profit_sums_exactly_and_rewards_stay_in_its_budget(
    loss_or_profit: int, rate: int
) -> None:
    terms = replace(TERMS, distribution_rate=rate)
    divided = split_profit(profit=loss_or_profit, terms=terms)
    assert divided.inflow + divided.platform + divided.budget == loss_or_profit
    assert divided.inflow >= 0
    base = reward_base(split=divided, terms=terms)
    assert 0 <= share(base, budget_of(terms=terms).worst) <= divided.budget


@given(purchase=purchases())
def test_a_rebate_is_a_fifth_of_the_cash_to_the_last_unit(purchase: Purchase) -> None:
    stores = rebate(purchase=purchase, terms=TERMS)
    assert sum(stores.values()) == (share(purchase.cash, 2_000) if purchase.uses else 0)
    assert all(part >= 0 for part in stores.values())
    assert purchase.cash % FEN == 0
    assert purchase.vouchers <= purchase.cash + FEN


def test_a_refund_of_half_gives_back_half_of_each() -> None:
    purchase = buy(list_price=2_000 * YUAN, vouchers=900 * YUAN, lots=LOTS, terms=TERMS)
    rebates = rebate(purchase=purchase, terms=TERMS)
    half = refund(purchase=purchase, rebates=rebates, amount=1_000 * YUAN, terms=TERMS)
    assert half.cash == 550 * YUAN
    assert half.returned == (
        Use(order="o3", store="s1", amount=100 * YUAN),
        Use(order="o2", store="s2", amount=350 * YUAN),
    )
    assert half.rest.uses == (
        Use(order="o1", store="s1", amount=300 * YUAN),
        Use(order="o2", store="s2", amount=150 * YUAN),
    )
    assert half.rebate_back == {"s1": 48_888_889, "s2": 61_111_111}


def test_a_refund_before_settlement_takes_no_rebate_from_anybody() -> None:
    purchase = buy(list_price=2_000 * YUAN, vouchers=900 * YUAN, lots=LOTS, terms=TERMS)
    assert refund(purchase=purchase, rebates={}, amount=FEN, terms=TERMS).rebate_back == {}


@pytest.mark.parametrize("amount", [0, -FEN, 2_000 * YUAN + FEN, FEN - 1])
def test_a_refund_of_nothing_or_too_much_is_refused(amount: int) -> None:
    purchase = buy(list_price=2_000 * YUAN, vouchers=900 * YUAN, lots=LOTS, terms=TERMS)
    with pytest.raises(RefundExceedsGoods, match="2000000000 left of the order"):
        refund(purchase=purchase, rebates={}, amount=amount, terms=TERMS)


@given(purchase=purchases(), data=st.data())
def test_refunds_in_any_steps_give_everything_back_in_the_end(
    purchase: Purchase, data: st.DataObject
) -> None:
    rest, rebates = purchase, rebate(purchase=purchase, terms=TERMS)
    cash = returned = 0
    while rest.list_price:
        fen = data.draw(st.integers(1, rest.list_price // FEN))
        if rest.list_price < purchase.list_price // 4:
            fen = rest.list_price // FEN
        gone = refund(purchase=rest, rebates=rebates, amount=fen * FEN, terms=TERMS)
        assert gone.cash + sum(use.amount for use in gone.returned) == fen * FEN
        assert gone.rest.list_price == rest.list_price - fen * FEN
        assert gone.cash * rest.list_price <= rest.cash * fen * FEN
        assert all(0 <= part <= rebates[store] for store, part in gone.rebate_back.items())
        rebates = {store: part - gone.rebate_back[store] for store, part in rebates.items()}
        cash += gone.cash
        returned += sum(use.amount for use in gone.returned)
        rest = gone.rest
        assert sum(rebates.values()) == (share(rest.cash, 2_000) if purchase.uses else 0)
    assert (cash, returned) == (purchase.cash, purchase.vouchers)
    assert set(rebates.values()) <= {0}


@given(paid=st.integers(0, 10**15), used=st.integers(1, 10**15), data=st.data())
def test_the_rebate_of_vouchers_that_are_gone_never_exceeds_what_was_paid(
    paid: int, used: int, data: st.DataObject
) -> None:
    gone = data.draw(st.integers(0, used))
    back = rebate_of_vouchers(rebate=paid, used=used, gone=gone)
    assert back * used <= paid * gone < (back + 1) * used
    assert rebate_of_vouchers(rebate=paid, used=used, gone=used) == paid


def test_no_vouchers_of_an_order_without_any_take_nothing_back() -> None:
    assert rebate_of_vouchers(rebate=0, used=0, gone=0) == 0


def test_goods_that_cover_their_costs_can_be_sold() -> None:
    # 2,000 in cash - 1,000 - 20 - 12 - 400 - 68
    costs = replace(COSTS, tax=68 * YUAN)
    assert require_margin(list_price=4_000 * YUAN, costs=costs, terms=TERMS) == 500 * YUAN
    costs = replace(COSTS, tax=568 * YUAN)
    assert require_margin(list_price=4_000 * YUAN, costs=costs, terms=TERMS) == 0


def test_goods_that_do_not_are_refused_with_the_sum() -> None:
    costs = replace(COSTS, tax=568 * YUAN + 1)
    with pytest.raises(GoodsBelowMargin) as refused:
        require_margin(list_price=4_000 * YUAN, costs=costs, terms=TERMS)
    assert str(refused.value) == (
        "cash 2000000000 - cost 1000000000 - shipping 20000000 - channel fee 12000000"
        " - rebate 400000000 - tax 568000001 = -1 µ¥: raise the price or buy for less"
    )


@given(purchase=purchases(), cost=st.integers(0, 10**13))
def test_goods_on_sale_never_make_a_loss(purchase: Purchase, cost: int) -> None:
    costs = Costs(goods=cost, shipping=0, channel_fee=0, tax=0)
    try:
        least = require_margin(list_price=purchase.list_price, costs=costs, terms=TERMS)
    except GoodsBelowMargin:
        reject()
    assert profit(purchase=purchase, costs=costs, terms=TERMS) >= least >= 0
