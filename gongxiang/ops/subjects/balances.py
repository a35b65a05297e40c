"""余额: what each party has on each account, and the trial balance on top.

The accounts that exist once are always compared with the pool. Summing up every party's balance
is left out where there are too many of them to do it on a page; `verify` always does.

    POOL = pool.money        −POINTS_ISSUED = circulating        Σ of a unit = 0

Units: as the account says; every figure to its last digit.
Source: I-1, I-2, I-5; E16 (what may stand below zero is a debt).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from gongxiang.base import text
from gongxiang.economy import accounts
from gongxiang.ledger.chart import ACCOUNT_NAMES
from gongxiang.ops.figures import exact
from gongxiang.ops.names import names_of
from gongxiang.ops.page import Page, Tag
from gongxiang.ops.rows import one, rows
from gongxiang.ops.standing import Open, standing
from gongxiang.ops.subjects.postings import UNITS
from gongxiang.ops.table import (
    PAGE,
    STRETCH,
    Address,
    Cell,
    Column,
    Stretch,
    Table,
    address,
    way_on,
)

SUMMED_MAX: Final = 200_000
"""Balances that a page adds up; about a tenth of a second."""
_SYSTEM: Final = sorted(set(ACCOUNT_NAMES) - accounts.OF_A_PARTY)
_ACCOUNTS: Final = {"": "全部"} | {
    str(account): ACCOUNT_NAMES[account] for account in sorted(accounts.OF_A_PARTY)
}
_SIGNS: Final = {"": "全部", "debt": "欠款"}
_COLUMNS: Final = (Column("主体"), Column("科目"), Column("余额", "n"), Column("单位"))
_TRIAL_COLUMNS: Final = (
    Column("科目"),
    Column("户数", "n"),
    Column("余额合计", "n"),
    Column("单位"),
)
_TRIAL: Final = """
SELECT account, sum(amount), count(*) FROM ledger_balance WHERE party_id = ANY(%s) GROUP BY account
 UNION ALL
SELECT account, sum(amount), count(*) FROM ledger_balance
 WHERE party_id > 999
   AND (SELECT reltuples FROM pg_class WHERE oid = 'ledger_balance'::regclass) <= %s
 GROUP BY account ORDER BY account
"""
_PLACES: Final = "WHERE (party_id, account) < (%(party)s, %(account)s) AND party_id > 999"
_EDGE: Final = f"""
SELECT party_id, account FROM ledger_balance {_PLACES}
 ORDER BY party_id DESC, account DESC OFFSET %(stretch)s - 1 LIMIT 1
"""  # noqa: S608  constant
_BALANCES: Final = f"""
SELECT party_id, account, amount FROM ledger_balance {_PLACES}
   AND (party_id, account) >= (%(edge_party)s, %(edge_account)s)
   AND (%(of)s::int IS NULL OR account = %(of)s) AND (%(sign)s = '' OR amount < 0)
 ORDER BY party_id DESC, account DESC LIMIT %(size)s
"""  # noqa: S608  constant
_OF_PARTIES: Final = """
SELECT party_id, account, amount FROM ledger_balance WHERE party_id = ANY(%s)
"""
_BEYOND: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The sum of each account, and how far it is from what the pool says."""

    sums: Mapping[int, int]
    counts: Mapping[int, int]
    money_off: int
    points_off: int
    is_whole: bool
    """Every party's balance was added up as well."""

    @property
    def tag(self) -> Tag:
        """Say whether the books agree."""
        if not self.money_off and not self.points_off:
            return Tag("账实相符，差 0.00", "ok")
        if self.money_off:
            return Tag(f"账实不符，差 {exact(amount=self.money_off, account=101)} 元", "bad")
        return Tag(f"账实不符，差 {exact(amount=self.points_off, account=201)} 积分", "bad")

    @property
    def note(self) -> str:
        """Say what was compared."""
        if self.is_whole:
            return "池与账本的池科目一致；流通与已发积分一致；每种单位的全部余额相加为零。"
        return "池与账本的池科目一致，流通与已发积分一致。户数太多，逐户相加用 verify 命令。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the page prints."""

    trial: Table
    note: str
    table: Table


