"""Whoever brought a store in earns on all of its turnover, and is never its owner (R4)."""

from gongxiang.economy.recruit import may_recruit
from gongxiang.economy.reward import of_store
from tests.economy.watched import SEED_1, terms_with

NOBODY = (None, None, None, None)


def test_the_recruiter_gets_0_5_per_cent() -> None:
    assert of_store("r", NOBODY, terms=SEED_1) == (("recruiter", "r", 50),)
    assert of_store(None, NOBODY, terms=SEED_1) == ()
    assert of_store("r", NOBODY, terms=terms_with(recruiter=0)) == ()


def test_an_owner_never_recruits_his_own_store() -> None:
    assert not may_recruit("x", owner="x")
    assert may_recruit("y", owner="x")
    assert may_recruit("y", owner=None)
    assert may_recruit(None, owner=None)
    assert may_recruit(None, owner="x")
