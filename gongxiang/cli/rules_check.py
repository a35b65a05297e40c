"""What `rules check` prints: the budget with every part, refusals, warnings, law flags, preview.

Units: as the rules' own units, written out.
Source: R1, H3, H4, I-25; economy.md (first prices and first exit of 1,000-yuan orders).
"""

from gongxiang.base import text
from gongxiang.cli.table import columns
from gongxiang.rulebook.book import Book
from gongxiang.rulebook.budget import Budget
from gongxiang.rulebook.check import Report, check, voucher_break_even
from gongxiang.rulebook.flags import flags_of
from gongxiang.rulebook.load import read_library
from gongxiang.rulebook.preview import (
    COMMISSION_RATE,
    ORDERS_MAX,
    SPEND,
    Step,
    first_exit,
    first_prices,
)
from gongxiang.rulebook.words import in_english, percent


def print_check(*, book: Book) -> int:
    """Print everything the checker has to say; give 1 when the book is refused, 0 when not."""
    report = check(book=book)
    _heading(book=book)
    _budget(book=book, budget=report.budget)
    if report.refusals:
        _refusals(report=report)
        return 1
    _warnings(book=book, report=report)
    _flags(book=book)
    _steps_away(book=book)
    _preview(book=book)
    return 0


def _heading(*, book: Book) -> None:
    print(f"{book.preset.name} ({book.preset.title}): {book.preset.sentence_en}")
    if book.settings:
        print(f"changed by --set: {', '.join(book.settings)}")


def _budget(*, book: Book, budget: Budget) -> None:
    print("\nThe most one order can pay in rewards (R1)")
    parts = [(name, book.rules[name].title, rate) for name, rate in budget.parts]
    rows = [(f"  {name}", title, f"{percent(rate=rate):>7}") for name, title, rate in parts]
    verdict = "OVER the budget" if budget.is_over else "within the budget"
    sign = ">" if budget.is_over else "≤"
    rows += [
        ("  sum", "", f"{percent(rate=budget.worst):>7}"),
        ("  distribution_rate", "分销预算", f"{percent(rate=budget.limit):>7}"),
    ]
    print(columns(rows=rows))
    worst, limit = percent(rate=budget.worst), percent(rate=budget.limit)
    print(f"  {worst} {sign} {limit}: {verdict} (agents: {book.terms.agent_mode})")


def _refusals(*, report: Report) -> None:
    print("\nREFUSED")
    for problem in report.refusals:
        print(f"  {problem.message}")


def _warnings(*, book: Book, report: Report) -> None:
    print("\nWarnings")
    for problem in report.warnings:
        print(f"  {problem.rule}: {problem.message}")
    if not report.warnings:
        print("  none")
    worth = percent(rate=voucher_break_even(terms=book.terms))
    print(
        "  figure: a store that buys from itself covers its commission when vouchers resell"
        f" above {worth} of face value (I-25)"
    )


def _flags(*, book: Book) -> None:
    print("\nArticles this plan may touch (no flag is no statement that a plan is lawful, H3)")
    for flag in flags_of(book=book):
        print(f"  {flag.article.citation}: {flag.article.sentence_zh}")
        print(f"    {flag.reason}")


def _steps_away(*, book: Book) -> None:
    """Print every rule that is not at its default, which is the safe one (H4)."""
    print("\nSteps away from the safe defaults (H4)")
    rows = []
    for name, rule in read_library().rules.items():
        usual, now = rule.history[-1].value, book.in_force[name].value
        if usual != now:
            words = [in_english(value=value, unit=rule.unit) for value in (now, usual)]
            rows.append((f"  {name}", rule.title, words[0], f"default {words[1]}"))
    print(columns(rows=rows) if rows else "  none")


def _preview(*, book: Book) -> None:
    """Print the first prices and the first exit, folded by the engine."""
    spend, rate = text.yuan(amount=SPEND), text.rate(per_myriad=COMMISSION_RATE)
    print(f"\nOrders of {spend} yuan at a commission of {rate}, one after another")
    rows = [("  order", "pool", "circulating", "price")]
    rows += [
        (
            f"  {step.order}",
            text.yuan(amount=step.money),
            text.points(atoms=step.circulating),
            _price(step=step),
        )
        for step in first_prices(terms=book.terms)
    ]
    print(columns(rows=rows))
    step = first_exit(terms=book.terms)
    if step is None:
        print(f"First exit: not within {ORDERS_MAX:,} orders")
    else:
        print(f"First exit: order {step.order:,}, price after it {_price(step=step)}")


def _price(*, step: Step) -> str:
    """Write the price of a point."""
    return text.price(units=text.price_units(pool=step.money, circulating=step.circulating))
