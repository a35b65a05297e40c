"""What a page of the console hands to its template.

Units: none.
Source: design/ui/faces.md 6.5.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Tag:
    """A state in a word: tone ok, wait, bad or plain; the icon repeats the tone."""

    text: str
    tone: str = "plain"

    @property
    def icon(self) -> str:
        """Name the drawing that goes with the tone."""
        return _ICONS.get(self.tone, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its heading, its template and what the template prints."""

    title: str
    face: object
    template: str = "ops/list.html"
    note: str = ""
    tags: tuple[Tag, ...] = ()
    up: tuple[str, str] | None = None
    """Title and address of the list that the page belongs to."""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What a form did: where to go on, and the sentence that says it there."""

    href: str
    words: str


@dataclass(frozen=True, slots=True)
class File:
    """A table to take along."""

    name: str
    body: str


_ICONS: Final = {"ok": "ops/icons/check.html", "wait": "ops/icons/clock.html"}
