"""Who brought a member is paid, and who brought that one (R2, R3)."""

import itertools

from gongxiang.economy.referral import indirect
from gongxiang.economy.reward import of_referral
from tests.economy.watched import SEED_1, terms_with


def test_the_store_that_bound_the_member_sends_the_indirect_reward_to_its_recruiter() -> None:
    found = indirect(referrer="owner", bound_by_recruiter="r", referrer_of_referrer="up")
    assert found == "r"


def test_without_a_recruiter_it_goes_to_the_referrers_referrer() -> None:
    found = indirect(referrer="friend", bound_by_recruiter=None, referrer_of_referrer="up")
    assert found == "up"


def test_without_a_referrer_nobody_is_paid_for_the_member() -> None:
    for others in itertools.product((None, "r"), (None, "up")):
        bound, above = others
        found = indirect(referrer=None, bound_by_recruiter=bound, referrer_of_referrer=above)
        assert found is None
        assert of_referral(None, found, terms=SEED_1) == ()


def test_direct_and_indirect_are_0_3_and_0_2_per_cent() -> None:
    assert of_referral("d", "i", terms=SEED_1) == (("direct", "d", 30), ("indirect", "i", 20))
    assert of_referral("d", None, terms=SEED_1) == (("direct", "d", 30),)


def test_a_role_whose_rate_is_nothing_is_not_paid() -> None:
    assert of_referral("d", "i", terms=terms_with(direct=0)) == (("indirect", "i", 20),)
    assert of_referral("d", "i", terms=terms_with(indirect=0)) == (("direct", "d", 30),)
