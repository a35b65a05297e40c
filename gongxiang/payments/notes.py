"""What a payer tells the store with a payment (备注): one plain line, short, never read by rules.

Units: characters. Source: design/ui/prototype/pay.html (加备注).
"""

from typing import Final

NOTE_MAX: Final = 40


class NoteTooLong(Exception):
    """More characters than a note has room for: nothing was opened."""


def plain(typed: str) -> str:
    r"""Write a note as one line of characters that are seen; raises `NoteTooLong`.

    >>> plain("  少辣,\n 打包\u202e\0 ")
    '少辣, 打包'
    """
    line = " ".join(typed.split())
    note = "".join(letter for letter in line if letter.isprintable()).strip()
    if len(note) > NOTE_MAX:
        raise NoteTooLong(f"{len(note)} characters, {NOTE_MAX} at most")
    return note
