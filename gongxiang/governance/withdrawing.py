"""What the rules in force say of withdrawals: limits, and the income tax that is computed.

    tax = (amount - tax_free) * tax_rate, whole fen, in the member's favour

The tax is shown; it is kept back only where the rules say so.

Units: micro-yuan, rates per myriad. Source: P4; rules/limits.toml.
"""

from dataclasses import dataclass
from functools import cache

from gongxiang.base.clock import format_at
from gongxiang.base.money import FEN, MYRIAD
from gongxiang.governance.models import RuleVersion
from gongxiang.rulebook.load import load_book


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRules:
    """The rules of one version."""

    least: int
    day_max: int
    tax_free: int
    tax_rate: int
    is_withheld: bool

    def tax(self, amount: int) -> int:
        """Give the tax on one withdrawal.

        >>> rules = WithdrawalRules(
        ...     least=0, day_max=0, tax_free=800_000_000, tax_rate=2_000, is_withheld=False
        ... )
        >>> rules.tax(100_000_000), rules.tax(1_000_000_000)
        (0, 40000000)
        """
        taxed = max(0, amount - self.tax_free) * self.tax_rate // MYRIAD
        return taxed - taxed % FEN

    def withheld(self, amount: int) -> int:
        """Give what is kept back of one withdrawal."""
        return self.tax(amount) if self.is_withheld else 0


def withdrawal_rules() -> WithdrawalRules:
    """Give the rules in force."""
    version = RuleVersion.objects.latest("id")
    return _of(version.preset, tuple(version.settings))


def every_withdrawal_rules() -> tuple[WithdrawalRules, ...]:
    """Give the rules of every version that was published: a payout keeps those of its moment."""
    versions = RuleVersion.objects.order_by("id").values_list("preset", "settings")
    return tuple(_of(preset, tuple(settings)) for preset, settings in versions)


def withdrawal_rules_at(at: int) -> tuple[int, WithdrawalRules]:
    """Give the number and the rules of the version that was the newest at a moment."""
    versions = RuleVersion.objects.order_by("-id")
    known = versions.filter(published_at__lte=format_at(at)).first() or versions.last()
    assert known is not None, "who withdrew did so under some rules"
    return known.id, _of(known.preset, tuple(known.settings))


@cache
def _of(preset: str, settings: tuple[str, ...]) -> WithdrawalRules:
    book = load_book(preset=preset, settings=settings)
    return WithdrawalRules(
        least=book.number(name="withdrawal_min"),
        day_max=book.number(name="withdrawal_day_max"),
        tax_free=book.number(name="tax_free"),
        tax_rate=book.number(name="tax_rate"),
        is_withheld=book.value(name="tax_withheld") == "on",
    )
