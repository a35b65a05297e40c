"""An economy under watch: after every event all invariants are checked and the books compared.

Books are kept from the postings alone; that they agree with the state's totals after every event
is the proof that ledger, replay and lab need no second set of rules.

Units: micro-yuan, atoms, microseconds. Source: reliability section 2.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from gongxiang.base.money import YUAN
from gongxiang.economy import accounts, machine
from gongxiang.economy.events import Event, Key, Paid, Reward
from gongxiang.economy.invariants import check, check_movements
from gongxiang.economy.lot import Lot
from gongxiang.economy.movement import Movement, Posting, opening
from gongxiang.economy.pool import genesis_points
from gongxiang.economy.refusal import Refused
from gongxiang.economy.state import State, opened
from gongxiang.economy.terms import Terms
from gongxiang.lab.lines import decode
from gongxiang.lab.replay import Replay
from gongxiang.rulebook.load import load_book
from tests.strategies import rules, scenario

SEED_1 = load_book(preset="seed-1").terms
Account = tuple[int, Key | None]


def terms_with(**values: int | str) -> Terms:
    """Give preset seed-1 with some rules changed."""
    return replace(SEED_1, **values)  # type: ignore[arg-type]  # names are those of the rules


def order(
    name: str,
    spend: int = 1_000 * YUAN,
    *,
    member: str = "m",
    store: str = "s",
    commission_rate: int = 2_000,
    rewards: tuple[Reward, ...] = (),
    due_at: int = 0,
    terms: Terms = SEED_1,
) -> Paid:
    """Give a paid order: 1,000 yuan at 20 % where nothing else is said."""
    return Paid(name, member, store, spend, commission_rate, rewards, due_at, terms)


class Watched:
    """A state that is checked after every event."""

    def __init__(self, terms: Terms = SEED_1) -> None:
        """Open the platform with its genesis holding."""
        self.terms = terms
        self.state = opened(terms)
        self.state.clock = 0
        self.moved: list[Movement] = []
        self.books: defaultdict[Account, int] = defaultdict(int)
        self.post(opening(money=terms.genesis_money, points=genesis_points(terms)))

    @property
    def pair(self) -> tuple[int, int]:
        """Give money and circulating points."""
        return self.state.money, self.state.circulating

    def apply(self, event: Event) -> list[Movement]:
        """Fold an event and check everything; give what moved."""
        before = self.pair
        state, movements = machine.apply(self.state, event)
        assert state is self.state
        self.took(movements, before=before)
        return movements

    def pay(self, *orders: Paid) -> list[Lot]:
        """Pay orders one after the other; give the lots of those that settled at once."""
        for paid in orders:
            self.apply(paid)
        return [self.state.lots[paid.order] for paid in orders if paid.order in self.state.lots]

    def refuse(self, event: Event, refusal: type[Refused], *, match: str | None = None) -> None:
        """See an event refused with nothing changed (I-19)."""
        before = picture(self.state)
        with pytest.raises(refusal, match=match):
            machine.apply(self.state, event)
        assert picture(self.state) == before

    def took(self, movements: Iterable[Movement], *, before: tuple[int, int]) -> None:
        """Check what moved, the state after it, and that books and state agree."""
        movements = list(movements)
        assert check_movements(movements, before=before) == self.pair
        check(self.state, terms=self.terms)
        self.moved += movements
        for movement in movements:
            self.post(movement.postings())
        assert {key: amount for key, amount in self.books.items() if amount} == balances(
            self.state, self.terms
        )

    def post(self, postings: Iterable[Posting]) -> None:
        """Keep the books."""
        for _, account, party, amount in postings:
            self.books[account, party] += amount


class WatchedReplay(Watched):
    """A replay of an event file under watch."""

    def __init__(self, terms: Terms = SEED_1) -> None:
        """Listen to everything that moves."""
        super().__init__(terms)
        self.replay = Replay(terms, on_movements=self._listen)
        self.state = self.replay.state
        self._before = self.pair

    def fold(self, lines: Iterable[str]) -> None:
        """Fold the lines of a file, without its end."""
        for number, text in enumerate(lines, 1):
            self.replay.take(number, decode(text.encode(), number=number))
            check(self.state, terms=self.terms)

    def _listen(self, movements: list[Movement]) -> None:
        self.took(movements, before=self._before)
        self._before = self.pair


def at_random(seed: int, lines: int = 60) -> WatchedReplay:
    """Give the economy that a random event file leads to, under random rules."""
    chosen = rules(seed)
    settings = [f"{name}={value}" for name, value in chosen.items()]
    watched = WatchedReplay(load_book(settings=settings).terms)
    watched.fold(scenario(seed, lines, chosen))
    return watched


def balances(state: State, terms: Terms) -> dict[Account, int]:
    """Give what the books must show of a state: every account whose balance is not zero."""
    found: defaultdict[Account, int] = defaultdict(int)
    found[accounts.CHANNEL, None] = -state.channel
    found[accounts.CAPITAL, None] = -state.capital
    found[accounts.ESCROW, None] = state.escrow
    found[accounts.POOL, None] = state.money
    found[accounts.PLATFORM, None] = state.platform
    found[accounts.UNSPENT, None] = state.unspent
    found[accounts.POINTS_ISSUED, None] = -state.circulating
    found[accounts.GENESIS, None] = genesis_points(terms)
    found[accounts.VOUCHERS_ISSUED, None] = -sum(state.vouchers.values())
    for account, amounts in (
        (accounts.CASH, state.cash),
        (accounts.STORE, state.stores),
        (accounts.VOUCHERS, state.vouchers),
    ):
        for party, amount in amounts.items():
            found[account, party] = amount
    for lot in state.lots.values():
        found[accounts.POINTS, lot.member] += lot.left
    return {key: amount for key, amount in found.items() if amount}


def picture(state: State) -> dict[str, Any]:
    """Give everything that a state tells, to compare it with itself later."""
    scalars = {
        name: value for name in state.__slots__ if isinstance(value := getattr(state, name), int)
    }
    amounts = {
        name: {key: amount for key, amount in getattr(state, name).items() if amount}
        for name in ("cash", "stores", "vouchers", "rewards")
    }
    lots = {lot.order: lot_numbers(lot) for lot in state.lots.values()}
    waiting = {paid.order: paid.spend for paid in state.waiting.values()}
    held = {member: [lot.order for lot in lots] for member, lots in state.holdings.items() if lots}
    return (
        scalars
        | amounts
        | {
            "lots": lots,
            "waiting": waiting,
            "held": held,
            "exited": list(state.exited),
        }
    )


def lot_numbers(lot: Lot) -> tuple[int, ...]:
    """Give the six numbers of a lot, as a result shows them."""
    return (lot.spend, lot.minted, lot.left, lot.sold, lot.gross, lot.net)
