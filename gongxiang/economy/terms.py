"""The terms: every number the economy runs on, as one frozen value.

A field is a rule and has the rule's name in rules/*.toml, so `gongxiang rules explain NAME` tells
what it is, since when and from which source. There are no defaults here: a number in code is a
bug. Terms come from `gongxiang.rulebook.load`; an order keeps the ones of the moment it was paid.

Units: rates per myriad (bp), money in micro-yuan, times in seconds unless the name says days.
Source: E4 (genesis), E6-E9 (order), E11-E13 (sale, exit), E16, E18, R1-R6 (rewards), M2-M4 (mall).
"""

from dataclasses import dataclass

AGENT_MODES = ("differential", "flat")
"""How agents of one place share: each the part above those below, or each his own rate (R5)."""

RANK_MODES = ("off", "statement_only", "payable")
"""What rank rewards do: nothing, a statement for the operator, or a payment (R6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The rules in force at one moment, as the economy reads them."""

    # Where the pool starts (E4).
    genesis_money: int
    opening_price: int

    # How a spend is split, and what a lot is minted from (E6, E8, E9).
    platform_rate: int
    distribution_rate: int
    backing_rate: int
    mint_step: int
    window: int
    voucher_multiple: int
    voucher_full_rate: int

    # How points leave (E11, E12, E13).
    payout_rate: int
    mint_lock: int
    exit_cap: int

    # Who is rewarded (R3, R4, R5).
    direct: int
    indirect: int
    recruiter: int
    district: int
    city: int
    province: int
    grand_region: int
    agent_mode: str

    # Rank differential (R6): one turnover and one rate a rank, lowest rank first.
    rank_mode: str
    rank_turnover: tuple[int, ...]
    rank_rates: tuple[int, ...]
    peer_rate: int

    # The mall (M2, M3, M4).
    mall_voucher_rate: int
    mall_rebate_rate: int
    mall_pool_rate: int
    mall_platform_rate: int
    mall_distribution_rate: int
    mall_window: int

    # Limits of the platform; a replay does not apply them (E6, E12, E16, E18, R9).
    commission_min: int
    commission_max: int
    sale_limit: int
    injection_drip_max: int
    refund_case_days: int
    notice_days: int

    @property
    def fees_rate(self) -> int:
        """Give the least commission a store can have: platform and distribution (E6)."""
        return self.platform_rate + self.distribution_rate

    def pool_rate(self, *, commission_rate: int) -> int:
        """Give the share of a spend that flows into the pool (E6)."""
        return commission_rate - self.fees_rate

    def agent_rates(self) -> tuple[int, int, int, int]:
        """Give the agents' rates from the smallest region to the largest (R5)."""
        return (self.district, self.city, self.province, self.grand_region)
