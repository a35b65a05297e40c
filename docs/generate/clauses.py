"""clauses.md: what the numbers in the code mean (E7, R5, I-3), and where each of them is kept.

That is: modules whose docstring names the clause as its source, but for the faces, which only show
what others keep, and rules of rules/*.toml that name it.
"""

import ast
import re
from collections import defaultdict
from pathlib import Path

from docs.generate.markdown import code, page, table
from gongxiang.rulebook.load import read_library

PACKAGE = Path(__file__).parents[2] / "gongxiang"
KEEPERS = ("base", "economy", "rulebook", "lab", "ledger", "settlement", "acts")
ONE = r"(?:[ERMGPH]\d{1,2}|[IQ]-?\d{1,2})"
RANGE = re.compile(rf"\b({ONE})(?:-| to )({ONE})\b")
SINGLE = re.compile(rf"\b{ONE}\b")
RANGE_MAX = 10
INTRODUCTION = """\
The specification of the scheme is numbered, and the code cites the numbers: E is the economy, R the
rewards, M the mall and its vouchers, G governance, P money in and out, H honesty and lawful
defaults, I an invariant that always holds, Q a check that runs beside the platform. This page says
in a sentence what each cited number is about, and where it is kept: in which files of `gongxiang/`
and in which [rules](rules.md)."""
CLAUSES = {
    "E1": "Whole numbers only; where rounding happens, and to whose good.",
    "E2": "How large amounts may be in the database.",
    "E3": "The pool is the pair (money, circulating); a price is never stored.",
    "E4": "The genesis holding: locked for ever, belongs to nobody, keeps the price defined.",
    "E5": "No event lowers the price.",
    "E6": "A spend is split into merchant, platform, distribution budget and pool inflow.",
    "E7": "A paid order waits for its refund window; what it settles with is frozen as it is paid.",
    "E8": "Settlement in the pool's sequence: the inflow mints a lot at the pair before it.",
    "E9": "Vouchers at settlement: a multiple of the spend, less where the commission is low.",
    "E10": "The result does not depend on how settlement is cut into batches.",
    "E11": "Selling: oldest lots first, at the pair of the moment before, paid at the payout rate.",
    "E12": "A young lot is locked; a person sells at most a share of the circulating points a day.",
    "E13": "The cap of a lot, and its exit when it is worth what is left of it.",
    "E14": "Exits run after every event until no lot is at its cap, nearest first.",
    "E15": "An order after an exit starts a new lot.",
    "E16": "A refund after settlement: points burn or their payout is kept; the store pays.",
    "E17": "What a refunded member can end with; nobody else loses by it.",
    "E18": "Capital put into the pool mints nothing.",
    "E19": "Points into entries of the share register; off by default.",
    "E20": "A dividend is split by weight, by the largest remainder.",
    "R1": "Rewards come out of an order's distribution budget and never exceed it.",
    "R2": "A member is bound once, for ever; the referral graph is a forest.",
    "R3": "Direct and indirect reward: who earns them.",
    "R4": "The recruiter of a store earns on all its turnover and is never its owner.",
    "R5": "Agents earn by the store's division, in half-open periods from midnight to midnight.",
    "R6": "Rank differential and peer reward: off unless a town decides otherwise.",
    "R7": "Shareholders: a dividend by shares and time held.",
    "R8": "The two sets of rates of the scheme's text are presets.",
    "R9": "A rate is data with a date, a unit and a source; changes take notice.",
    "R10": "Every amount that a person received can be explained and computed again.",
    "R11": "Nothing is paid for joining or for recruiting as such.",
    "M1": "The platform's own mall, its goods and their reference prices.",
    "M2": "How much of a mall price vouchers pay.",
    "M3": "The rebate to the stores whose vouchers were used.",
    "M4": "A mall profit is split into pool, platform and distribution budget.",
    "M5": "Goods that would lose money at full voucher use cannot be put on sale.",
    "M6": "Stock, vouchers and coupons are taken in one statement each.",
    "M7": "A mall refund returns vouchers and cash as they were paid.",
    "M8": "Campaigns, search and tracking of the mall.",
    "G1": "Two violations: interception by small accounts, payment beside the platform.",
    "G2": "How a report is answered, judged and appealed.",
    "G3": "What an upheld report moves, and that it can be moved back.",
    "G4": "Detection proposes cases and never punishes.",
    "G5": "Limits on reports.",
    "P1": "Payment providers behind one door.",
    "P2": "The merchant is the payee.",
    "P3": "The provider's bill is compared with the ledger every day.",
    "P4": "A withdrawal never exceeds the balance.",
    "P5": "No call outside within a database transaction.",
    "H1": "Words that promise what the scheme does not give are refused.",
    "H2": "The facts that stand beside every price and cap.",
    "H3": "The articles of law a plan may touch are pointed at, never judged.",
    "H4": "Defaults are the safe ones.",
    "H5": "Personal data: masked, minimal, by consent.",
    "H6": "How the scheme would be wound down.",
    "H7": "The hash chain, the daily seal and the stand-alone check.",
    "I-1": "Postings sum to 0 in every batch and unit.",
    "I-2": "Every balance is the sum of its postings; the pool's row is what the history gives.",
    "I-3": "No row of the journal is ever changed or deleted.",
    "I-4": "Every posting belongs to exactly one event.",
    "I-5": "Escrow is the sum of the waiting orders.",
    "I-6": "Channel money is the sum of the bills' lines.",
    "I-7": "No spendable balance falls below zero.",
    "I-8": "No operation lowers the price, refunds included.",
    "I-9": "Supply never falls to 0.",
    "I-10": "A mint rounds down, at the pair of its settlement.",
    "I-11": "A payout rounds down.",
    "I-12": "Nothing leaves the pool but sales, exits and refunds.",
    "I-13": "No lot takes more than its cap; one at its cap is closed.",
    "I-14": "An order settles at most once; refunds never exceed what was paid.",
    "I-15": "The pool never pays more for a refund than what comes back to it.",
    "I-16": "A refund before settlement leaves no trace in the pool.",
    "I-17": "The parts of a spend sum to it; rewards stay within the budget.",
    "I-18": "The same key changes nothing a second time.",
    "I-19": "A refused operation changes nothing.",
    "I-20": "One referrer for each member, once; no cycles.",
    "I-21": "One path of regions for each order; one agent for each region at a time.",
    "I-22": "What one person's cluster gets of an order is bounded.",
    "I-23": "One instruction, one transfer; an unknown result stays unknown until asked.",
    "I-24": "Vouchers pay no more than their share and never run below zero.",
    "I-25": "A configuration in which buying from oneself pays is warned of.",
    "I-26": "Configuration that moves money is versioned; an order names its version.",
    "I-27": "Deadlines are measured on the database's clock.",
    "Q1": "Check: postings sum to 0.",
    "Q2": "Check: balances are the journal's sums.",
    "Q3": "Check: the pool is what its steps give.",
    "Q4": "Check: escrow and channel.",
    "Q5": "Check: how long money waits in escrow.",
    "Q6": "Check: one settlement for each order.",
    "Q7": "Check: rewards within the budget.",
    "Q8": "Check: the referral graph is a forest.",
    "Q9": "Check: the hash chain.",
    "Q10": "Check: the price over all steps.",
}


