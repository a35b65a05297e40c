"""No log names a person: what each test logged is read for phone and identity numbers.

Cards are not looked for: our own numbers have as many digits. Source: reliability 8 (36).
"""

import re
from collections.abc import Iterable
from typing import Final

_PHONE: Final = r"(?<![\w.])1[3-9]\d{9}(?!\w)"
_DOCUMENT: Final = (
    r"(?<!\w)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\w)"
)
_PERSON: Final = re.compile(f"{_PHONE}|{_DOCUMENT}", re.ASCII)
_LOG: Final = "Captured log"


def persons_in(text: str) -> list[str]:
    """Give the phone and identity numbers of a text.

    >>> persons_in("sent to 13800138000"), persons_in("110101199003070039 is known")
    (['13800138000'], ['110101199003070039'])
    >>> persons_in("138****8000 of order 1838958107162132447 at 1.13800138000")
    []
    """
    return _PERSON.findall(text)


def persons_logged(sections: Iterable[tuple[str, str]]) -> list[str]:
    """Give those that a test's captured logs name.

    >>> persons_logged([("Captured log call", "to 13800138000"), ("Captured stdout call", "x")])
    ['13800138000']
    """
    return [each for title, text in sections if title.startswith(_LOG) for each in persons_in(text)]
