"""The life of one order: everything the books know of it, asked in a fixed handful of questions.

Each question goes by a key: the order and its lot by (member, order), its steps by number, its
postings by the parties that are frozen on it and the batches of its steps. However long the
history is, nothing here grows with it; a refund before settlement is looked for among the facts
of the order's own window.

Units: µ¥, atoms.
Source: E7, E8, E13, E16; design/scale.md rules 2 and 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gongxiang.economy.reward import ROLES
from gongxiang.ops.rows import Row, one, rows
from gongxiang.ops.rulebook import Version, version_of
from gongxiang.ops.standing import Pair
from gongxiang.ops.subjects.batches import SYSTEM
from gongxiang.ops.subjects.lots import STATE
from gongxiang.ops.subjects.postings import Posting
from gongxiang.ops.table import NotThere
from gongxiang.points.models import StepKind

_ORDER: Final = f"""
SELECT fact.key, fact.digest, paid.store_id, paid.amount, paid.returned, paid.commission_rate,
       paid.paid_at, paid.due_at, paid.direct_id, paid.indirect_id, paid.recruiter_id,
       paid.district_id, paid.city_id, paid.province_id, paid.grand_region_id,
       lot.step, lot.spend, lot.settled_spend, lot.unspent_rate, lot.minted, lot."left", lot.sold,
       lot.gross, lot.net, lot.vouchers, lot.exit_price, lot.exited_step, {STATE},
       rule.id, rule.preset, rule.settings, rule.terms, rule.published_at, rule.effective_at
  FROM orders_order paid
  JOIN orders_fact fact ON (fact.at, fact.id) = (paid.paid_at, paid.id)
  JOIN governance_ruleversion rule ON rule.id = paid.version_id
  LEFT JOIN points_lot lot ON (lot.member_id, lot.id) = (paid.member_id, paid.id)
 WHERE paid.member_id = %s AND paid.id = %s
"""  # noqa: S608  constant
_REFUNDS: Final = """
SELECT id, amount, is_by_case FROM orders_refund WHERE member_id = %s AND order_id = %s ORDER BY id
"""
_OF_MEMBER: Final = """
SELECT home_id, batch_id, event_id, leg, debit, credit FROM ledger_posting
 WHERE home_id = %s AND event_id = ANY(%s) ORDER BY batch_id, event_id, leg
"""
_OF_OTHERS: Final = """
SELECT home_id, batch_id, event_id, leg, debit, credit FROM ledger_posting
 WHERE home_id = ANY(%s) AND batch_id = ANY(%s) AND event_id = ANY(%s)
 ORDER BY batch_id, event_id, leg
"""
_STEP: Final = """
SELECT step.id, step.batch_id, step.kind, step.at, step.event_id, step.amount, step.points,
       step.money, step.circulating
"""
_STEPS: Final = f"""
{_STEP} FROM points_step step WHERE step.id = ANY(%(numbers)s)
 UNION
{_STEP} FROM ledger_batch batch JOIN ledger_batch before ON before.id = batch.id - 1
  JOIN points_step step ON step.id > before.last_step AND step.id <= batch.last_step
 WHERE step.event_id = ANY(%(refunds)s) AND batch.id = ANY(%(batches)s::bigint[] || ARRAY(
       SELECT batch_id FROM orders_outcome
        WHERE home_id = %(member)s AND fact_id = ANY(%(refunds)s)))
 ORDER BY 1
"""  # noqa: S608  no value is spliced in
"""A refund by case may have moved nothing of the member: its answer tells where it was handled."""
_FACTS: Final = """
SELECT id, key, at FROM orders_fact
 WHERE at >= %(paid_at)s AND at <= %(due_at)s AND id = ANY(%(returned)s)
 UNION
SELECT fact.id, fact.key, fact.at
  FROM unnest(%(moments)s::timestamptz[], %(cases)s::bigint[]) AS refund (at, id)
  JOIN orders_fact fact ON (fact.at, fact.id) = (refund.at, refund.id)
