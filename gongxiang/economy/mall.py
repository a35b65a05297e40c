"""The mall (平台商城): how vouchers pay, what stores get back, how profit and refunds are divided.

The scheme text's worked case, "zero-cost marketing": a member spends 1,000 at a store, which
receives 800; he gets 2,000 vouchers and buys goods of 4,000 with them and 2,000 in cash; 20 % of
that cash, 400, goes back to the store: 1,200 in all.

    profit = cash - cost - shipping - channel fee - rebate
           = 80 % inflow of the pool + 10 % platform + 10 % reward budget

Units: money and vouchers in micro-yuan; what is paid or refunded is whole fen; rates per myriad.
Source: M2, M3, M4, M5, M7; E1 (rebate and profit by largest remainder).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gongxiang.base.money import FEN, floor_share, largest_remainder, share
from gongxiang.economy.events import Key
from gongxiang.economy.refusal import Refused
from gongxiang.economy.terms import Terms


class VouchersExceedLimit(Refused):
    """More vouchers than the goods take, or than the member has."""

    reason: ClassVar[str] = "vouchers"


class RefundExceedsGoods(Refused):
    """A mall refund of nothing, or of more than is left of the order."""

    reason: ClassVar[str] = "refund"


class GoodsBelowMargin(Refused):
    """Goods whose cash at full voucher use does not cover what they cost (M5)."""

    reason: ClassVar[str] = "margin"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLot:
    """Vouchers that one settled order earned, and the store they came from."""

    order: Key
    store: Key
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Vouchers of one lot that pay for goods."""

    order: Key
    store: Key
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Goods bought: the list price is vouchers and cash together."""

    uses: tuple[Use, ...]
    cash: int

    @property
    def vouchers(self) -> int:
        """Give the vouchers used."""
        return sum(use.amount for use in self.uses)

    @property
    def list_price(self) -> int:
        """Give the list price that was paid for."""
        return self.cash + self.vouchers


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitSplit:
    """A mall order's profit: what flows into the pool, to the platform, into the reward budget."""

    inflow: int
    platform: int
    budget: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRefund:
    """What a refund gives back, what is left of the purchase, and what each store returns."""

    cash: int
    returned: tuple[Use, ...]
    rest: Purchase
    rebate_back: Mapping[Key, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What one piece of goods costs the mall, all taxes included."""

    goods: int
    shipping: int
    channel_fee: int
    tax: int


def vouchers_max(*, list_price: int, terms: Terms) -> int:
    """Give the most vouchers that a list price takes: whole fen, rounded down (M2)."""
    return floor_share(list_price, terms.mall_voucher_rate) // FEN * FEN


def buy(*, list_price: int, vouchers: int, lots: Iterable[VoucherLot], terms: Terms) -> Purchase:
    """Pay a list price with vouchers, oldest lots first, and the rest in cash (M2, M3).

    Errors: `VouchersExceedLimit` when they are no whole fen, too many for the price, or not there.
    """
    assert list_price > 0, f"goods of {list_price} µ¥"
    assert list_price % FEN == 0, f"a list price of {list_price} µ¥ is no whole fen"
    known = tuple(lots)
    most = min(vouchers_max(list_price=list_price, terms=terms), _held(lots=known) // FEN * FEN)
    if not 0 <= vouchers <= most or vouchers % FEN:
        raise VouchersExceedLimit(
            f"{vouchers} µ¥ of vouchers for goods of {list_price}: use whole fen, at most {most}"
        )
    return Purchase(uses=_oldest_first(lots=known, amount=vouchers), cash=list_price - vouchers)


def rebate(*, purchase: Purchase, terms: Terms) -> dict[Key, int]:
    """Give what each store gets back of a purchase, pro rata to its vouchers in it (M3).

    Without vouchers there is nobody to give to, and no rebate.
    """
    if not purchase.uses:
        return {}
    total = share(purchase.cash, terms.mall_rebate_rate)
    parts = largest_remainder(total, [use.amount for use in purchase.uses])
    stores: dict[Key, int] = {}
    for use, part in zip(purchase.uses, parts, strict=True):
        stores[use.store] = stores.get(use.store, 0) + part
    return stores


def profit(*, purchase: Purchase, costs: Costs, terms: Terms) -> int:
    """Give the profit of a purchase before it is split (M4); a loss is negative."""
    spent = costs.goods + costs.shipping + costs.channel_fee
    return purchase.cash - spent - sum(rebate(purchase=purchase, terms=terms).values())


def split_profit(*, profit: int, terms: Terms) -> ProfitSplit:
    """Split a profit by largest remainder, the platform first among equals (M4).

    A loss is the platform's.
    """
    if profit < 0:
        return ProfitSplit(inflow=0, platform=profit, budget=0)
    rates = (terms.mall_platform_rate, terms.mall_pool_rate, terms.mall_distribution_rate)
    platform, inflow, budget = largest_remainder(profit, rates)
    return ProfitSplit(inflow=inflow, platform=platform, budget=budget)


def reward_base(*, split: ProfitSplit, terms: Terms) -> int:
    """Give the amount whose distribution budget is that of the profit: five times it (M4).

    Rewards are rates of this amount. It is cut to whole fen, so that each of them is exact and
    their sum never exceeds the budget (R1).
    """
    if not terms.distribution_rate:
        return 0
    budget_of_a_fen = share(FEN, terms.distribution_rate)
    return split.budget // budget_of_a_fen * FEN


def refund(
    *, purchase: Purchase, rebates: Mapping[Key, int], amount: int, terms: Terms
) -> GoodsRefund:
    """Refund a part of the list price, vouchers and cash as they were paid (M7).

    Cash rounds down to the fen, vouchers return to the lots used last. `rebates` is what each
    store has of this purchase, nothing before it settles; all give back in proportion, so that
    together they keep the rebate of the cash that stays.

    Errors: `RefundExceedsGoods`.
    """
    if not 0 < amount <= purchase.list_price or amount % FEN:
        raise RefundExceedsGoods(
            f"{amount} µ¥ to refund, {purchase.list_price} left of the order, in whole fen"
        )
    cash = purchase.cash * amount // purchase.list_price // FEN * FEN
    kept, returned = _give_back(uses=purchase.uses, amount=amount - cash)
    rest = Purchase(uses=kept, cash=purchase.cash - cash)
    back = (
        largest_remainder(share(cash, terms.mall_rebate_rate), rebates.values()) if rebates else ()
    )
    return GoodsRefund(
        cash=cash,
        returned=returned,
        rest=rest,
        rebate_back=dict(zip(rebates, back, strict=True)),
    )


def rebate_of_vouchers(*, rebate: int, used: int, gone: int) -> int:
    """Give the rebate of `gone` of the `used` vouchers, whose in-store order was refunded (M7).

    The store returns it, rounded down; the member owes the vouchers.

    >>> rebate_of_vouchers(rebate=400_000_000, used=2_000_000_000, gone=500_000_000)
    100000000
    """
    assert 0 <= gone <= used, f"{gone} of {used} used vouchers cannot be gone"
    return rebate * gone // used if gone else 0


def require_margin(*, list_price: int, costs: Costs, terms: Terms) -> int:
    """Give what goods leave at full voucher use, or refuse to put them on sale (M5).

    Errors: `GoodsBelowMargin`, showing the sum.
    """
    cash = list_price - vouchers_max(list_price=list_price, terms=terms)
    back = share(cash, terms.mall_rebate_rate)
    left = cash - costs.goods - costs.shipping - costs.channel_fee - back - costs.tax
    if left < 0:
        raise GoodsBelowMargin(
            f"cash {cash} - cost {costs.goods} - shipping {costs.shipping} - channel fee"
            f" {costs.channel_fee} - rebate {back} - tax {costs.tax} = {left} µ¥:"
            " raise the price or buy for less"
        )
    return left


def _held(*, lots: Iterable[VoucherLot]) -> int:
    """Add up the vouchers of all lots; a debt, a negative lot, counts against them."""
    return max(0, sum(lot.left for lot in lots))


def _oldest_first(*, lots: Iterable[VoucherLot], amount: int) -> tuple[Use, ...]:
    """Take an amount from the lots in their order."""
    uses = []
    for lot in lots:
        taken = min(amount, max(0, lot.left))
        if taken:
            amount -= taken
            uses.append(Use(order=lot.order, store=lot.store, amount=taken))
    assert amount == 0, f"{amount} µ¥ of vouchers are not there"
    return tuple(uses)


def _give_back(*, uses: Sequence[Use], amount: int) -> tuple[tuple[Use, ...], tuple[Use, ...]]:
    """Give an amount back to the uses, the last first; return what stays used and what went."""
    kept: list[Use] = []
    returned: list[Use] = []
    for use in reversed(uses):
        back = min(amount, use.amount)
        amount -= back
        if back:
            returned.append(Use(order=use.order, store=use.store, amount=back))
        if back < use.amount:
            kept.insert(0, Use(order=use.order, store=use.store, amount=use.amount - back))
    assert amount == 0, f"{amount} µ¥ of vouchers were never used"
    return tuple(kept), tuple(returned)