def clauses() -> str:
    """Make the page."""
    files, names = kept_in(), _rules()
    rows = [
        (
            code(clause),
            what,
            ", ".join(map(code, sorted(files[clause]))),
            ", ".join(map(code, names[clause])),
        )
        for clause, what in CLAUSES.items()
        if files[clause] or names[clause]
    ]
    head = ("clause", "what it is about", "files", "rules")
    return page(title="Clauses", parts=[INTRODUCTION, table(head=head, rows=rows)])


def kept_in() -> defaultdict[str, set[str]]:
    """Give the files that name each clause as their source."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(path for layer in KEEPERS for path in (PACKAGE / layer).rglob("*.py")):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        _, _, source = said.partition("Source:")
        for clause in named(text=source):
            found[clause].add(str(path.relative_to(PACKAGE)))
    return found


def _rules() -> defaultdict[str, list[str]]:
    """Give the rules that name each clause."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for rule in read_library().rules.values():
        for clause in named(text=rule.clause):
            found[clause].append(rule.name)
    return found


def named(*, text: str) -> set[str]:
    """Find the clauses that a text names, ranges of a few written out.

    >>> sorted(named(text="E6-E8, I-1 to I-2; R1"))
    ['E6', 'E7', 'E8', 'I-1', 'I-2', 'R1']
    """
    found = set()
    for first, last in RANGE.findall(text):
        low, high = _number(first), _number(last)
        if high - low < RANGE_MAX:
            found |= {_with(first, number) for number in range(low, high + 1)}
    return found | {_with(name, _number(name)) for name in SINGLE.findall(RANGE.sub("", text))}


def _number(name: str) -> int:
    return int(re.sub(r"\D", "", name))


def _with(name: str, number: int) -> str:
    """Write a clause as the list does: invariants with a hyphen, checks without."""
    return f"I-{number}" if name[0] == "I" else f"{name[0]}{number}"
