"""What the store's forms share: a refusal at its field, their one-time key, amounts in words.

Units: fen. Source: I-18; design/ui/faces.md 4.
"""

import secrets
from typing import Final

from gongxiang.base.money import FEN

SEE_OTHER: Final = 303
UNPROCESSABLE: Final = 422
NO_KEY: Final = "钱没有动。这张表已经用过或不完整，刷新页面再填一次"
REASON_MAX: Final = 200
_KEY_BYTES: Final = 16


class Unfit(ValueError):
    """Why a form is refused, in the words of the page, and the field it is of; "" of no one."""

    def __init__(self, field: str, words: str) -> None:
        """Keep the field and the words."""
        super().__init__(words)
        self.field = field


def fresh_once() -> str:
    """Give a one-time key for a form."""
    return secrets.token_hex(_KEY_BYTES)


def is_once(text: str) -> bool:
    """Tell whether a text is such a key."""
    return len(text) == 2 * _KEY_BYTES and text.isascii() and text.isalnum()


def reason_of(text: str) -> str:
    """Give a reason as it is kept: without edges, no longer than a sentence or two."""
    return text.replace("\0", "").strip()[:REASON_MAX]


def yuan(fen: int) -> str:
    """Write an amount.

    >>> yuan(1_128_50)
    '1,128.50'
    """
    return f"{fen // 100:,}.{fen % 100:02}"


def yuan_of(amount: int) -> str:
    """Write micro-yuan cut to whole fen."""
    return yuan(amount // FEN)
