"""A rulebook that pays out more than it has, or makes no sense, is refused before anything runs."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongxiang.base.money import MYRIAD
from gongxiang.economy import agency
from gongxiang.rulebook.budget import budget_of
from gongxiang.rulebook.check import RefusedRulebook, check, require, voucher_break_even
from gongxiang.rulebook.flags import flags_of, reward_depth
from gongxiang.rulebook.load import load_book, load_terms

RANKS = ["rank_mode=payable", "rank_turnover=1000,2000", "rank_rates=30,50", "peer_rate=10"]


NO_ROOM = ["distribution_rate=130", "commission_min=2000"]


def first_refusal(*settings: str, preset: str = "seed-1") -> tuple[str, str]:
    problem = check(book=load_book(preset=preset, settings=settings)).refusals[0]
    return problem.rule, problem.message


def warned(*settings: str, preset: str = "seed-1") -> list[str]:
    return [
        problem.rule for problem in check(book=load_book(preset=preset, settings=settings)).warnings
    ]


def flagged(*settings: str) -> list[str]:
    return [flag.name for flag in flags_of(book=load_book(preset="town", settings=settings))]


@pytest.mark.parametrize(("preset", "worst"), [("seed-1", 130), ("seed-2", 266), ("town", 130)])
def test_the_worst_case_of_a_preset(preset: str, worst: int) -> None:
    assert budget_of(terms=load_book(preset=preset).terms).worst == worst


def test_seed_2_is_refused_with_its_sum_and_every_part() -> None:
    with pytest.raises(RefusedRulebook) as refused:
        load_terms(preset="seed-2")
    assert str(refused.value) == (
        "rulebook seed-2 is refused: rewards of one order can reach 2.66%, above the distribution"
        " budget of 2.00% (R1): direct 直推 1.00% + indirect 间推 0.50% + recruiter 招商 1.00%"
        " + district 区代 0.10% + city 市代 0.05% + province 省代 0.01% = 2.66%;"
        " lower a rate or raise distribution_rate to 266"
    )


def test_tax_is_not_kept_back_while_no_account_owes_it() -> None:
    message = (
        "tax_withheld is on, but no account of the ledger owes the tax that is kept back (P4):"
        " leave it off; the tax is then shown, and the member declares it himself"
    )
    assert first_refusal("tax_withheld=on") == ("tax_withheld", message)
    assert check(book=load_book(settings=["tax_withheld=off"])).refusals == ()
    with pytest.raises(RefusedRulebook, match="tax_withheld is on"):
        load_terms(preset="town", settings=["tax_withheld=on"])


def test_seed_2_is_taken_when_its_budget_is_raised_to_the_sum() -> None:
    assert load_terms(preset="seed-2", settings=["distribution_rate=266"]).distribution_rate == 266
    assert first_refusal("distribution_rate=265", preset="seed-2")[0] == "distribution_rate"


def test_differential_agents_count_with_the_highest_alone() -> None:
    budget = budget_of(terms=load_book(settings=["city=45"]).terms)
    assert budget.parts[3:] == (("city", 45),)
    assert budget.worst == 145


def test_flat_agents_count_with_their_sum() -> None:
    budget = budget_of(terms=load_book(settings=["agent_mode=flat"]).terms)
    agents = (("district", 10), ("city", 20), ("province", 30), ("grand_region", 0))
    assert budget.parts[3:] == agents
    assert budget.worst == 160


def test_ranks_count_when_they_are_payable_and_only_then() -> None:
    on = budget_of(terms=load_book(settings=RANKS).terms)
    assert on.parts[-2:] == (("rank_rates", 50), ("peer_rate", 20))
    assert on.worst == 200
    for mode in ("off", "statement_only"):
        terms = load_book(settings=[*RANKS, f"rank_mode={mode}"]).terms
        assert budget_of(terms=terms).worst == 130


@given(rates=st.tuples(*[st.integers(0, 300)] * 4), mode=st.sampled_from(["differential", "flat"]))
def test_no_choice_of_agents_in_office_pays_more_than_the_worst_case(
    rates: tuple[int, int, int, int], mode: str
) -> None:
    settings = [f"{name}={rate}" for name, rate in zip(agency.LEVELS, rates, strict=True)]
    terms = load_book(settings=[*settings, f"agent_mode={mode}"]).terms
    paid = [
        sum(agency.rates(filled, terms=terms))
        for filled in itertools.product((False, True), repeat=len(rates))
    ]
    people = terms.direct + terms.indirect + terms.recruiter
    assert max(paid) == budget_of(terms=terms).worst - people


REFUSED = [
    (["genesis_money=0"], "genesis_money", "genesis_money is 0, at least 1 needed"),
    (["opening_price=0"], "opening_price", "opening_price is 0, at least 1 needed"),
    (["exit_cap=0"], "exit_cap", "exit_cap is 0, at least 1 needed"),
    (["backing_rate=10001"], "backing_rate", "backing_rate is 10001, more than the whole (10000)"),
    (["payout_rate=10001"], "payout_rate", "payout_rate is 10001, more than the whole (10000)"),
    (["platform_rate=9801"], "platform_rate", "9801 + distribution_rate 200 = 10001"),
    (["mint_step=-1"], "mint_step", "mint_step is -1, no rule can be negative"),
    (["mint_lock=-1"], "mint_lock", "mint_lock is -1, no rule can be negative"),
    (["direct=-1"], "direct", "direct is -1, no rule can be negative"),
    (["rank_rates=-5", "rank_turnover=1"], "rank_rates", "no rule can be negative"),
    (["jury_size=-1"], "jury_size", "jury_size is -1, no rule can be negative"),
    (["window=1h"], "window", "window must be a whole number, not '1h'"),
    (["voucher_full_rate=0"], "voucher_full_rate", "at least 1 needed"),
    (["commission_max=10001"], "commission_max", "commission_min 400, commission_max 10001"),
    (
        ["commission_min=9", "commission_max=8"],
        "commission_max",
        "commission_min 9, commission_max 8",
    ),
    (["mall_pool_rate=7999"], "mall_pool_rate", "is 9999, not the whole (10000)"),
    (["mall_rebate_rate=10001"], "mall_rebate_rate", "more than the whole"),
    (["mall_voucher_rate=10001"], "mall_voucher_rate", "more than the whole"),
    (["rank_rates=1"], "rank_rates", "rank_turnover has 0 ranks, rank_rates 1"),
    (["rank_rates=1,2", "rank_turnover=5,5"], "rank_turnover", "must rise from rank to rank"),
    (["rank_rates=2,1", "rank_turnover=5,6"], "rank_rates", "must rise from rank to rank"),
]


@pytest.mark.parametrize(("settings", "rule", "message"), REFUSED)
def test_a_refused_book_names_the_rule_and_the_reason(
    settings: list[str], rule: str, message: str
) -> None:
    named, said = first_refusal(*settings)
    assert named == rule
    assert message in said
    with pytest.raises(RefusedRulebook, match=rule):
        require(book=load_book(settings=settings))


@pytest.mark.parametrize(
    "settings",
    [
        ["genesis_money=1"],
        ["opening_price=1"],
        ["exit_cap=1"],
        ["genesis_money=1", "opening_price=1000000000000"],
        ["backing_rate=10000"],
        ["payout_rate=10000"],
        ["platform_rate=9800"],
        ["distribution_rate=130"],
        ["mint_step=0", "mint_lock=0", "window=0", "voucher_multiple=0"],
    ],
)
def test_a_book_at_the_very_edge_is_taken(settings: list[str]) -> None:
    assert check(book=load_book(settings=settings)).refusals == ()


def test_of_several_reasons_the_first_of_the_specification_is_named() -> None:
    """events.md: budget, too small, over the whole, the two fees, then negative or not whole."""
    worse = [
        ("direct=201", "distribution_rate"),
        ("genesis_money=0", "genesis_money"),
        ("opening_price=0", "opening_price"),
        ("exit_cap=0", "exit_cap"),
        ("backing_rate=10001", "backing_rate"),
        ("payout_rate=10001", "payout_rate"),
        ("platform_rate=9900", "platform_rate"),
        ("city=-1", "city"),
        ("window=x", "window"),
    ]
    for place, (_, rule) in enumerate(worse):
        assert first_refusal(*(setting for setting, _ in reversed(worse[place:])))[0] == rule


def test_every_reason_is_kept() -> None:
    report = check(book=load_book(settings=["exit_cap=0", "city=-1", "window=x"]))
    assert [problem.rule for problem in report.refusals] == ["exit_cap", "city", "window"]
    assert report.warnings == ()


def test_the_presets_give_no_warning() -> None:
    assert warned(preset="seed-1") == warned(preset="town") == []


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        (["exit_cap=12500"], []),
        (["exit_cap=12501"], ["exit_cap"]),
        (["exit_cap=20000"], ["exit_cap"]),
        (["payout_rate=10000", "exit_cap=10000"], []),
        (RANKS, ["rank_mode"]),
        (["rank_mode=payable"], ["rank_mode", "rank_rates"]),
        (["rank_mode=statement_only"], ["rank_rates"]),
        (["backing_rate=0"], ["backing_rate"]),
        (["payout_rate=0"], ["payout_rate"]),
        (["distribution_rate=300"], ["commission_min"]),
        ([*NO_ROOM, "platform_rate=1869"], ["voucher_multiple"]),
        ([*NO_ROOM, "platform_rate=1868"], []),
    ],
)
def test_what_can_hurt_people_is_warned_of(settings: list[str], rules: list[str]) -> None:
    assert warned(*settings) == rules


def test_the_break_even_of_vouchers_is_what_the_commission_leaves() -> None:
    """I-25: 20 % - 2 % - 1.30 % = 16.70 % of a spend, for vouchers of twice the spend."""
    assert voucher_break_even(terms=load_terms(preset="town")) == 835
    assert voucher_break_even(terms=load_terms(settings=["voucher_multiple=0"])) == MYRIAD


def test_the_safe_town_touches_two_articles() -> None:
    assert flagged() == ["team_pay", "territory_fee"]


@pytest.mark.parametrize(
    ("settings", "flag"),
    [
        (["headcount_reward=1"], "head_count"),
        (["entry_fee=1"], "entry_fee"),
        (["exit_cap=20000"], "promise"),
        (["conversions=on"], "promise"),
        (["payee=platform"], "holding_money"),
        (["notice_days=6"], "notice"),
    ],
)
def test_a_step_away_from_the_safe_town_is_flagged(settings: list[str], flag: str) -> None:
    assert sorted(flagged(*settings)) == sorted(["team_pay", "territory_fee", flag])


def test_a_town_that_rewards_nobody_and_sells_no_territory_touches_nothing() -> None:
    assert flagged("direct=0", "indirect=0", "agent_fee_min=0", "agent_fee_max=0") == []


def test_every_flag_has_a_citation_and_none_says_that_a_plan_is_lawful() -> None:
    settings = ["headcount_reward=1", "entry_fee=1", "payee=platform", "notice_days=0", *RANKS]
    flags = flags_of(book=load_book(preset="town", settings=[*settings, "conversions=on"]))
    assert [flag.article.citation for flag in flags] == [
        "禁止传销条例 第七条第（一）项",
        "禁止传销条例 第七条第（二）项",
        "禁止传销条例 第七条第（三）项",
        "防范和处置非法集资条例 第二条",
        "非银行支付机构监督管理条例",
        "电子商务法 第三十四条",
        "商业特许经营管理条例",
    ]
    for flag in flags:
        assert not {"合法", "合规"} & set(flag.article.sentence_zh.split())


def test_the_depth_of_rewarded_relations() -> None:
    depths = [
        reward_depth(book=load_book(settings=settings))
        for settings in ([], ["indirect=0"], ["direct=0", "indirect=0"], RANKS)
    ]
    assert depths == [2, 1, 0, None]
