"""Public codes of stores: eight characters that are read aloud and typed without a mistake.

Crockford's base 32: digits and capitals without I, L, O and U; who types a small letter, an O or
an l is understood. A code is drawn by chance, so nobody counts the stores by it.

Units: none. Source: design/ui/faces.md 6.3 (plate and poster).
"""

import secrets
from typing import Final

LENGTH: Final = 8
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def draw() -> str:
    """Draw a code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain(*, typed: str) -> str | None:
    """Give the code that somebody typed, or nothing when no code is written so.

    >>> plain(typed="7gkm-o2il")
    '7GKM0211'
    >>> plain(typed="fang") is None
    True
    """
    text = typed.upper().replace("-", "").translate(_LOOKALIKES)
    is_code = len(text) == LENGTH and all(each in ALPHABET for each in text)
    return text if is_code else None
