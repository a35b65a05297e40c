"""The command `rules`: what a model designer reads, and how it ends."""

import argparse
import json

import pytest

from gongxiang.cli import rules
from gongxiang.cli.failure import WrongUsage
from gongxiang.cli.main import spread_assignments
from gongxiang.rulebook.json_schema import json_schema


def run(line: str) -> int:
    parser = argparse.ArgumentParser()
    rules.add_arguments(parser)
    return rules.run(parser.parse_intermixed_args(spread_assignments(line.split())))


def test_check_ends_with_the_first_prices_and_the_first_exit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("check seed-1") == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-6:] == [
        "Orders of 1,000.00 yuan at a commission of 20%, one after another",
        "  order  pool    circulating  price",
        "  1      160.10  112.1000     1.4282",
        "  2      320.10  190.5209     1.6801",
        "  3      480.10  257.1825     1.8668",
        "First exit: order 1,138, price after it 10.7295",
    ]
    assert printed.err == ""


def test_check_refuses_the_second_set_with_the_sum_and_every_part(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("check seed-2") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:13] == [
        "The most one order can pay in rewards (R1)",
        "  direct             直推        1.00%",
        "  indirect           间推        0.50%",
        "  recruiter          招商        1.00%",
        "  district           区代        0.10%",
        "  city               市代        0.05%",
        "  province           省代        0.01%",
        "  grand_region       大区        0.00%",
        "  sum                            2.66%",
        "  distribution_rate  分销预算    2.00%",
        "  2.66% > 2.00%: OVER the budget (agents: flat)",
    ]
    assert lines[14] == "REFUSED"
    assert len(lines) == 16


def test_check_takes_the_second_set_with_a_raised_budget(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("check --set distribution_rate=266 commission_min=466 seed-2") == 0
    out = capsys.readouterr().out
    assert "changed by --set: distribution_rate, commission_min" in out
    assert "2.66% ≤ 2.66%: within the budget (agents: flat)" in out


def test_check_without_a_name_checks_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check") == 0
    assert capsys.readouterr().out.startswith("seed-1 (方案第一套)")


def test_check_says_when_no_lot_exits_soon(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check seed-1 --set exit_cap=1000000") == 0
    assert capsys.readouterr().out.endswith("First exit: not within 50,000 orders\n")


def test_check_lists_every_step_away_from_the_safe_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("check town --set window=0") == 0
    out = capsys.readouterr().out
    start = out.index("Steps away")
    assert out[start : out.index("\n\n", start)] == (
        "Steps away from the safe defaults (H4)\n  window  店内退款期  0 seconds  default 24 hours"
    )


def test_show_gives_every_rule_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show seed-1 --on 2026-12-01") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "Values in force: 2026-12-01"
    row = next(line for line in lines if line.startswith("  exit_cap"))
    assert row.split() == [
        *("exit_cap", "封顶倍数", "1.2", "times", "since", "2026-11-01", "E13"),
        *("方案原文：1.2", "倍封顶退出（另有", "2.0", "倍一档）"),
    ]


def test_explain_tells_one_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("explain direct --preset seed-2") == 0
    assert capsys.readouterr().out == (
        "direct (直推) is 1% in seed-2\n"
        "  what      What the member's referrer gets of each spend.\n"
        "  说明      带这位会员来的人，得他每笔消费的这一比例。\n"
        "  stored    100 (myriad: Ten-thousandths of a whole: 2000 is 20 %.)\n"
        "  in force  since 2026-11-01\n"
        "  source    方案原文（第二套）：直推 1%\n"
        "  clause    R3\n"
        "  file      rules/rewards.toml, rules/presets/seed-2.toml\n"
        "  history\n"
        "    2026-11-01  1%  方案原文（第二套）：直推 1%\n"
    )


def test_schema_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("check seed-3", "no preset is called 'seed-3'; there are seed-1, seed-2, town"),
        ("check seed-1 --preset town", "one preset at a time, not seed-1 and town"),
        ("check seed-1 --set exit_kap=1", "did you mean exit_cap?"),
        ("explain exit-cap", "did you mean exit_cap?"),
        ("explain", "explain which rule? There are: platform_rate,"),
        ("show town --on 2020-01-01", "no value on 2020-01-01"),
        ("check --set exit_cap", "'exit_cap' is not NAME=VALUE"),
    ],
)
def test_wrong_usage_says_what_there_is(line: str, message: str) -> None:
    with pytest.raises(WrongUsage) as wrong:
        run(line)
    assert message in str(wrong.value)
    assert wrong.value.exit_code == 2


def test_a_day_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("show town --on yesterday")
    assert ended.value.code == 2
    assert "invalid _day value: 'yesterday'" in capsys.readouterr().err