def page(request: HttpRequest) -> Page:
    """List the balances of parties, newest first, under the trial balance."""
    where = address(request, "account", "sign")
    filters = (
        where.choice("account", "科目", _ACCOUNTS),
        where.choice("sign", "正负", _SIGNS),
    )
    now = standing()
    found = trial(now.pool)
    stretch, balances = _stretch(where)
    names = names_of(party for party, _, _ in balances)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                names.cell(party),
                Cell(ACCOUNT_NAMES[account], href=reverse("admin:postings") + f"?home={party}"),
                amount_cell(amount, account),
                Cell(UNITS[accounts.unit_of(account)]),
            )
            for party, account, amount in balances
        ),
        empty="没有这样的余额。",
        filters=filters,
    )
    face = Face(trial=_table(found), note=found.note, table=way_on(table, stretch, where))
    return Page(title="余额", face=face, template="ops/balances.html", tags=(found.tag,))


def trial(pool: Open | None) -> Trial:
    """Add up the accounts and compare them with the pool."""
    found = rows(_TRIAL, [_SYSTEM, SUMMED_MAX])
    sums = {account: amount for account, amount, _ in found}
    is_whole = not sums or bool(set(sums) & accounts.OF_A_PARTY)
    units = dict.fromkeys(UNITS, 0)
    for account, amount in sums.items():
        units[accounts.unit_of(account)] += amount
    money_off = 0 if pool is None else pool.pair.money - sums.get(accounts.POOL, 0)
    points_off = 0
    if pool is not None:
        points_off = pool.pair.circulating + sums.get(accounts.POINTS_ISSUED, 0)
    if is_whole:
        money_off = money_off or units[1] or units[3]
        points_off = points_off or units[2]
    return Trial(
        sums=sums,
        counts={account: count for account, _, count in found},
        money_off=money_off,
        points_off=points_off,
        is_whole=is_whole,
    )


def of_parties(parties: list[int]) -> dict[tuple[int, int], int]:
    """Give the balances of some parties by party and account."""
    found = rows(_OF_PARTIES, [parties]) if parties else []
    return {(party, account): amount for party, account, amount in found}


def amount_cell(amount: int, account: int) -> Cell:
    """Give a balance, with a word where it is a debt."""
    is_debt = amount < 0 and account in accounts.DEBTS
    return Cell(exact(amount=amount, account=account), note="欠款待抵" if is_debt else "")


def _table(found: Trial) -> Table:
    return Table(
        columns=_TRIAL_COLUMNS,
        rows=tuple(
            (
                Cell(ACCOUNT_NAMES[account]),
                Cell(text.count(number=found.counts[account])),
                Cell(exact(amount=amount, account=account)),
                Cell(UNITS[accounts.unit_of(account)]),
            )
            for account, amount in found.sums.items()
        ),
        empty="账本还是空的。公布第一版规则时起盘，就有第一笔。",
    )


def _stretch(where: Address) -> tuple[Stretch, list[tuple[int, int, int]]]:
    party, account = where.place(2) or (_BEYOND, 0)
    values: dict[str, Any] = {"party": party, "account": account, "size": PAGE + 1}
    values |= {"of": where.number("account"), "sign": where.get("sign")}
    edge = None
    if where.get("account") or where.get("sign"):
        edge = one(_EDGE, values | {"stretch": STRETCH})
    edge_party, edge_account = edge or (0, 0)
    values |= {"edge_party": edge_party, "edge_account": edge_account}
    found: list[Any] = rows(_BALANCES, values)
    if len(found) > PAGE:
        last = found[PAGE - 1]
        return Stretch(next=(last[0], last[1])), found[:PAGE]
    return Stretch(next=edge, is_cut=edge is not None), found
