"""What was credited to a party by day: rewards of a person, settled orders of a store.

A day's postings lie in a stretch of batches. Whole batches of a day are added up as they are; the
first and the last of it may reach over midnight, so there each posting's step is asked for its
moment. However long the history, a month costs what the month holds.

Units: µ¥, Shanghai days, moments in microseconds.
Source: R2-R4, R10; design/scale.md rule 5; design/ui/faces.md 6.3 (推荐与返点).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from gongxiang.base.clock import DAY, SECOND, SHANGHAI_OFFSET, format_at
from gongxiang.economy import accounts
from gongxiang.ledger import raw
from gongxiang.ledger.chart import LEGS, purpose_of
from gongxiang.queries.cash_data import Place
from gongxiang.queries.rewards_data import Credited, Day, Line, Stretch

PERSONAL: Final = ("direct", "indirect", "recruiter")
"""The roles of who brought a member or a store; the rest are agents'."""
REWARDS: Final = tuple(LEGS[purpose, accounts.CASH] for purpose in PERSONAL)
SETTLED: Final = (LEGS["settled", accounts.STORE],)
_INDIRECT: Final = LEGS["indirect", accounts.CASH]
_AMOUNT: Final = "coalesce(posting.credit, 0) - coalesce(posting.debit, 0)"
_SHANGHAI_DAY: Final = (
    f"floor((extract(epoch FROM step.at) + {SHANGHAI_OFFSET // SECOND}) / {DAY // SECOND})::int"
)
# The steps of some batches, read once each: a posting finds its own by the event.
_STEPS_OF: Final = """
  JOIN ledger_batch batch ON batch.id = {batch}
  JOIN ledger_batch before ON before.id = batch.id - 1
  CROSS JOIN LATERAL (
      SELECT * FROM points_step found
       WHERE found.id > before.last_step AND found.id <= batch.last_step AND found.kind = 1
      OFFSET 0
  ) AS step
"""
_DAYS_MAX: Final = 31
"""Not more than a month; written so that the server, which cannot count them, keeps its plan."""
_MIDNIGHT: Final = (
    f"to_timestamp((asked.day + {{}})::bigint * {DAY // SECOND} - {SHANGHAI_OFFSET // SECOND})"
)
_DAYS: Final = f"""
WITH day AS MATERIALIZED (
    SELECT asked.day,
           (SELECT batch_id FROM points_step WHERE at >= {_MIDNIGHT.format(0)}
             ORDER BY at, id LIMIT 1) AS first,
           (SELECT batch_id FROM points_step WHERE at < {_MIDNIGHT.format(1)}
             ORDER BY at DESC, id DESC LIMIT 1) AS last
      FROM (SELECT {{first}}::int + n AS day FROM generate_series(0, {_DAYS_MAX - 1}) AS n
             WHERE {{first}}::int + n <= {{last}}::int) AS asked
), edge AS MATERIALIZED (
    SELECT {_SHANGHAI_DAY} AS day, step.batch_id, step.event_id
      FROM (SELECT first AS batch_id FROM day WHERE first <= last
             UNION SELECT last FROM day WHERE first <= last) AS ends
      {_STEPS_OF.format(batch="ends.batch_id")}
     WHERE EXISTS (SELECT FROM ledger_posting own
                    WHERE own.home_id = {{home}} AND own.leg IN ({{legs}})
                      AND own.batch_id = ends.batch_id)
), part AS (
    SELECT day.day, posting.leg, {_AMOUNT} AS amount
      FROM day JOIN ledger_posting posting
        ON posting.batch_id > day.first AND posting.batch_id < day.last
     WHERE posting.home_id = {{home}} AND posting.leg IN ({{legs}})
       AND posting.batch_id > (SELECT min(first) FROM day)
       AND posting.batch_id < (SELECT max(last) FROM day)
    UNION ALL
    SELECT day.day, posting.leg, {_AMOUNT}
      FROM day JOIN edge ON edge.day = day.day AND edge.batch_id IN (day.first, day.last)
      JOIN ledger_posting posting
        ON posting.batch_id = edge.batch_id AND posting.event_id = edge.event_id
     WHERE posting.home_id = {{home}} AND posting.leg IN ({{legs}})
       AND posting.batch_id = ANY (ARRAY(SELECT first FROM day UNION SELECT last FROM day))
)
SELECT day, leg, count(*), sum(amount) FROM part GROUP BY day, leg ORDER BY day DESC, leg
"""  # noqa: S608  no value is spliced in
_LINES: Final = f"""
WITH page AS MATERIALIZED (
    SELECT * FROM ledger_posting
     WHERE home_id = %(home)s AND leg = ANY(%(legs)s)
       AND (batch_id, event_id, leg) < (%(batch)s, %(event)s, %(leg)s)
     ORDER BY batch_id DESC, event_id DESC, leg DESC LIMIT %(size)s
), moment AS MATERIALIZED (
    SELECT step.batch_id, step.event_id, step.at
      FROM (SELECT DISTINCT batch_id FROM page) AS of_page
      {_STEPS_OF.format(batch="of_page.batch_id")}
     WHERE step.event_id IN (SELECT event_id FROM page)
)
SELECT posting.batch_id, posting.event_id, posting.leg, {_AMOUNT},
       (extract(epoch FROM moment.at) * 1000000)::bigint
  FROM page AS posting JOIN moment USING (batch_id, event_id)
 ORDER BY posting.batch_id DESC, posting.event_id DESC, posting.leg DESC
"""  # noqa: S608  no value is spliced in
_SINCE: Final = """
SELECT EXISTS (SELECT FROM ledger_posting
                WHERE home_id = %(home)s AND leg = %(leg)s
                  AND batch_id >= (SELECT batch_id FROM points_step WHERE at >= %(since)s
                                    ORDER BY at, id LIMIT 1))
"""
_DEBT: Final = "SELECT amount FROM ledger_balance WHERE (party_id, account) = (%s, %s)"
_END: Final = Place(batch=2**62, event=0, leg=0)


