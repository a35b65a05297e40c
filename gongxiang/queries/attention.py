"""What calls for a member's attention on his first page, in one question.

    unread       messages later than his mark
    unfinished   what he began to pay and nobody knows the end of yet

Units: as in `gongxiang.queries.messages` and `gongxiang.queries.orders`.
Source: design/ui/faces.md 6.2 (`/home`).
"""

from dataclasses import dataclass
from typing import Final

from gongxiang.ledger import raw
from gongxiang.queries import messages, orders
from gongxiang.queries.orders_data import Unfinished

UNFINISHED_SHOWN: Final = 3
_BOTH: Final = f"""
SELECT ({messages.COUNT}),
       (SELECT coalesce(json_agg(json_build_array(number, name, amount_fen, state, opened_at)),
                        '[]')
          FROM ({orders.OPEN.format(home="$2", size=UNFINISHED_SHOWN)})
               AS open (number, name, amount_fen, state, opened_at))
"""  # noqa: S608  no value is spliced in


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What is new and what is not finished."""

    unread: int
    unfinished: tuple[Unfinished, ...]


def attention(*, member: int, home: int) -> Attention:
    """Ask for both: messages of the account looked at, payments of the one that is signed in."""
    with raw.numbered_cursor() as cursor:
        cursor.execute(_BOTH, (member, home))
        ((unread, found),) = cursor.fetchall()
    return Attention(
        unread=min(int(unread), messages.COUNTED_MAX),
        unfinished=tuple(map(orders.unfinished_of, found)),
    )
