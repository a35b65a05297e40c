"""没有分成: what of the platform's part a channel did not move, by the account that owes it still.

What a channel refuses, and what is over its ratio, is carried to the store's next payments (P2); a
store that takes no payments any more keeps it, and somebody has to ask for it.

Units: µ¥. Source: P2, P3; docs/adr/0021; design/ui/faces.md 6.5 (对账).
"""

from datetime import datetime
from typing import Final

from django.urls import reverse

from gongxiang.base import text
from gongxiang.ops.moments import real
from gongxiang.ops.names import names_of
from gongxiang.ops.rows import rows
from gongxiang.ops.table import (
    PAGE,
    Address,
    Cell,
    Column,
    Filter,
    Stretch,
    Table,
    way_on,
    whole,
)
from gongxiang.payments.provider import Provider

_COLUMNS: Final = (
    Column("门店"),
    Column("渠道"),
    Column("待并入（元）", "n"),
    Column("最近没有分成的一笔", "mono"),
    Column("渠道说的原因", "w"),
)
_BEYOND: Final = (2**62, 0, "")
_LIST: Final = """
SELECT account.store_id, account.provider, account.carried, refused.number, refused.reason,
       refused.created_at
  FROM payments_submerchant account
  LEFT JOIN LATERAL (
      SELECT number, reason, created_at FROM payments_share share
       WHERE (share.store_id, share.provider) = (account.store_id, account.provider)
         AND share.state = 'failed'
       ORDER BY created_at DESC LIMIT 1
  ) refused ON true
 WHERE account.carried >= 10000 AND (carried, store_id, provider) < (%s, %s, %s)
 ORDER BY carried DESC, store_id DESC, provider DESC LIMIT %s
"""


def listed(where: Address, filters: tuple[Filter, ...]) -> Table:
    """List the accounts with a fen or more to be carried, the most first."""
    place = where.words(3)
    below = _BEYOND if place is None else (whole(place[0]), whole(place[1]), place[2])
    found = rows(_LIST, [*below, PAGE + 1])
    shown = found[:PAGE]
    names = names_of(row[0] for row in shown)
    table = Table(
        columns=_COLUMNS,
        rows=tuple(
            (
                names.cell(store),
                Cell(Provider(provider).title),
                Cell(text.yuan(amount=carried)),
                _refused(number, at),
                Cell(reason or "超过渠道的分账比例"),
            )
            for store, provider, carried, number, reason, at in shown
        ),
        empty="没有。渠道没有分成的，会并入这家店以后的付款；还没有并进去的停在这里。",
        filters=filters,
        on_title="更少",
    )
    last = shown[-1] if len(found) > PAGE else None
    next_place = None if last is None else (last[2], last[0], last[1])
    return way_on(table, Stretch(next=next_place), where)


def _refused(number: str | None, at: datetime | None) -> Cell:
    """Lead to the newest refused share, where it can be sent again."""
    if number is None:
        return Cell("没有")
    return Cell(number, href=reverse("admin:share", args=[number]), note=real(at))
