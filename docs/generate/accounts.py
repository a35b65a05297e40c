"""accounts.md: the chart of accounts, what postings are for, and the legs of every movement.

The legs are read from gongxiang/economy/movement.py, where each movement lists its postings.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from docs.generate.markdown import code, one_line, page, table
from gongxiang.base.clock import BEGINNING
from gongxiang.base.money import YUAN
from gongxiang.economy import accounts as chart_of_economy
from gongxiang.economy import machine, movement
from gongxiang.economy.events import Paid
from gongxiang.economy.reward import ROLES, of_referral, of_store
from gongxiang.economy.state import opened
from gongxiang.ledger.chart import ACCOUNT_NAMES, LEGS, PURPOSE_NAMES, PURPOSES
from gongxiang.rulebook.load import load_terms

MOVEMENTS = Path(movement.__file__)
UNITS = {1: "money, µ¥", 2: "points, atoms", 3: "vouchers, µ¥ of list price"}
INTRODUCTION = """\
The books are double entry. Every movement makes postings that sum to 0 in each unit; a credit is
positive and means that the party gains, a debit is negative and means that it gives. In the
database a posting has one column for each, `debit` and `credit`, and exactly one of them is filled.

Accounts marked *of a party* exist for every store or member; the others exist once, and a batch
posts their movements as one sum. The first digit of an account is its unit."""
LEG = """\
A leg is what a posting is for and on which account: `purpose · 1000 + account`. `{leg}` is purpose
{number} ({purpose}) on account {account} ({name})."""
EXAMPLE = """\
One order of 1,000.00 yuan at a commission of 20 %, the first on an empty platform with the rules
`seed-1`: a referrer, a recruiter of the binding store, a recruiter of this store and a district
agent are rewarded. First it is paid, then it settles. Amounts are µ¥, atoms, µ¥ of list price."""
CONSTANTS = {
    number: name
    for name, number in vars(chart_of_economy).items()
    if name.isupper() and isinstance(number, int)
}


def accounts() -> str:
    """Make the page."""
    parts = [INTRODUCTION, "## Accounts", _accounts(), "## Purposes", _purposes()]
    parts += ["## Legs", _leg()]
    for name, what, legs in movements():
        rows = [(code(purpose), f"{number} {_name(number)}", leg) for purpose, number, leg in legs]
        parts += [f"### {name}", what, table(head=("purpose", "account", "leg"), rows=rows)]
    return page(title="Accounts", parts=[*parts, "## A worked example", EXAMPLE, _example()])


def movements() -> Iterator[tuple[str, str, list[tuple[str, int, str]]]]:
    """Give each movement with its docstring and its legs: purpose, account, number."""
    tree = ast.parse(MOVEMENTS.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        is_movement = isinstance(node, ast.ClassDef) and _legs(node, functions)
        if is_movement or (isinstance(node, ast.FunctionDef) and node.name == "opening"):
            assert isinstance(node, ast.ClassDef | ast.FunctionDef), "what was just looked at"
            legs = [
                (purpose, account, str(LEGS[purpose, account]))
                for purpose, account in _legs(node, functions)
            ]
            yield node.name, one_line(ast.get_docstring(node) or ""), legs


def _legs(node: ast.AST, functions: dict[str, ast.FunctionDef]) -> list[tuple[str, int]]:
    """Find the postings that a movement lists, in itself and in the functions it calls."""
    found: list[tuple[str, int]] = []
    for inner in ast.walk(node):
        match inner:
            case ast.Tuple(elts=[ast.Constant(value=str(purpose)), ast.Attribute(attr=name), *_]):
                found.append((purpose, getattr(chart_of_economy, name)))
            case ast.Tuple(elts=[ast.Name(id="role"), ast.Attribute(attr=name), *_]):
                found += [(role, getattr(chart_of_economy, name)) for role in ROLES]
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(leg)), *_]):
                if name in functions:
                    found += [(leg, account) for account in _accounts_of(functions[name])]
            case ast.Call(func=ast.Name(id=name)) if name in functions:
                found += _legs(functions[name], functions)
    return found


def _accounts_of(function: ast.FunctionDef) -> Iterator[int]:
    """Find the accounts of a function whose purpose is an argument."""
    for inner in ast.walk(function):
        match inner:
            case ast.Tuple(elts=[ast.Name(), ast.Attribute(attr=account), *_]):
                yield getattr(chart_of_economy, account)


def _accounts() -> str:
    rows = [
        (
            str(number),
            code(CONSTANTS[number]),
            name,
            UNITS[chart_of_economy.unit_of(number)],
            "of a party" if number in chart_of_economy.OF_A_PARTY else "one",
            _below_zero(number),
        )
        for number, name in ACCOUNT_NAMES.items()
    ]
    return table(head=("account", "code name", "中文", "unit", "how many", "below zero"), rows=rows)


def _below_zero(account: int) -> str:
    if account in chart_of_economy.DEBTS:
        return "as a debt (E16)"
    if account in chart_of_economy.MAY_BE_NEGATIVE:
        return "always: mirrors the outside or an issue"
    return "never"


def _purposes() -> str:
    rows = [(str(number), code(name), PURPOSE_NAMES[name]) for name, number in PURPOSES.items()]
    return table(head=("number", "purpose", "中文"), rows=rows)


def _leg() -> str:
    leg = LEGS["direct", chart_of_economy.CASH]
    number, account = divmod(leg, 1000)
    name = _name(account)
    return LEG.format(leg=leg, number=number, purpose="direct", account=account, name=name)


def _name(account: int) -> str:
    return f"{CONSTANTS[account].lower().replace('_', ' ')} ({ACCOUNT_NAMES[account]})"


def _example() -> str:
    """Fold the example order and write down what it posts."""
    terms = load_terms(preset="seed-1")
    rewards = of_referral("referrer", "recruiter of the binding store", terms=terms)
    rewards += of_store("recruiter", ("district agent", None, None, None), terms=terms)
    order = Paid("order", "buyer", "store", 1_000 * YUAN, 2_000, rewards, BEGINNING, terms)
    _, moved = machine.apply(opened(terms), order)
    rows = [
        (code(purpose), _name(account), str(party or ""), *_sides(amount))
        for one in moved
        for purpose, account, party, amount in one.postings()
    ]
    return table(head=("purpose", "account", "party", "debit", "credit"), rows=rows)


def _sides(amount: int) -> tuple[str, str]:
    return (f"{-amount:,}", "") if amount < 0 else ("", f"{amount:,}")
