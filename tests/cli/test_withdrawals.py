"""The officers' command: two of them send a withdrawal, and say how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gongxiang.acts.withdraw import withdraw
from gongxiang.cli import withdrawals
from gongxiang.cli.main import main
from tests.acts import town
from tests.conftest import Database


@pytest.fixture(autouse=True)
def _town(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database.name

    @contextmanager
    def platform() -> Iterator[None]:
        yield

    monkeypatch.setattr(withdrawals, "platform", platform)
    town.open_town()


def asked() -> str:
    number = withdraw(key="w1", member=town.party("lin"), amount_fen=200).number
    town.query("UPDATE treasury_payout SET payee = ''")
    town.settle_now()
    return str(number)


def test_two_officers_send_it_and_it_arrives(capsys: pytest.CaptureFixture[str]) -> None:
    number = asked()
    assert main(["withdrawals"]) == 0
    assert main(["withdrawals", "approve", number, "--officer", "wu"]) == 0
    assert main(["withdrawals", "approve", number, "--officer", "wu"]) == 1
    assert main(["withdrawals", "approve", number, "--officer", "zheng"]) == 0
    assert main(["withdrawals", "arrived", number]) == 0
    assert main(["withdrawals", "failed", number]) == 1
    told = capsys.readouterr()
    assert told.out.splitlines() == [f"{number}\t2.00\t待审核", "待审核", "打款中", "已到账"]
    assert "wu gave the first verdict" in told.err


def test_a_failed_one_is_back(capsys: pytest.CaptureFixture[str]) -> None:
    number = asked()
    assert main(["withdrawals", "failed", number]) == 1
    for officer in ("wu", "zheng"):
        assert main(["withdrawals", "approve", number, "--officer", officer]) == 0
    assert main(["withdrawals", "failed", number, "--reason", "账户已注销"]) == 0
    town.settle_now()
    assert town.balance("lin", 108) == 3_000_000
    assert capsys.readouterr().out.endswith("没打成已退回\n")


@pytest.mark.parametrize(
    "words", [["approve"], ["approve", "1"], ["decline", "1", "--officer", "wu"]]
)
def test_what_is_missing_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["withdrawals", *words]) == 1
    assert capsys.readouterr().err.startswith("gongxiang withdrawals: ")
