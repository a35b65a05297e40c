"""One transfer is driven on: sent, asked about, or taken back when its day is over (P4).

    taken for a minute (commit) -> the channel called, outside -> what it says recorded (commit)

It is sent under one number for ever. What was sent without an answer is asked about before it is
sent again; only what a query calls closed, or never heard of although it was declined, ends: the
latter where it was never sent before, or so long ago that nothing is on its way any more.

One drives it at a time, whatever makes it due meanwhile: who takes it has it for a minute, longer
than a call takes, and for another one whenever he sends. Who was slower than that was overtaken: he
sends nothing any more, and that it is closed is not taken from him.

Units: fen, seconds. Source: P4, P5; I-23; reliability C7, C8.
"""

import logging
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from gongxiang.acts.conclude_transfer import conclude_transfer
from gongxiang.acts.note_transfer import note_transfer
from gongxiang.ledger import raw
from gongxiang.members import sealed
from gongxiang.payments import sending
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.provider import Provider
from gongxiang.payments.transfer_wire import TransferOrder, TransferState, TransferTold
from gongxiang.payments.wire import Declined, Unknown
from gongxiang.treasury import bills, reasons
from gongxiang.treasury.models import PayoutState

log = logging.getLogger(__name__)

CALLBACK: Final = "/pay/callback/wechat/transfer"
_SETTLED_SECONDS: Final = 600
"""A request that got no answer has arrived by then, or never will."""
_LEASE_SECONDS: Final = 60
_CLAIM: Final = f"""
UPDATE treasury_transfer
   SET tries = tries + 1,
       driven_until = clock_timestamp() + make_interval(secs => {_LEASE_SECONDS}),
       next_at = clock_timestamp() + make_interval(secs => least(600, 60 * 2 ^ least(tries, 4)))
 WHERE id = %s AND state = 'open' AND next_at <= clock_timestamp()
   AND (driven_until IS NULL OR driven_until <= clock_timestamp())
RETURNING tries
"""  # noqa: S608  no value is spliced in
_SENDING: Final = f"""
UPDATE treasury_transfer
   SET sent_at = clock_timestamp(),
       driven_until = clock_timestamp() + make_interval(secs => {_LEASE_SECONDS})
 WHERE (id, tries, state) = (%s, %s, 'open')
"""  # noqa: S608  no value is spliced in
_LEAVE: Final = "UPDATE treasury_transfer SET driven_until = NULL WHERE (id, tries) = (%s, %s)"
_OPEN: Final = """
SELECT transfer.member_id, transfer.withdrawal_id, transfer.provider, transfer.payee,
       transfer.amount_fen, transfer.package, payout.state, coalesce(verified.name, ''),
       extract(epoch FROM clock_timestamp() + make_interval(secs => horizon.offset_seconds)
                          - transfer.created_at)::bigint,
       transfer.sent_at IS NULL,
       coalesce(transfer.sent_at > clock_timestamp() - make_interval(secs => %s), false)
  FROM treasury_transfer transfer CROSS JOIN points_horizon horizon
  JOIN treasury_payout payout
       ON (payout.member_id, payout.withdrawal_id) = (transfer.member_id, transfer.withdrawal_id)
  LEFT JOIN members_verified verified ON verified.member_id = transfer.member_id
 WHERE transfer.id = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A transfer that is under way, as it stood when it was taken."""

    transfer: int
    tries: int
    member: int
    withdrawal: int
    provider: Provider
    order: TransferOrder
    has_package: bool
    payout: PayoutState
    age_seconds: int
    is_first: bool
    may_arrive: bool
    """It was sent before, and not long ago, and may arrive yet: what refuses now is no end."""

    @property
    def is_over(self) -> bool:
        """Tell whether the time in which its payee could confirm it has passed."""
        return self.age_seconds >= bills.CONFIRM_SECONDS


def drive_transfer(*, transfer: int) -> bool:
    """Drive a transfer on; False where it was over already, or somebody else is at it."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_CLAIM, (transfer,))
        claimed = cursor.fetchone()
        if claimed is None:
            return False
        cursor.execute(_OPEN, (_SETTLED_SECONDS, transfer))
        row = cursor.fetchone()
    assert row is not None, f"transfer {transfer} has its payout"
    (tries,) = claimed
    try:
        _drive(_read(transfer, row, tries=tries))
    except sealed.Unreadable:
        # Nothing was asked, and the others must not wait for it: it is tried again with them.
        log.exception("transfer %s waits for the right GONGXIANG_IDENTITY_KEY", transfer)
    finally:
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            cursor.execute(_LEAVE, (transfer, tries))
    return True


def _drive(found: _Open) -> None:
    """Ask or send, and record what the channel says."""
    try:
        told = _send(found) if found.is_first else _again(found)
    except (Unknown, NoChannel) as error:
        log.warning("transfer %s stays unknown: %r", found.order.number, error)
        _note_unknown(found)
        return
    except Declined as declined:
        log.warning("transfer %s was declined: %s", found.order.number, declined.code)
        return
    conclude_transfer(told=told, tries=found.tries)


def _again(found: _Open) -> TransferTold:
    """Ask; send again what never arrived, or what gave no package; take back what is too late."""
    number = found.order.number
    told = sending.query(provider=found.provider, number=number)
    if told.state is TransferState.ABSENT:
        return _send(found)
    if told.state is not TransferState.CONFIRM:
        return told
    if found.is_over:
        sending.cancel(provider=found.provider, number=number)
        return sending.query(provider=found.provider, number=number)
    return told if found.has_package else _send(found)


def _send(found: _Open) -> TransferTold:
    """Send; what is closed or refused ends only where a query says so."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        cursor.execute(_SENDING, (found.transfer, found.tries))
        if not cursor.rowcount:
            raise Unknown("somebody else took it up meanwhile")
    try:
        told = sending.send(provider=found.provider, order=found.order)
    except Declined as declined:
        if declined.code in reasons.TEMPORARY:
            raise
        told = sending.query(provider=found.provider, number=found.order.number)
        if told.state is not TransferState.ABSENT:
            return told
        if found.may_arrive:
            raise
        return TransferTold(
            provider=found.provider,
            number=found.order.number,
            state=TransferState.FAILED,
            reason=declined.code,
        )
    if told.state.is_closed:
        return sending.query(provider=found.provider, number=found.order.number)
    return told


def _note_unknown(found: _Open) -> None:
    if found.payout is PayoutState.SENDING or found.is_over:
        note_transfer(member=found.member, withdrawal=found.withdrawal, state=PayoutState.UNKNOWN)


def _read(transfer: int, row: tuple[Any, ...], *, tries: int) -> _Open:
    member, withdrawal, provider, payee, amount_fen, package, state, name, age, *sent = row
    is_first, may_arrive = sent
    order = TransferOrder(
        number=bills.number_of(transfer),
        account=sealed.unseal(purpose=sealed.ACCOUNT, sealed=payee),
        name=sealed.unseal(purpose=sealed.NAME, sealed=name) if name else "",
        amount_fen=amount_fen,
        notify_url=f"{settings.PUBLIC_ADDRESS}{CALLBACK}",
    )
    return _Open(
        transfer=transfer,
        tries=tries,
        member=member,
        withdrawal=withdrawal,
        provider=Provider(provider),
        order=order,
        has_package=bool(package),
        payout=PayoutState(state),
        age_seconds=age,
        is_first=is_first,
        may_arrive=may_arrive,
    )
