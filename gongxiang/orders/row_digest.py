"""The digest of a fact's row: what the row decides and no line tells.

    row digest = sha256(number, home, condition, digest of the line)

The number is the fact's place among those of its moment, the home the party whose it is, the
condition what its answer hangs on: the payout that a sale was shown, 1 where a store must cover a
refund. Each batch covers the row digests of all that it handled, refused facts as well.

Units: 16 bytes of SHA-256; a condition of money in micro-yuan.
Source: I-3, A23; E8, E11, E16; H7.
"""

import hashlib
from typing import Final

ROW_DIGEST_BYTES: Final = 16

MUST_BE_COVERED: Final = 1
"""The condition of a refund that its store must cover (E16)."""


def row_digest(*, number: int, home: int, condition: int | None, line: bytes) -> bytes:
    """Give the row digest of a fact; `line` is the digest of its line.

    >>> one = row_digest(number=7, home=3, condition=None, line=b"")
    >>> one == row_digest(number=7, home=3, condition=0, line=b"")
    False
    """
    head = f"{number} {home} {'' if condition is None else condition}\n"
    return hashlib.sha256(head.encode() + line).digest()[:ROW_DIGEST_BYTES]
