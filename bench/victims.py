"""What `bench crash` kills: payers who repeat themselves, a settler, an importer.

Each runs in a process of its own until it is killed; none keeps anything but what it was told
was done. A connection that broke means *unknown*: the same is done again.

Units: `amount_fen` in fen. Source: reliability C2, C3; I-18.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

import psycopg
from django.db import InterfaceError, OperationalError, connection

from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.publish_rules import RulesInForce, publish_rules
from gongxiang.cli import importing
from gongxiang.cli.settling import only_settler, settle_all
from gongxiang.lab.lines import Line, decode
from gongxiang.rulebook.load import load_terms

CALLBACKS_MAX = 3
"""How often a payer sends one fact, one after the other."""

BATCHES = (1, 7, 50, 500)
FEN_MAX = 50_000
PAUSE = 0.01
CHUNK_FACTS = 500
T = TypeVar("T")
BROKEN = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


@dataclass(frozen=True, slots=True)
class People:
    """Who pays, and where."""

    members: Sequence[int]
    stores: Sequence[int]


def pay(people: People, acknowledged: Path) -> None:
    """Send the same facts as every other payer, each several times; write down what was answered.

    A line is written only after the answer: key, and the number of the order.
    """
    place = acknowledged.read_bytes().count(b"\n") if acknowledged.exists() else 0
    chance = Random()  # noqa: S311 - chance, not a secret
    with acknowledged.open("ab", buffering=0) as file:
        while True:
            number = stubbornly(partial(_callbacks, people, place, chance))
            file.write(f"{key_of(place)} {number}\n".encode())
            place += 1


def settle() -> None:
    """Settle what is due, in batches of any size, again and again."""
    chance = Random()  # noqa: S311 - chance, not a secret
    while True:
        stubbornly(partial(settle_once, batch=chance.choice(BATCHES)))
        time.sleep(PAUSE)


def settle_once(*, batch: int = 1_000) -> int:
    """Settle what is due now, as the command does."""
    with only_settler(log=lambda _message: None):
        return settle_all(until=move_horizon(), batch=batch)


def import_file(path: Path) -> None:
    """Import an event file as the command does, in small pieces; end when it is done."""
    setattr(importing, "CHUNK_FACTS", CHUNK_FACTS)  # noqa: B010 - small pieces end between kills
    terms = load_terms(preset="seed-1")

    def once() -> None:
        with only_settler(log=lambda _message: None):
            with suppress(RulesInForce):
                publish_rules(terms=terms, preset="seed-1")
            importing.import_lines(_lines(path), terms=terms, on_chunk=lambda _chunk: None)
            settle_all(until=None, batch=BATCHES[-1])

    stubbornly(once)


def key_of(place: int) -> str:
    """Give the idempotency key of a payment."""
    return f"payment-{place}"


def _callbacks(people: People, place: int, chance: Random) -> int:
    """Pay, and tell of it once more or twice; every answer must be the same."""
    drawn = Random(place)  # noqa: S311 - the same body for the same key
    member, store = drawn.choice(people.members), drawn.choice(people.stores)
    amount_fen = drawn.randrange(1, FEN_MAX)
    numbers = {
        pay_at_store(key=key_of(place), member=member, store=store, amount_fen=amount_fen).number
        for _ in range(chance.randint(1, CALLBACKS_MAX))
    }
    (number,) = numbers
    return number


def stubbornly(work: Callable[[], T]) -> T:
    """Do it until it was done: a broken connection leaves open whether it was."""
    while True:
        try:
            return work()
        except BROKEN:
            connection.close()
            time.sleep(PAUSE)


def _lines(path: Path) -> Iterator[tuple[int, Line]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            yield number, decode(line, number=number)
