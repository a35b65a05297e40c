"""What the worker does again and again: it claims what is due, and does that.

    tick = every so many seconds: act() -> how many it took up

A tick is no job: a row for every second and act would be a hundred thousand a day that say nothing.
What is due stands in the tables of the business, claimed by one statement, so that it does not
matter how many workers tick, when they die, or whether one ticks twice.

Each tick has a thread and a connection of its own: a slow channel keeps nobody else waiting.

Units: seconds. Source: P1, P5; reliability 1.4, C7.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection

from gongxiang.acts.advance_refund_cases import advance_refund_cases
from gongxiang.acts.compare_members import compare_members
from gongxiang.acts.dispatch_outbox import dispatch_outbox
from gongxiang.acts.dispatch_shares import dispatch_shares
from gongxiang.acts.fetch_bills import fetch_bills
from gongxiang.acts.free_shares import free_shares
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.receive_arrivals import receive_arrivals
from gongxiang.acts.seal_audit import seal_audit
from gongxiang.acts.share_profits import share_profits
from gongxiang.acts.sweep_documents import sweep_documents
from gongxiang.acts.sweep_paces import sweep_paces
from gongxiang.acts.sweep_payments import sweep_payments
from gongxiang.acts.sweep_sessions import sweep_sessions
from gongxiang.acts.sweep_transfers import sweep_transfers
from gongxiang.ledger import raw

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tick:
    """An act without arguments, and how often it is done."""

    act: Callable[[], int]
    seconds: float


TICKS: Final = (
    Tick(advance_refund_cases, seconds=1),
    Tick(sweep_payments, seconds=1),
    Tick(dispatch_outbox, seconds=1),
    Tick(sweep_transfers, seconds=1),
    Tick(share_profits, seconds=1),
    Tick(dispatch_shares, seconds=1),
    Tick(compare_members, seconds=5),
    Tick(fetch_bills, seconds=60),
    Tick(receive_arrivals, seconds=60),
    Tick(free_shares, seconds=60),
    Tick(sweep_documents, seconds=3_600),
    Tick(sweep_sessions, seconds=600),
    Tick(sweep_paces, seconds=600),
    Tick(seal_audit, seconds=60),
)
SANDBOX: Final = (Tick(open_sandbox_accounts, seconds=1),)
"""Beside the sandbox of the channels alone."""
_STOP_SECONDS: Final = 5
_WAITS: Final = "%s waits: %s"


@contextmanager
def ticking(ticks: tuple[Tick, ...]) -> Iterator[None]:
    """Do all of it for as long as the block lasts."""
    is_over = threading.Event()
    threads = [
        threading.Thread(target=_tick, args=(tick, is_over), daemon=True, name=tick.act.__name__)
        for tick in ticks
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join(_STOP_SECONDS)


def _tick(tick: Tick, is_over: threading.Event) -> None:
    """Do one act until the end; say once that it fails, and try again.

    A database that comes back needs no trace; a fault of ours does.
    """
    is_down = False
    while not is_over.wait(tick.seconds):
        try:
            tick.act()
        except raw.DATABASE_DOWN as error:
            if not is_down:
                log.warning(_WAITS, tick.act.__name__, str(error).strip())
            is_down = True
            connection.close()
        except Exception as error:
            if not is_down:
                log.exception(_WAITS, tick.act.__name__, str(error).strip())
            is_down = True
            connection.close()
        else:
            is_down = False
    connection.close()
