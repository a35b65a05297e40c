"""Where the money of one order went, and why: its split and its rewards, computed again.

The same functions that settled the order are asked once more with what is frozen on it; the
result is compared with what was posted, to the micro-yuan.

    amount of a reward = rate · spend        rate by role, persons and version of the order

Units: µ¥; rates per myriad.
Source: E6, E7, R1-R5, R10.
"""

from dataclasses import dataclass

from gongxiang.base.money import MYRIAD, share
from gongxiang.economy.agency import LEVELS, rates
from gongxiang.economy.reward import ROLES
from gongxiang.economy.split import split
from gongxiang.economy.terms import Terms
from gongxiang.ops.life import Life


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """One line of the rewards: whom, at what rate, how much; nobody earns nothing."""

    role: str
    person: int | None
    rate: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """The parts of an order; merchant, inflow, platform, rewards and unspent sum to the spend."""

    spend: int
    merchant: int
    inflow: int
    platform: int
    rewards: tuple[Reward, ...]
    rewarded: int
    unspent: int
    rates: tuple[int, int, int, int, int]
    """The rates of the five parts; they sum to the whole."""
    is_as_posted: bool
    """Every reward stands in the journal exactly as computed (true while nothing settled)."""


def worth_of(life: Life) -> Worth:
    """Compute the parts of an order from what is frozen on it."""
    terms, spend = life.version.terms, life.spend
    parts = split(spend, commission_rate=life.commission_rate, terms=terms)
    rewards = _rewards(life, terms)
    rewarded = sum(reward.amount for reward in rewards)
    reward_rate = sum(reward.rate for reward in rewards)
    unspent = parts.distribution - rewarded
    assert parts.merchant + parts.inflow + parts.platform + rewarded + unspent == spend
    return Worth(
        spend=spend,
        merchant=parts.merchant,
        inflow=parts.inflow,
        platform=parts.platform,
        rewards=rewards,
        rewarded=rewarded,
        unspent=unspent,
        rates=(
            MYRIAD - life.commission_rate,
            life.commission_rate - terms.platform_rate - terms.distribution_rate,
            terms.platform_rate,
            reward_rate,
            terms.distribution_rate - reward_rate,
        ),
        is_as_posted=life.settled is None or _as_posted(life, rewards, parts.merchant),
    )


def _rewards(life: Life, terms: Terms) -> tuple[Reward, ...]:
    """Give a line for each role that somebody earns or could have earned."""
    by_role = {"direct": terms.direct, "indirect": terms.indirect, "recruiter": terms.recruiter}
    filled = tuple(life.persons[level] is not None for level in LEVELS)
    earned = by_role | dict(zip(LEVELS, rates(filled, terms=terms), strict=True))
    offered = by_role | dict(zip(LEVELS, terms.agent_rates(), strict=True))
    found = []
    for role in ROLES:
        person = life.persons[role]
        rate = 0 if person is None else earned[role]
        if offered[role] or person is not None:
            amount = share(life.spend, rate)
            found.append(Reward(role=role, person=person, rate=rate, amount=amount))
    return tuple(found)


def _as_posted(life: Life, rewards: tuple[Reward, ...], merchant: int) -> bool:
    """Compare with the journal: what each person and the store were credited at settlement."""
    posted = {
        (posting.purpose, posting.home): posting.amount
        for posting in life.postings
        if posting.event == life.number and (posting.purpose in ROLES or posting.home == life.store)
    }
    computed = {(reward.role, reward.person): reward.amount for reward in rewards if reward.amount}
    if merchant:
        computed["settled", life.store] = merchant
    return posted == computed
