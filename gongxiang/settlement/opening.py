"""What a platform opens with: its published rules and the secret of its feed, under one digest.

The first batch of the ledger posts the genesis holding; its content hash covers this digest, so
that a changed rule, or lots under new names in the feed, break the chain like a changed order.
The secret itself never leaves the platform: its hash stands in the seal.

Units: bytes; values as `Terms`.
Source: E4, R9, H7.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec.json import Encoder

from gongxiang.economy.terms import Terms
from gongxiang.ledger import chain
from gongxiang.rulebook.values import from_values

_encode: Final = Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """The first rule version as it was published, and the hash of the feed's secret."""

    preset: str
    settings: Sequence[str]
    values: Mapping[str, Any]
    feed: str

    def content(self) -> bytes:
        """Give the content hash of the first batch."""
        told = {
            "preset": self.preset,
            "settings": self.settings,
            "terms": self.values,
            "feed": self.feed,
        }
        return chain.content(digests=(hashlib.sha256(_encode(told)).digest(),), steps=())

    def terms(self) -> Terms:
        """Give the terms; raises `KeyError` or `TypeError` where they are none."""
        return from_values(self.values)


def feed_hash(secret: bytes) -> str:
    """Give the hash of a feed's secret, in hexadecimal."""
    return hashlib.sha256(secret).hexdigest()
