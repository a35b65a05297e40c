"""The file of the own account's bill: written as the channels do, not believed when broken."""

import gzip
from collections.abc import Callable

import psycopg
import pytest
import requests

from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Unknown
from gongxiang.sandbox import bills, own_funds
from gongxiang.sandbox.pay import Sandbox
from tests.conftest import Database
from tests.payments.own_account import (
    LINES,
    Town,
    booked,
    day_of,
    fetched,
    opened_town,
    transferred,
)
from tests.payments.paying import ask
from tests.payments.sending import known_to, sent, transfer_of


@pytest.fixture
def here(database: Database, sandbox: Sandbox, admin: psycopg.Connection) -> Town:
    """Open the town."""
    assert database.name
    return opened_town(sandbox, admin)


Break = Callable[[str], str]
HEAD = "a bill that cannot be read: "
BROKEN: dict[str, tuple[Break, str]] = {
    "columns": (
        lambda text: text.replace("业务凭证号", "凭证"),
        f"{HEAD}KeyError('业务凭证号')",
    ),
    "fewer values": (
        lambda text: text.replace(",`零钱提现", ""),
        f"{HEAD}ValueError('zip() argument 2 is shorter than argument 1')",
    ),
    "total": (
        lambda text: text.replace("`1,`100.00\r\n", "`1,`100.01\r\n"),
        f"{HEAD}ValueError('its sums say (0, 0, 1, 10001), its lines (0, 0, 1, 10000)')",
    ),
    "count": (
        lambda text: text.replace("\r\n`1,`0,", "\r\n`2,`0,"),
        f"{HEAD}ValueError('its sums say 2 lines, it has 1')",
    ),
    "cut": (
        lambda text: text[: text.index("资金流水总笔数")],
        f"{HEAD}ValueError('no sums at its end')",
    ),
    "amount": (
        lambda text: text.replace("`支出,`100.00", "`支出,`1e2"),
        f"{HEAD}ValueError(\"'1e2' is no amount\")",
    ),
    "side": (lambda text: text.replace("`支出,", "`冻结,"), f"{HEAD}KeyError('冻结')"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_not_believed(
    here: Town, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    transferred(here)
    broken, why = BROKEN[kind]
    write = own_funds.wechat
    monkeypatch.setattr(own_funds, "wechat", lambda *a, **k: broken(write(*a, **k)))
    with pytest.raises(Unknown) as refused:
        fetched()
    assert str(refused.value) == why
    assert ask(LINES) == []


def test_a_line_of_another_day_is_not_believed(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = f"19{transferred(here).bill[2:]}"
    today, before, write = day_of(), day_of(1), own_funds.wechat
    monkeypatch.setattr(
        own_funds, "wechat", lambda *a, **k: write(*a, **k).replace(f"`{today} ", f"`{before} ")
    )
    with pytest.raises(Unknown) as refused:
        fetched()
    assert str(refused.value) == f"{HEAD}ValueError('line {flow} is of {before}')"


def test_a_line_twice_or_under_no_number_is_not_believed(here: Town) -> None:
    line = booked("充值/提现", 5, is_in=True)
    here.sandbox.trades.booked += [line, line]
    with pytest.raises(Unknown) as refused:
        fetched()
    assert str(refused.value) == f"{HEAD}ValueError('line 1900000001 stands 2 times')"
    here.sandbox.trades.booked = [booked("充值/提现", 5, is_in=True, order="99/7")]
    with pytest.raises(Unknown) as refused:
        fetched()
    assert str(refused.value) == f"{HEAD}ValueError(\"line '19/7' of 5 fen\")"


def test_another_hash_and_what_is_no_gzip_are_not_believed(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    transferred(here)
    told = iter(range(1_000))
    write = own_funds.wechat
    with monkeypatch.context() as patch:
        patch.setattr(own_funds, "wechat", lambda *a, **k: f"{write(*a, **k)}{next(told)}")
        with pytest.raises(Unknown) as refused:
            fetched()
    assert str(refused.value) == "a bill with another hash"
    with monkeypatch.context() as patch:
        words = "Not a gzipped file (b'\\xe8\\xae')"
        patch.setattr(gzip, "compress", lambda plain, **_: plain)
        with pytest.raises(Unknown) as refused:
            fetched()
    assert str(refused.value) == f"no bill: {gzip.BadGzipFile(words)!r}"
    assert ask(LINES) == []


ALIPAY: dict[str, tuple[Break, str]] = {
    "columns": (lambda text: text.replace("账务流水号", "号"), f"{HEAD}KeyError('账务流水号')"),
    "total": (
        lambda text: text.replace("共100.00元", "共99.99元"),
        f"{HEAD}ValueError('its sums say (0, 0, 1, 9999), its lines (0, 0, 1, 10000)')",
    ),
    "cut": (
        lambda text: text[: text.index("#收入合计")],
        f"{HEAD}ValueError('no sum of 收入')",
    ),
    "both sides": (
        lambda text: text.replace("\t,0.00\t,-100.00", "\t,1.00\t,-100.00"),
        "came in and went out",
    ),
}


@pytest.mark.parametrize("kind", ALIPAY)
def test_a_broken_file_of_alipay_is_not_believed(
    here: Town, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    known_to(Provider.ALIPAY, "13800000012")
    drive_transfer(transfer=transfer_of(sent()))
    broken, why = ALIPAY[kind]
    pack = bills.zipped

    def zipped(files: dict[str, list[str]]) -> bytes:
        details = broken("\n".join(files["账务明细"])).split("\n")
        return pack({**files, "账务明细": details})

    monkeypatch.setattr(bills, "zipped", zipped)
    with pytest.raises(Unknown) as refused:
        fetched(Provider.ALIPAY)
    assert why in str(refused.value)
    assert ask(LINES) == []


def test_alipay_says_that_its_bill_is_late_and_that_a_zip_is_none(
    here: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_to(Provider.ALIPAY, "13800000012")
    drive_transfer(transfer=transfer_of(sent()))
    here.sandbox.trades.tricks["late_bills"] = 1
    with pytest.raises(Unknown, match=r"^isp\.unknow-error$"):
        fetched(Provider.ALIPAY)
    here.sandbox.trades.tricks["late_bills"] = 0
    monkeypatch.setattr(bills, "zipped", lambda _: b"nothing")
    with pytest.raises(Unknown) as refused:
        fetched(Provider.ALIPAY)
    assert str(refused.value) == "no bill: BadZipFile('File is not a zip file')"


def test_the_sandbox_writes_the_bill_as_the_channel_does(here: Town) -> None:
    there = transferred(here)
    rows = own_funds.of_day(
        here.sandbox.trades, channel="wechat", day=day_of(), account="OPERATION"
    )
    head, line, sums, summed, _ = own_funds.wechat(rows, mchid="1900000001").split("\r\n")
    assert head == (
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),"
        "账户结余(元),资金变更提交申请人,备注,业务凭证号"
    )
    assert line.split(",")[1:] == [
        f"`{each}"
        for each in (
            *(there.bill, f"19{there.bill[2:]}", "商家转账", "商家转账", "支出", "100.00"),
            *("999900.00", "1900000001API", "零钱提现", there.number),
        )
    ]
    assert sums == "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
    assert summed == "`1,`0,`0.00,`1,`100.00"
    assert requests.get(f"{here.sandbox.base}/bill.zip", timeout=5).status_code == 400
