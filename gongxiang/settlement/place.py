"""Places in the sequence: when something is handled, and in which order (E8).

    place = (moment, rank, number)

An order that waited settles at its due time before anything that is recorded at that moment
(rank 0); everything else, and an order whose window is 0, stands where it was recorded (rank 1).

Units: moments in microseconds. Source: E7, E8; spec/events.md (Then the clock).
"""

from typing import Final

Place = tuple[int, int, int]

AFTER_WAITING: Final = 0
WHERE_RECORDED: Final = 1


def due_rank(*, paid_at: int, due_at: int) -> int:
    """Give the rank at which an order settles.

    >>> due_rank(paid_at=5, due_at=5), due_rank(paid_at=5, due_at=9)
    (1, 0)
    """
    return WHERE_RECORDED if due_at == paid_at else AFTER_WAITING
