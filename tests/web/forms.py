"""The forms of the printed pages: what is filled in, and what is kept of it when signed out."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Final

from django.urls import resolve

from tests.web import resolved

NOBODY_YET: Final = "nobody is signed in where it stands"
OF_A_PERSON: Final = "it says who somebody is, or where his cash goes (H5)"
CHOICE: Final = "a choice, not a text: it is seen and made again"
NOT_KEPT: Final = {
    "public:care": {"size": CHOICE},
    "member:join": {"membership": NOBODY_YET, "personal_data": NOBODY_YET},
    "member:login": {"phone": NOBODY_YET},
    "member:login_code": {"code": NOBODY_YET},
    "member:login_lost": {"phone": NOBODY_YET},
    "member:login_number": {"whose": NOBODY_YET},
    "member:pay": {"amount": NOBODY_YET, "note": NOBODY_YET, "provider": NOBODY_YET},
    "member:me_accounts": {"sure": CHOICE},
    "member:me_close": {"sure": CHOICE},
    "member:me_phone": {"phone": OF_A_PERSON},
    "member:me_tokens": {"days": CHOICE, "scope": CHOICE},
    "merchant:settings": {"resting": CHOICE, "sound": CHOICE},
    "merchant:staff": {"number": OF_A_PERSON, "role": CHOICE},
    "merchant:apply_step": {
        "agreed": "a consent is given anew",
        "licence": "a file",
        "storefront": "a file",
    },
    "wallet:payee_account": {"account": OF_A_PERSON, "consent": OF_A_PERSON, "provider": CHOICE},
    "wallet:payee_identity": {
        "consent": OF_A_PERSON,
        "document": OF_A_PERSON,
        "name": OF_A_PERSON,
    },
}
"""What a form asks for and does not keep, by the name of its view, with the reason."""


class _Forms(HTMLParser):
    """Collects where each form of a page is posted to, and what is filled in there."""

    def __init__(self) -> None:
        """Begin outside of any form."""
        super().__init__()
        self.action: str | None = None
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter a form, or note a field of it."""
        told = dict(attrs)
        if tag == "form":
            is_post = (told.get("method") or "get").lower() == "post"
            self.action = (told.get("action") or "") if is_post else None
        name = told.get("name")
        is_field = tag in {"input", "textarea", "select"} and told.get("type") != "hidden"
        if is_field and name and self.action is not None:
            self.found.append((self.action, name))

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self.action = None


def undeclared(pages: Mapping[str, str]) -> Iterator[str]:
    """Name what is neither kept nor declared, and what is declared and asked for nowhere."""
    asked: set[tuple[str, str]] = set()
    kept: set[tuple[str, str]] = set()
    for name, page in pages.items():
        forms = _Forms()
        forms.feed(page)
        here = resolved.PARAMETER.sub("1", name.partition(" ")[0])
        for action, field in forms.found:
            found = resolve(action or here)
            asked.add((found.view_name, field))
            if field in getattr(found.func, "_kept_fields", ()):
                kept.add((found.view_name, field))
    declared = {(view, field) for view, fields in NOT_KEPT.items() for field in fields}
    yield from (f"lost when signed out: {one}" for one in sorted(asked - kept - declared))
    yield from (f"declared in vain: {one}" for one in sorted(declared - (asked - kept)))
