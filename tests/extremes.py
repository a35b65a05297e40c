"""The numbers at the edges of what machines count with, as they are typed.

Source: reliability C14.
"""

from typing import Final

from tests.conftest import IS_LONG

_EDGES: Final = (2**53, 2**63)
EXTREMES: Final = tuple(
    str(number)
    for number in (0, -1, 1, *(edge + beside for edge in _EDGES for beside in (-1, 0, 1)), 10**38)
)
FEW: Final = EXTREMES if IS_LONG else ("0", "-1", str(2**63), str(10**38))
"""What is tried in one field after the other; the rest of them, in the long form."""
