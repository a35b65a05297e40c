"""The jobs: each is given ids alone, and may run once, twice or three times with the same end.

    an act writes its fact and defers the job in one transaction -> the worker runs it after

Jobs of a worker that died are not retried by the queue itself: `reap` gives them back, without a
lock of its own, so that a reaper that died with them stands in nobody's way.

Units: seconds. Source: P5; reliability 1.4 (task queue), C7.
"""

import logging
from typing import Final

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from psycopg.errors import RaiseException

from gongxiang.acts.drive_transfer import drive_transfer
from gongxiang.treasury.bills import SEND

log = logging.getLogger(__name__)

SILENT_SECONDS: Final = 30
"""A worker that said nothing for so long is dead: it says every ten seconds that it lives."""
REAP: Final = "reap"
AGAIN: Final = RetryStrategy(max_attempts=4, exponential_wait=3)
"""A job that failed is tried again after 3 s, 9 s, 27 s; then the sweep of its table has it."""


@app.periodic(cron="* * * * * */20")
@app.task(name=REAP, pass_context=True)
async def reap(context: JobContext, timestamp: int = 0) -> None:  # noqa: ARG001  the moment it is for
    """Give the jobs of dead workers back to those who live."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
        try:
            await jobs.retry_job(job)
        except ConnectorException as error:
            if not isinstance(error.__cause__, RaiseException):
                raise
            log.info("job %s was given back by another reaper", job.id)


@app.task(name=SEND, retry=AGAIN)
def send_transfer(transfer: int) -> None:
    """Send an approved withdrawal to its payee."""
    drive_transfer(transfer=transfer)
