"""Terms come out of the files exactly as the specification has them, on any day."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest

from gongxiang.economy.terms import Terms
from gongxiang.rulebook.book import NoValueYet, UnknownRule
from gongxiang.rulebook.check import RefusedRulebook
from gongxiang.rulebook.load import (
    RULES,
    MalformedSetting,
    UnknownPreset,
    load_book,
    load_terms,
    read_library,
)

SEED_1 = Terms(
    genesis_money=100_000,
    opening_price=1_000_000,
    platform_rate=200,
    distribution_rate=200,
    backing_rate=7_000,
    mint_step=0,
    window=0,
    voucher_multiple=20_000,
    voucher_full_rate=2_000,
    payout_rate=8_000,
    mint_lock=0,
    exit_cap=12_000,
    direct=30,
    indirect=20,
    recruiter=50,
    district=10,
    city=20,
    province=30,
    grand_region=0,
    agent_mode="differential",
    rank_mode="off",
    rank_turnover=(),
    rank_rates=(),
    peer_rate=0,
    mall_voucher_rate=5_000,
    mall_rebate_rate=2_000,
    mall_pool_rate=8_000,
    mall_platform_rate=1_000,
    mall_distribution_rate=1_000,
    mall_window=604_800,
    commission_min=400,
    commission_max=10_000,
    sale_limit=0,
    injection_drip_max=50,
    refund_case_days=180,
    notice_days=7,
)


def test_seed_1_is_the_first_set_of_the_scheme_text() -> None:
    assert load_terms(preset="seed-1") == SEED_1


def test_seed_1_is_the_default() -> None:
    assert load_terms() == SEED_1


def test_seed_2_is_the_second_set_and_differs_in_nothing_else() -> None:
    assert load_book(preset="seed-2").terms == dataclasses.replace(
        SEED_1, direct=100, indirect=50, recruiter=100, city=5, province=1, agent_mode="flat"
    )


def test_town_is_seed_1_with_every_safeguard() -> None:
    assert load_terms(preset="town") == dataclasses.replace(
        SEED_1,
        genesis_money=1_000_000_000,
        mint_step=100,
        mint_lock=604_800,
        window=86_400,
        commission_min=500,
        commission_max=3_000,
        sale_limit=100,
    )


def test_every_default_is_the_safe_one() -> None:
    """H4: a town that changes nothing has the rules' own values, and everything risky is off."""
    book = load_book(preset="town")
    for name, rule in read_library().rules.items():
        assert book.value(name=name) == rule.history[-1].value, name
    safe = {name: book.value(name=name) for name in ("injections", "conversions", "rank_mode")}
    assert safe == {"injections": "off", "conversions": "off", "rank_mode": "off"}
    assert book.value(name="payee") == "merchant"
    assert (book.number(name="entry_fee"), book.number(name="headcount_reward")) == (0, 0)
    assert (book.terms.window, book.terms.mall_window) == (86_400, 604_800)


def test_every_preset_is_whole_in_its_rewards() -> None:
    """R8: what a preset is about stands in its own file, not in a default that may change."""
    rewards = {"direct", "indirect", "recruiter", "agent_mode"}
    rewards |= {"district", "city", "province", "grand_region"}
    for preset in read_library().presets.values():
        assert rewards <= set(preset.histories), preset.name


def test_every_field_of_the_terms_is_a_rule() -> None:
    assert {field.name for field in dataclasses.fields(Terms)} <= set(read_library().rules)


def test_settings_stand_over_the_preset() -> None:
    terms = load_terms(settings=["exit_cap=20000", "agent_mode=flat", "window=3600"])
    assert terms == dataclasses.replace(SEED_1, exit_cap=20_000, agent_mode="flat", window=3_600)


def test_of_two_settings_of_one_name_the_last_counts() -> None:
    assert load_terms(settings=["exit_cap=1", "exit_cap=20000"]).exit_cap == 20_000


def test_a_list_is_set_with_commas() -> None:
    terms = load_terms(settings=["rank_turnover=10,20", "rank_rates=5,9"])
    assert (terms.rank_turnover, terms.rank_rates) == ((10, 20), (5, 9))


def test_an_empty_setting_empties_a_list() -> None:
    assert load_terms(settings=["rank_rates="]).rank_rates == ()


@pytest.mark.parametrize(
    "text", ["", "1.5", "+5", " 5", "1_000", "٣", "1e3", "0x10", "abc", "9" * 61]
)
def test_a_setting_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(RefusedRulebook, match="direct must be a whole number"):
        load_terms(settings=[f"direct={text}"])


def test_a_word_that_is_no_choice_is_refused() -> None:
    with pytest.raises(RefusedRulebook, match="agent_mode must be one of differential, flat"):
        load_terms(settings=["agent_mode=both"])


def test_a_list_with_a_hole_is_refused() -> None:
    with pytest.raises(RefusedRulebook, match="rank_rates must be whole numbers with commas"):
        load_terms(settings=["rank_rates=1,,2"])


def test_an_unknown_preset_lists_the_presets() -> None:
    with pytest.raises(
        UnknownPreset, match="no preset is called 'seed'; there are seed-1, seed-2, town"
    ):
        load_terms(preset="seed")


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownRule, match=r"'exitcap'; did you mean exit_cap\?"):
        load_terms(settings=["exitcap=1"])


def test_an_unknown_rule_far_from_all_lists_the_rules() -> None:
    with pytest.raises(
        UnknownRule, match=r"the rules are: agent_fee_max, .*window, withdrawal_day_max, .*_min"
    ):
        load_terms(settings=["qqqq=1"])


@pytest.mark.parametrize("setting", ["exit_cap", "=5", ""])
def test_a_setting_without_name_or_value_is_refused(setting: str) -> None:
    with pytest.raises(MalformedSetting, match="is not NAME=VALUE"):
        load_terms(settings=[setting])


def later(tmp_path: Path) -> Path:
    """Copy the rules, in a folder in which one rule of the town changes in March."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    town = folder / "presets" / "town.toml"
    text = town.read_text(encoding="utf-8")
    old = 'window = [{ since = 2026-11-01, value = 86_400, source = "规则 E7：店内 1 天" }]'
    new = old[:-1] + ', { since = 2027-03-01, value = 172_800, source = "公示" }]'
    assert old in text
    town.write_text(text.replace(old, new), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("day", "window"),
    [
        (date(2026, 11, 1), 86_400),
        (date(2027, 2, 28), 86_400),
        (date(2027, 3, 1), 172_800),
        (date(2030, 1, 1), 172_800),
        (None, 172_800),
    ],
)
def test_a_value_is_in_force_from_its_own_day_on(
    tmp_path: Path, day: date | None, window: int
) -> None:
    folder = later(tmp_path)
    assert load_terms(preset="town", on=day, folder=folder).window == window
    assert load_terms(preset="seed-1", on=day, folder=folder).window == 0


def test_before_its_first_day_a_rule_has_no_value() -> None:
    with pytest.raises(NoValueYet, match="no value on 2026-10-31: its first one is of 2026-11-01"):
        load_terms(on=date(2026, 10, 31))