def question(*, legs: Sequence[int], of: str = "") -> str:
    """Write the question for days; its values are `home`, `first` and `last` with `of` before."""
    names = {name: f"%({of}{name})s" for name in ("home", "first", "last")}
    return _DAYS.format(legs=", ".join(map(str, legs)), **names)


_OF_PERSON: Final = question(legs=REWARDS)


def by_day(*, home: int, first: int, days: int) -> Stretch:
    """Give what a person was rewarded with on so many days from `first` on, newest first.

    At most the days of a month.
    """
    assert days <= _DAYS_MAX, "a month"
    return stretch_of(_rows(_OF_PERSON, {"home": home, "first": first, "last": first + days - 1}))


def stretch_of(rows: Iterable[tuple[Any, ...]]) -> Stretch:
    """Read the rows of a `question`."""
    found: defaultdict[int, dict[str, Credited]] = defaultdict(dict)
    for day, leg, count, amount in rows:
        found[day][purpose_of(leg)] = Credited(count=count, amount=int(amount))
    return Stretch(days=tuple(Day(day=day, by_purpose=parts) for day, parts in found.items()))


def lines(*, home: int, size: int, before: Place | None = None) -> tuple[Line, ...]:
    """Give a page of a person's rewards, newest first."""
    place = _END if before is None else before
    asked = {"home": home, "legs": list(REWARDS), "size": size}
    asked |= {"batch": place.batch, "event": place.event, "leg": place.leg}
    return tuple(
        Line(
            place=Place(batch=batch, event=event, leg=leg),
            purpose=purpose_of(leg),
            at=at,
            amount=int(amount),
        )
        for batch, event, leg, amount, at in _rows(_LINES, asked)
    )


def had_indirect(*, home: int, since: int) -> bool:
    """Tell whether a person had an indirect reward since a moment."""
    asked = {"home": home, "leg": _INDIRECT, "since": format_at(since)}
    return bool(_rows(_SINCE, asked)[0][0])


def debt(*, store: int) -> int:
    """Give what a store owes after refunds by case: visible, and netted by what it takes (E16)."""
    rows = _rows(_DEBT, (store, accounts.STORE))
    return max(0, -int(rows[0][0])) if rows else 0


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  what the driver takes
    with raw.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()
