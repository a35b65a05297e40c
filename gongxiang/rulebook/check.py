"""The plan checker: which rulebooks are refused, and what deserves a second look.

A refusal is about sums and signs; a warning is about what the numbers can do to people; flags.py
names the articles a plan may touch. None of them ever says that a plan is lawful.

Units: rates per myriad, money in micro-yuan.
Source: R1; the list of refused rulebooks of the event files' specification, in its order; E4 (at
least one atom at the start), E9, M4, R6 (well-formed tables); I-25 (its last condition warns);
P4 (no account owes withheld tax).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from gongxiang.base.money import MYRIAD
from gongxiang.economy.terms import Terms
from gongxiang.rulebook.book import Book, Problem, RulebookError
from gongxiang.rulebook.budget import Budget, budget_of
from gongxiang.rulebook.words import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the checker found: the first refusal is the one that is named."""

    budget: Budget
    refusals: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


class RefusedRulebook(RulebookError):
    """The rulebook is refused before anything runs."""

    def __init__(self, *, preset: str, report: Report) -> None:
        """Name the first reason, and keep them all."""
        self.report = report
        super().__init__(f"rulebook {preset} is refused: {report.refusals[0].message}")


def check(*, book: Book) -> Report:
    """Examine a book and give every reason against it, in the order of the specification."""
    terms = book.terms
    budget = budget_of(terms=terms)
    refusals = (
        *_over_budget(book=book, budget=budget),
        *_too_small(terms=terms),
        *_too_large(terms=terms),
        *_negative(book=book),
        *_owed_by_no_account(book=book),
        *book.unread,
        *_malformed(terms=terms),
    )
    warnings = () if refusals else tuple(_warnings(terms=terms))
    return Report(budget=budget, refusals=refusals, warnings=warnings)


def require(*, book: Book) -> Book:
    """Give the book back, or refuse it.

    Errors: `RefusedRulebook` with the first reason as its message.
    """
    report = check(book=book)
    if report.refusals:
        raise RefusedRulebook(preset=book.preset.name, report=report)
    return book


def _over_budget(*, book: Book, budget: Budget) -> Iterator[Problem]:
    """Refuse rewards above the distribution budget, with the sum and every part by name (R1)."""
    if not budget.is_over:
        return
    parts = " + ".join(
        f"{name} {book.rules[name].title} {percent(rate=rate)}"
        for name, rate in budget.parts
        if rate
    )
    yield Problem(
        rule="distribution_rate",
        message=(
            f"rewards of one order can reach {percent(rate=budget.worst)}, above the distribution"
            f" budget of {percent(rate=budget.limit)} (R1): {parts}"
            f" = {percent(rate=budget.worst)}; lower a rate or raise distribution_rate to"
            f" {budget.worst}"
        ),
    )


def _too_small(*, terms: Terms) -> Iterator[Problem]:
    """Refuse what has to be at least 1 (E4, E13)."""
    for name in ("genesis_money", "opening_price", "exit_cap"):
        if getattr(terms, name) < 1:
            yield Problem(rule=name, message=f"{name} is {getattr(terms, name)}, at least 1 needed")


def _too_large(*, terms: Terms) -> Iterator[Problem]:
    """Refuse shares of more than the whole (E6, E8, E11)."""
    for name in ("backing_rate", "payout_rate"):
        if getattr(terms, name) > MYRIAD:
            message = f"{name} is {getattr(terms, name)}, more than the whole ({MYRIAD})"
            yield Problem(rule=name, message=message)
    if terms.fees_rate > MYRIAD:
        yield Problem(
            rule="platform_rate",
            message=(
                f"platform_rate {terms.platform_rate} + distribution_rate"
                f" {terms.distribution_rate} = {terms.fees_rate}, more than the whole ({MYRIAD})"
            ),
        )


def _negative(*, book: Book) -> Iterator[Problem]:
    """Refuse any number below 0."""
    for name, dated in book.in_force.items():
        numbers = dated.value if isinstance(dated.value, tuple) else (dated.value,)
        if any(isinstance(number, int) and number < 0 for number in numbers):
            message = f"{name} is {dated.value}, no rule can be negative"
            yield Problem(rule=name, message=message)


def _owed_by_no_account(*, book: Book) -> Iterator[Problem]:
    """Refuse to keep tax back while no account of the ledger says that it is owed (P4)."""
    if "tax_withheld" in book.in_force and book.value(name="tax_withheld") == "on":
        message = (
            "tax_withheld is on, but no account of the ledger owes the tax that is kept back (P4):"
            " leave it off; the tax is then shown, and the member declares it himself"
        )
        yield Problem(rule="tax_withheld", message=message)


