"""Every number can be explained, and what changes between two versions is said in words."""

import dataclasses
from datetime import date

import pytest

from gongxiang.rulebook.book import UnknownRule
from gongxiang.rulebook.explain import differences, explain, explain_all
from gongxiang.rulebook.load import load_book, read_library
from gongxiang.rulebook.words import in_chinese, in_english


def test_a_rule_tells_value_day_source_clause_and_history() -> None:
    told = explain(book=load_book(preset="town"), name="mint_lock")
    assert (told.rule.title, told.rule.clause, told.rule.group) == ("新积分锁定期", "E12", "points")
    assert told.in_force.value == 604_800
    assert (told.in_force.chinese, told.in_force.english) == ("7 天", "7 days")
    assert told.in_force.since == date(2026, 11, 1)
    assert told.in_force.source == "规则 E12：正式运行 7 天"
    assert told.history == (told.in_force,)


def test_a_value_set_by_hand_says_so() -> None:
    told = explain(book=load_book(settings=["exit_cap=20000"]), name="exit_cap")
    assert (told.in_force.chinese, told.in_force.source) == ("2 倍", "--set")
    assert [line.value for line in told.history] == [12_000]


def test_every_rule_of_every_preset_can_be_explained() -> None:
    for preset in read_library().presets:
        told = explain_all(book=load_book(preset=preset))
        assert [each.rule.name for each in told] == list(read_library().rules)
        assert all(each.in_force.chinese and each.in_force.source for each in told)


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownRule, match=r"did you mean payout_rate\?"):
        explain(book=load_book(), name="payout")


def test_equal_versions_differ_in_nothing() -> None:
    terms = load_book().terms
    assert differences(before=terms, after=terms) == ()


def test_the_two_sets_of_the_scheme_text_differ_in_six_rules() -> None:
    changes = differences(
        before=load_book(preset="seed-1").terms, after=load_book(preset="seed-2").terms
    )
    assert [change.sentence for change in changes] == [
        "直推 0.3% → 1%",
        "间推 0.2% → 0.5%",
        "招商 0.5% → 1%",
        "代理分成方式 级差 → 平拿",
        "市代 0.2% → 0.05%",
        "省代 0.3% → 0.01%",
    ]


def test_a_difference_is_told_in_the_order_of_the_files() -> None:
    before = load_book(preset="town").terms
    after = dataclasses.replace(
        before, rank_rates=(10, 20), rank_turnover=(10**9, 10**10), genesis_money=1
    )
    assert [change.sentence for change in differences(before=before, after=after)] == [
        "起盘资金 1,000.00 元 → 0.000001 元",
        "级别业绩线 无 → 1,000.00 / 10,000.00 元",
        "级别比例 无 → 0.1% / 0.2%",
    ]


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("direct", 30, "0.3%", "0.3%"),
        ("exit_cap", 12_000, "1.2 倍", "1.2 times"),
        ("genesis_money", -1, "−0.000001 元", "−0.000001 yuan"),
        ("genesis_money", 10**9, "1,000.00 元", "1,000.00 yuan"),
        ("window", 3_600, "1 小时", "1 hours"),
        ("window", 0, "0 秒", "0 seconds"),
        ("refund_case_days", 180, "180 天", "180 days"),
        ("jury_size", 9, "9 个", "9"),
        ("rank_mode", "payable", "由系统支付", "payable"),
        ("agent_fee_min", (1_000_000, 2_000_000), "1.00 / 2.00 元", "1.00 / 2.00 yuan"),
    ],
)
def test_a_value_in_words(
    name: str, value: int | str | tuple[int, ...], chinese: str, english: str
) -> None:
    unit = read_library().rules[name].unit
    assert in_chinese(value=value, unit=unit) == chinese
    assert in_english(value=value, unit=unit) == english
