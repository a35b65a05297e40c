"""The number under which an instruction is sent again that its channel refused for good (P4).

Units: none. Source: P4; I-18.
"""


def further(number: str) -> str:
    """Give the number of the next sending.

    >>> further("GXC17"), further("GXC17-2"), further("GXC17-9")
    ('GXC17-2', 'GXC17-3', 'GXC17-10')
    """
    base, _, times = number.partition("-")
    return f"{base}-{int(times or 1) + 1}"