def _malformed(*, terms: Terms) -> Iterator[Problem]:
    """Refuse values that do not fit together (E6, E9, M2-M4, R6)."""
    if terms.voucher_full_rate == 0:
        yield Problem(rule="voucher_full_rate", message="voucher_full_rate is 0, at least 1 needed")
    if terms.commission_max > MYRIAD or terms.commission_min > terms.commission_max:
        band = f"commission_min {terms.commission_min}, commission_max {terms.commission_max}"
        message = f"{band}: the band must rise and end at most at {MYRIAD} (E6)"
        yield Problem(rule="commission_max", message=message)
    for name in ("mall_voucher_rate", "mall_rebate_rate"):
        if getattr(terms, name) > MYRIAD:
            message = f"{name} is {getattr(terms, name)}, more than the whole ({MYRIAD})"
            yield Problem(rule=name, message=message)
    mall = terms.mall_pool_rate + terms.mall_platform_rate + terms.mall_distribution_rate
    if mall != MYRIAD:
        message = f"mall_pool_rate + mall_platform_rate + mall_distribution_rate is {mall}, "
        yield Problem(rule="mall_pool_rate", message=f"{message}not the whole ({MYRIAD}) (M4)")
    if len(terms.rank_turnover) != len(terms.rank_rates):
        message = (
            f"rank_turnover has {len(terms.rank_turnover)} ranks, rank_rates"
            f" {len(terms.rank_rates)}: one of each a rank (R6)"
        )
        yield Problem(rule="rank_rates", message=message)
    for name in ("rank_turnover", "rank_rates"):
        if not _rises(numbers=getattr(terms, name)):
            yield Problem(rule=name, message=f"{name} must rise from rank to rank (R6)")


def _rises(*, numbers: Iterable[int]) -> bool:
    """Tell whether each number is above the one before."""
    return all(lower < higher for lower, higher in pairwise(numbers))


def _warnings(*, terms: Terms) -> Iterator[Problem]:
    """Name what is allowed and should not happen by accident."""
    if terms.payout_rate * terms.exit_cap > MYRIAD * MYRIAD:
        most = terms.payout_rate * terms.exit_cap // MYRIAD
        message = (
            f"payout_rate · exit_cap is {percent(rate=most)}: a lot can pay more than was spent,"
            " and a refund after an exit no longer undoes it (I-25, E17)"
        )
        yield Problem(rule="exit_cap", message=message)
    if terms.rank_mode == "payable":
        message = "rank rewards are paid by the system; the safe default is off (R6, H4)"
        yield Problem(rule="rank_mode", message=message)
    if terms.rank_mode != "off" and not terms.rank_rates:
        message = "rank rewards are on, but no ranks are defined (rank_turnover, rank_rates)"
        yield Problem(rule="rank_rates", message=message)
    for name in ("backing_rate", "payout_rate"):
        if getattr(terms, name) == 0:
            yield Problem(rule=name, message=f"{name} is 0: points are worth nothing (I-25)")
    if terms.commission_min < terms.fees_rate:
        message = (
            f"commission_min {terms.commission_min} is below platform_rate + distribution_rate"
            f" ({terms.fees_rate}): stores are refused below the latter (E6)"
        )
        yield Problem(rule="commission_min", message=message)
    yield from _self_dealing(terms=terms)


def _self_dealing(*, terms: Terms) -> Iterator[Problem]:
    """Warn when a store that buys from itself gains whatever its vouchers are worth (I-25)."""
    room = voucher_break_even(terms=terms)
    if room <= 0:
        message = (
            "rewards and the worth of vouchers reach what a commission costs: a store that buys"
            " from itself gains at once (I-25)"
        )
        yield Problem(rule="voucher_multiple", message=message)


def voucher_break_even(*, terms: Terms) -> int:
    """Give the resale worth of a voucher from which a store gains by buying from itself (I-25).

    rewards + voucher_multiple · worth < commission - platform, at the commission that gives
    vouchers in full; the points that such an order mints are left out.

    Units: per myriad of a voucher's face value.
    """
    room = terms.voucher_full_rate - terms.platform_rate - budget_of(terms=terms).worst
    return room * MYRIAD // terms.voucher_multiple if terms.voucher_multiple else MYRIAD
