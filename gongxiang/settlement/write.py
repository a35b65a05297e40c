"""Writing a batch: lots, steps, postings, balances and the pool, in bulk (COPY and sets).

Units: micro-yuan, atoms, microseconds.
Source: design/scale.md rules 5 and 7; design/speed.md (what costs).
"""

from functools import lru_cache
from typing import Any, Final

from psycopg import Cursor

from gongxiang.base.clock import SECOND, to_datetime
from gongxiang.economy.lot import Lot, exit_price
from gongxiang.economy.state import State
from gongxiang.ledger import chain
from gongxiang.ledger.posting import Head, post
from gongxiang.settlement.fold import Handled, StepRow
from gongxiang.settlement.place import Place

_COPY_STEPS: Final = (
    "COPY points_step (id, batch_id, kind, at, home_id, order_id, event_id, amount, points, money,"
    " circulating) FROM STDIN"
)
_STEP: Final = "%d\t{batch}\t%d\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n"
_MINUTE: Final = 60 * SECOND
_SECONDS_AT: Final = 17
_COPY_LOTS: Final = (
    'COPY points_lot (id, member_id, step, spend, settled_spend, unspent_rate, minted, "left",'
    " sold, gross, net, vouchers, exit_price, exited_step) FROM STDIN"
)
_COPY_OUTCOMES: Final = (
    "COPY orders_outcome (fact_id, home_id, batch_id, is_accepted, reason, amount) FROM STDIN"
)
_UPDATE_LOTS: Final = """
UPDATE points_lot lot
   SET spend = new.spend, "left" = new.rest, sold = new.sold, gross = new.gross, net = new.net,
       vouchers = lot.vouchers - new.taken, exit_price = new.exit_price,
       exited_step = coalesce(new.exited, lot.exited_step)
  FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::numeric[],
              %s::bigint[], %s::bigint[], %s::bigint[], %s::numeric[], %s::bigint[])
       AS new (member_id, id, spend, rest, sold, gross, net, taken, exit_price, exited)
 WHERE (lot.member_id, lot.id) = (new.member_id, new.id)
"""
_UPDATE_POOL: Final = """
UPDATE points_pool
   SET money = %s, circulating = %s, step = %s, batch = %s,
       cursor_at = %s, cursor_rank = %s, cursor_id = %s,
       orders = orders + %s, lots_exited = lots_exited + %s,
       paid_to_members = paid_to_members + %s, spend = spend + %s
 WHERE id = 1 AND batch = %s
"""


def write(
    cursor: Cursor[Any],
    handled: Handled,
    state: State,
    *,
    number: int,
    before: Place,
) -> None:
    """Write everything that a batch handled; the caller commits.

    What can be worked out ahead is, while the database reads rows: it has a processor of its own.
    """
    place = handled.place
    with cursor.copy(_COPY_STEPS) as copy:
        copy.write(_steps(handled.steps, batch=number))
        content = chain.content(digests=handled.digests, steps=map(_step_line, handled.steps))
        lots = _new_lots(handled)
    with cursor.copy(_COPY_LOTS) as copy:
        copy.write(lots)
        handled.book.close(batch=number)
    _change_lots(cursor, handled)
    _write_outcomes(cursor, handled, batch=number)
    post(
        cursor,
        handled.book,
        Head(
            number=number,
            kind="settlement",
            reference=f"{before[0]}/{before[1]}/{before[2]}/{number}",
            until=(to_datetime(place[0]), place[1], place[2]),
            last_step=state.step,
            facts=len(handled.digests),
            money=state.money,
            circulating=state.circulating,
            content=content,
            row_digests=b"".join(handled.row_digests),
        ),
    )
    cursor.execute(
        _UPDATE_POOL,
        (
            state.money,
            state.circulating,
            state.step,
            number,
            to_datetime(place[0]),
            place[1],
            place[2],
            handled.orders,
            len(handled.exited),
            state.paid_to_members,
            state.spend,
            number - 1,
        ),
    )
    assert cursor.rowcount == 1, "somebody else moved the pool inside our batch"


def _steps(steps: list[StepRow], *, batch: int) -> str:
    line = _STEP.format(batch=batch)
    return "".join(
        [
            line % (step, kind, _moment(at), home, order, event, amount, points, money, circulating)
            for step, kind, at, home, order, event, _, amount, points, money, circulating in steps
        ]
    )


def _step_line(row: StepRow) -> str:
    step, kind, _, _, _, _, lot, amount, points, money, circulating = row
    return chain.step_line(
        step=step,
        kind=kind,
        lot=lot,
        amount=amount,
        points=points,
        money=money,
        circulating=circulating,
    )


def _moment(at: int) -> str:
    """Give a moment as the database's COPY reads it."""
    minute, rest = divmod(at, _MINUTE)
    second, micros = divmod(rest, SECOND)
    return f"{_minute(minute)}{second:02}.{micros:06}+00"


@lru_cache(maxsize=1_024)
def _minute(minute: int) -> str:
    """Give the text before the seconds: many steps are of one minute."""
    return to_datetime(minute * _MINUTE).isoformat()[:_SECONDS_AT]


def _write_outcomes(cursor: Cursor[Any], handled: Handled, *, batch: int) -> None:
    if not handled.outcomes:
        return
    with cursor.copy(_COPY_OUTCOMES) as copy:
        for home, fact, reason, amount in handled.outcomes:
            copy.write_row((fact, home, batch, not reason, reason, amount))


def _change_lots(cursor: Cursor[Any], handled: Handled) -> None:
    if not handled.changed:
        return
    changed = [lot for _, lot in sorted(handled.changed.items())]
    numbers = [int(lot.order) for lot in changed]
    cursor.execute(
        _UPDATE_LOTS,
        (
            [lot.member for lot in changed],
            numbers,
            [lot.spend for lot in changed],
            [lot.left for lot in changed],
            [lot.sold for lot in changed],
            [lot.gross for lot in changed],
            [lot.net for lot in changed],
            [handled.vouchers_taken.get(number, 0) for number in numbers],
            [_exit_price(lot) for lot in changed],
            [handled.exited.get(number) for number in numbers],
        ),
    )
    assert cursor.rowcount == len(changed), "a lot that changed is not in the database"


def _new_lots(handled: Handled) -> str:
    rows = []
    for number, (lot, vouchers) in handled.minted.items():
        price = _exit_price(lot)
        exited = handled.exited.get(number)
        granted = vouchers - handled.vouchers_taken.get(number, 0)
        rows.append(
            f"{number}\t{lot.member}\t{lot.step}\t{lot.spend}\t{lot.settled_spend}"
            f"\t{lot.unspent_rate}\t{lot.minted}\t{lot.left}\t{lot.sold}\t{lot.gross}\t{lot.net}"
            f"\t{granted}\t{_or_null(price)}\t{_or_null(exited)}\n"
        )
    return "".join(rows)


def _or_null(value: int | None) -> str:
    return "\\N" if value is None else str(value)


def _exit_price(lot: Lot) -> int | None:
    return exit_price(lot) if lot.left else None
