"""The hash chain over batches, and the root of a day.

    content  = sha256(digest of each fact, then a line for each step)     tells what happened
    postings = sha256(the batch's postings in the order of their keys,    tells what was booked
                      then the row digest of each fact, refused or not)
    chain    = sha256(chain before, number, last step, facts, pair, content, postings)
    root     = sha256(root before, day, when it was sealed, and of every batch of the day when it
                      was recorded and its chain hash)

The content can be computed again from an exported file by folding it; whoever keeps a root keeps
everything before it.

Units: bytes. Source: H7, I-3.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

GENESIS: Final = bytes(32)
"""What the first batch and the first day are chained to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a batch's chain hash covers."""

    number: int
    last_step: int
    facts: int
    money: int
    circulating: int
    content: bytes
    postings: bytes


def chain(link: Link, *, before: bytes) -> bytes:
    """Give the chain hash of a batch."""
    head = f"{link.number} {link.last_step} {link.facts} {link.money} {link.circulating}\n"
    return hashlib.sha256(before + head.encode() + link.content + link.postings).digest()


def content(*, digests: Iterable[bytes], steps: Iterable[str]) -> bytes:
    """Give the content hash of a batch: its facts, then its steps."""
    found = hashlib.sha256()
    for digest in digests:
        found.update(digest)
    found.update("".join(steps).encode())
    return found.digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """When a batch was recorded, in microseconds, and its chain hash: what a day's root covers."""

    recorded_at: int
    chain: bytes


def root(*, before: bytes, day: str, sealed_at: int, batches: Iterable[Recording]) -> bytes:
    """Give the root of a day that was sealed at a moment, in microseconds."""
    found = hashlib.sha256(before + f"{day} {sealed_at}\n".encode())
    for batch in batches:
        found.update(f"{batch.recorded_at}\n".encode() + batch.chain)
    return found.digest()


def step_line(
    *, step: int, kind: int, lot: int, amount: int, points: int, money: int, circulating: int
) -> str:
    """Give the line of a step that the content hash covers; `lot` is the step that minted it."""
    return f"{step} {kind} {lot} {amount} {points} {money} {circulating}\n"
