"""A dry run of a refund after settlement: who would pay what, at the pair of this moment (E16).

    refund = pool pays + platform's share + unspent share + own rewards + store pays
    member gets refund - kept - own rewards: whole fen through the channel, the rest as cash

The very engine folds the refund into a state that holds this lot alone and is thrown away. What
is then done is computed again at its place in the sequence.

Units: micro-yuan, atoms. Source: E16.
"""

from dataclasses import dataclass
from typing import Any, Final

from psycopg import Cursor

from gongxiang.economy import accounts, machine
from gongxiang.economy.events import Refunded
from gongxiang.economy.movement import RefundedByCase
from gongxiang.economy.reward import of_referral, of_store
from gongxiang.economy.state import State
from gongxiang.economy.terms import Terms
from gongxiang.members import clusters
from gongxiang.settlement import load

_REWARDED: Final = (
    "paid.direct_id, paid.indirect_id, paid.recruiter_id, paid.district_id, paid.city_id,"
    " paid.province_id, paid.grand_region_id"
)
_OWN: Final = clusters.SAME_PERSON.format(among=f"ARRAY[{_REWARDED}]", member="paid.member_id")
_PAIR: Final = f"""
SELECT pool.money, pool.circulating, pool.step, ARRAY({_OWN}), paid.version_id, {_REWARDED}
  FROM points_pool pool
  LEFT JOIN orders_order paid ON (paid.member_id, paid.id) = (%s, %s) WHERE pool.id = 1
"""  # noqa: S608  no value is spliced in
_TRIAL: Final = "trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The whole sum of a refund by case, and what its store is owed."""

    amount: int
    pool_pays: int
    platform: int
    unspent: int
    store_pays: int
    store_owed: int
    kept: int
    own_rate: int
    returned: int
    """What the member was rewarded himself, under whatever account, and returns."""
    to_channel: int
    to_cash: int
    points_sold: int
    points_burned: int
    vouchers: int

    @property
    def to_member(self) -> int:
        """Give what reaches the member, through the channel and as cash."""
        return self.to_channel + self.to_cash

    @property
    def is_covered(self) -> bool:
        """Tell whether the store is owed what falls on it."""
        return self.store_pays <= self.store_owed

    @property
    def lacks(self) -> int:
        """Give what the store is short of."""
        return max(0, self.store_pays - self.store_owed)


def try_refund(cursor: Cursor[Any], *, member: int, order: int, amount: int) -> Trial:
    """Compute what refunding a settled order would take from whom; nothing changes.

    Raises `economy.refusal.RefundExceedsOrder` where the order has no lot or less is left of it.
    """
    cursor.execute(_PAIR, (member, order))
    money, circulating, step, *rewarded = cursor.fetchone() or (0, 1, 0, [], None)
    state = State(money=money, circulating=circulating, step=step)
    versions = load.terms(cursor)
    lots = load.lots_of_orders(cursor, [(member, order)], terms=versions)
    owed = 0
    for lot in lots:
        state.lots[lot.order] = lot
        state.holdings[lot.member] = [lot] if lot.left else []
        store = int(lot.store)
        owed = load.balances(cursor, [store], account=accounts.STORE).get(store, 0)
    rate = _own_rate(*rewarded, versions=versions)
    _, (movement, *_) = machine.apply(state, Refunded(_TRIAL, order, amount, own_rate=rate))
    assert isinstance(movement, RefundedByCase), "an order with a lot is refunded by case"
    return Trial(
        amount=amount,
        pool_pays=movement.pays,
        platform=movement.platform,
        unspent=movement.unspent,
        store_pays=movement.store_pays,
        store_owed=owed,
        kept=movement.kept,
        own_rate=rate,
        returned=movement.returned,
        to_channel=movement.to_channel,
        to_cash=movement.to_cash,
        points_sold=movement.missing,
        points_burned=movement.burned,
        vouchers=movement.vouchers,
    )


def _own_rate(
    own: list[int], version: int | None, *persons: int | None, versions: dict[int, Terms]
) -> int:
    """Give what of an order, per myriad, rewarded an account of the person who paid (E16)."""
    if version is None:
        return 0
    direct, indirect, recruiter, *agents = persons
    rewards = of_referral(direct, indirect, terms=versions[version])
    rewards += of_store(recruiter, tuple(agents), terms=versions[version])
    return sum(rate for _, person, rate in rewards if person in own)
