"""What a spend would give by the rules and the pair of this moment: an estimate, no promise (E7).

Units: µ¥, atoms. Source: E6, E8, E9, E13.
"""

from gongxiang.base.money import floor_share, share
from gongxiang.economy.mint import mint
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.economy.voucher import vouchers
from gongxiang.queries.orders_data import Estimate, Paid
from gongxiang.queries.pool_data import Pair


def estimate(*, spend: int, commission_rate: int, terms: Terms, pair: Pair) -> Estimate:
    """Compute by the engine what a spend would give at this moment (E6, E8, E9, E13)."""
    inflow = split(spend, commission_rate=commission_rate, terms=terms).inflow
    cap = share(spend, terms.exit_cap)
    return Estimate(
        points=mint(inflow, money=pair.money, circulating=pair.circulating, terms=terms),
        vouchers=vouchers(spend, commission_rate=commission_rate, terms=terms),
        cap=cap,
        cap_pays=floor_share(cap, terms.payout_rate),
    )


def gives(paid: Paid, *, terms: Terms, pair: Pair) -> Estimate:
    """Tell what an order gave, exact once it is settled, an estimate before."""
    if paid.minted is None:
        return estimate(
            spend=paid.rest, commission_rate=paid.commission_rate, terms=terms, pair=pair
        )
    cap = share(paid.rest, terms.exit_cap)
    return Estimate(
        points=paid.minted,
        vouchers=vouchers(paid.rest, commission_rate=paid.commission_rate, terms=terms),
        cap=cap,
        cap_pays=floor_share(cap, terms.payout_rate),
    )
