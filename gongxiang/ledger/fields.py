"""A database column for whole numbers beyond 63 bits.

Units: whatever the column counts. Source: E2; design/scale.md rule 6.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Field = models.Field[int, int]
else:
    _Field = models.Field


class WholeField(_Field):
    """`numeric(38,0)`, read and written as a Python int."""

    description = "A whole number of up to 38 digits"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002  Django's signature
        """Give the column's type."""
        return "numeric(38,0)"

    def from_db_value(self, value: Any, *_: object) -> int | None:  # noqa: ANN401
        """Read the driver's number as an int."""
        return None if value is None else int(value)

    def to_python(self, value: Any) -> int | None:  # noqa: ANN401  Django's signature
        """Read a typed number as an int."""
        return None if value is None else int(value)
