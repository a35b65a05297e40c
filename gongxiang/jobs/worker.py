"""The worker: ticks in threads, jobs in the queue's own loop, until it is told to end.

A database that went down is waited for. What a worker did not finish when it died is taken up by
another one: claimed rows become due again by themselves, stalled jobs by the reaper.

Units: seconds. Source: P5; reliability 1.4, C7.
"""

import asyncio
import logging
import signal
import time
from typing import Final, cast

import psycopg
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import ConnectorException

from gongxiang.jobs.tasks import SILENT_SECONDS
from gongxiang.jobs.ticks import Tick, ticking

log = logging.getLogger(__name__)

_AT_ONCE: Final = 4
_HEARTBEAT_SECONDS: Final = 10
_STOP_SECONDS: Final = 4
_AGAIN_SECONDS: Final = 1


def work(*, ticks: tuple[Tick, ...]) -> None:
    """Tick and run jobs until SIGTERM or Ctrl-C."""
    with ticking(ticks):
        while not _is_done():
            time.sleep(_AGAIN_SECONDS)


def _is_done() -> bool:
    """Run jobs; True when told to end, False when the database left.

    The queue's own loop ends without an error when it loses the database while it waits.
    """
    why = "the queue lost it"
    try:
        if asyncio.run(run_jobs()):
            return True
    except (psycopg.Error, ConnectorException) as error:
        why = str(error).strip()
    log.warning("the worker waits for the database: %s", why)
    return False


async def run_jobs(*, is_waiting: bool = True) -> bool:
    """Run what the queue holds, and what comes while it waits; tell whether it was told to end."""
    connector = cast("DjangoConnector", app.connector).get_worker_connector()
    with app.replace_connector(connector) as with_worker:
        async with with_worker.open_async():
            running = asyncio.ensure_future(
                with_worker.run_worker_async(
                    wait=is_waiting,
                    concurrency=_AT_ONCE,
                    delete_jobs="successful",
                    update_heartbeat_interval=_HEARTBEAT_SECONDS,
                    stalled_worker_timeout=SILENT_SECONDS,
                    shutdown_graceful_timeout=_STOP_SECONDS,
                    install_signal_handlers=False,
                )
            )
            if is_waiting:
                for number in (signal.SIGINT, signal.SIGTERM):
                    asyncio.get_running_loop().add_signal_handler(number, running.cancel)
            await asyncio.wait([running])
            if running.cancelled():
                return True
            running.result()
            return False
