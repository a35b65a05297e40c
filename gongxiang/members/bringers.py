"""Who brings a new member: the owner of a store whose code he scanned, or a member by his link.

Units: none. Source: R2.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringer:
    """Whom he will be bound to, and through which store; a store without owner binds to nobody."""

    referrer: int | None
    store: int | None
