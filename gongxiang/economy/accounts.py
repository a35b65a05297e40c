"""The chart of accounts that movements post to, and the unit of each.

An amount is positive where the account's party gains (a credit), negative where it gives (a
debit). Money enters from outside through CHANNEL and CAPITAL, whose balances are therefore below
zero by exactly what the platform holds; points and vouchers come from their ISSUED accounts.

Units: accounts 1xx micro-yuan, 2xx atoms of points, 3xx vouchers (micro-yuan of list price).
Source: design/layout.md (double entry), E4, E7, E16, reliability I-1, I-2, I-5.
"""

from typing import Final

CHANNEL: Final = 101
CAPITAL: Final = 102
ESCROW: Final = 103
POOL: Final = 104
PLATFORM: Final = 105
UNSPENT: Final = 106
STORE: Final = 107
CASH: Final = 108
POINTS_ISSUED: Final = 201
GENESIS: Final = 202
POINTS: Final = 203
VOUCHERS_ISSUED: Final = 301
VOUCHERS: Final = 302

OF_A_PARTY: Final = frozenset({STORE, CASH, POINTS, VOUCHERS})
"""Accounts that each store or member has of its own; the others exist once."""

MAY_BE_NEGATIVE: Final = frozenset({CHANNEL, CAPITAL, POINTS_ISSUED, VOUCHERS_ISSUED})
"""Accounts that mirror the outside or an issue: at or below zero; the channel's and the capital's
together, but for the debts of stores."""

DEBTS: Final = frozenset({STORE, VOUCHERS})
"""Accounts that a refund by case, or money that came early, may take below zero (E16, P2)."""


def unit_of(account: int) -> int:
    """Give the unit of an account: 1 money, 2 points, 3 vouchers.

    >>> unit_of(CASH), unit_of(POINTS), unit_of(VOUCHERS)
    (1, 2, 3)
    """
    return account // 100
