"""Markdown, as far as the reference needs it: a page with its first words, and tables."""

import re
from collections.abc import Iterable, Sequence

NOTE = "<!-- Made by `python -m docs.generate` from the code: change the code, not this page. -->"


def page(*, title: str, parts: Iterable[str]) -> str:
    """Put a page together: the note that it is made, its title, its parts."""
    return "\n\n".join([NOTE, f"# {title}", *parts]) + "\n"


def table(*, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Write a table; a bar inside a cell does not end it.

    >>> print(table(head=("a", "b"), rows=[("1", "x | y")]))
    | a | b |
    | --- | --- |
    | 1 | x \| y |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def code(text: object) -> str:
    """Write a name of the code.

    >>> code("direct")
    '`direct`'
    """
    return f"`{text}`"


def one_line(text: str) -> str:
    r"""Join the lines of a docstring's first paragraph.

    >>> one_line("What it is,\n    in two lines.\n\nMore.")
    'What it is, in two lines.'
    """
    return " ".join(text.strip().split("\n\n")[0].split())


def _cell(text: str) -> str:
    """Keep a cell within its bounds."""
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))