"""
_LOT_AT: Final = 15
_VERSION_AT: Final = 28


@dataclass(frozen=True, slots=True)
class Lot:
    """The points of the order."""

    step: int
    spend: int
    settled_spend: int
    unspent_rate: int
    minted: int
    left: int
    sold: int
    gross: int
    net: int
    vouchers: int
    exit_price: int | None
    exited_step: int | None
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of the pool that this order caused, and the pair after it."""

    number: int
    batch: int
    kind: StepKind
    at: datetime
    event: int
    amount: int
    points: int
    after: Pair

    @property
    def before(self) -> Pair:
        """Give the pair before the step."""
        return Pair(
            money=self.after.money - self.amount, circulating=self.after.circulating - self.points
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money given back; by a case after settlement it is a step of the pool."""

    number: int
    amount: int
    is_by_case: bool
    key: str
    at: datetime | None
    step: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """An order from its payment on."""

    member: int
    number: int
    key: str
    digest: bytes
    store: int
    amount: int
    returned: int
    commission_rate: int
    paid_at: datetime
    due_at: datetime
    persons: dict[str, int | None]
    version: Version
    lot: Lot | None
    settled: Step | None
    exited: Step | None
    refunds: tuple[Refund, ...]
    postings: tuple[Posting, ...]
    sums: tuple[Posting, ...]
    """What the batch that settled the order posted on the accounts that exist once."""

    @property
    def spend(self) -> int:
        """Give what settles, or settled: the amount less what went back before."""
        return self.amount - self.returned

    @property
    def left(self) -> int:
        """Give what is left of the order after every refund."""
        return self.spend if self.lot is None else self.lot.spend

    @property
    def parties(self) -> list[int | None]:
        """Give everybody who stands on the page."""
        return [self.member, self.store, *self.persons.values()]


def life_of(*, member: int, number: int) -> Life:
    """Give the life of an order; raises `NotThere`."""
    row = one(_ORDER, [member, number])
    if row is None:
        raise NotThere("没有这笔订单，编号可能抄错了")
    key, digest, store, amount, returned, rate, paid_at, due_at, *_ = row
    persons = dict(zip(ROLES, row[8:_LOT_AT], strict=True))
    lot = None if row[_LOT_AT] is None else Lot(*row[_LOT_AT:_VERSION_AT])
    given_back = rows(_REFUNDS, [member, number])
    homes = {store, *(person for person in persons.values() if person is not None)} - {member}
    steps, postings, sums = _moved(member, number, lot, given_back, homes)
    return Life(
        member=member,
        number=number,
        key=key,
        digest=bytes(digest),
        store=store,
        amount=amount,
        returned=returned,
        commission_rate=rate,
        paid_at=paid_at,
        due_at=due_at,
        persons=persons,
        version=version_of(row[_VERSION_AT:]),
        lot=lot,
        settled=next((step for step in steps if lot and step.number == lot.step), None),
        exited=next((step for step in steps if step.kind is StepKind.EXIT), None),
        refunds=_refunds(given_back, steps, paid_at=paid_at, due_at=due_at),
        postings=postings,
        sums=sums,
    )


def _moved(
    member: int, number: int, lot: Lot | None, refunds: Sequence[Row], homes: set[int]
) -> tuple[list[Step], tuple[Posting, ...], tuple[Posting, ...]]:
    """Give the order's steps, its postings at parties, and the sums of its batch."""
    if lot is None:
        return [], (), ()
    events = [number, *(refund for refund, _, _ in refunds)]
    own = [Posting(*row) for row in rows(_OF_MEMBER, [member, events])]
    steps = _steps(member, lot, own, events[1:])
    batches = sorted({step.batch for step in steps})
    asked = [sorted(homes | set(SYSTEM)), batches, [0, *events]]
    others = [Posting(*row) for row in rows(_OF_OTHERS, asked)]
    settled_in = next(step.batch for step in steps if step.number == lot.step)
    at_parties = own + [posting for posting in others if posting.event]
    sums = [posting for posting in others if not posting.event and posting.batch == settled_in]
    at_parties.sort(key=lambda posting: (posting.batch, posting.event, posting.leg))
    return steps, tuple(at_parties), tuple(sums)


def _steps(member: int, lot: Lot, own: Sequence[Posting], refunds: Sequence[int]) -> list[Step]:
    asked = {
        "member": member,
        "numbers": [step for step in (lot.step, lot.exited_step) if step is not None],
        "batches": sorted({posting.batch for posting in own if posting.event in refunds}),
        "refunds": list(refunds),
    }
    return [
        Step(
            number=step,
            batch=batch,
            kind=StepKind(kind),
            at=at,
            event=event,
            amount=amount,
            points=points,
            after=Pair(money=money, circulating=circulating),
        )
        for step, batch, kind, at, event, amount, points, money, circulating in rows(_STEPS, asked)
    ]


def _refunds(
    refunds: Sequence[Row], steps: Sequence[Step], *, paid_at: datetime, due_at: datetime
) -> tuple[Refund, ...]:
    """Give the refunds with their keys and moments, those of cases with their steps."""
    if not refunds:
        return ()
    by_event = {step.event: step for step in steps if step.kind is StepKind.REFUND}
    asked: dict[str, Any] = {
        "paid_at": paid_at,
        "due_at": due_at,
        "returned": [number for number, _, is_by_case in refunds if not is_by_case],
        "moments": [step.at for step in by_event.values()],
        "cases": list(by_event),
    }
    facts = {number: (key, at) for number, key, at in rows(_FACTS, asked)}
    found = []
    for number, amount, is_by_case in refunds:
        key, at = facts.get(number, ("", None))
        step = by_event.get(number)
        found.append(
            Refund(number=number, amount=amount, is_by_case=is_by_case, key=key, at=at, step=step)
        )
    return tuple(found)
