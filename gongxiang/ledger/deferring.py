"""A job deferred in the transaction that writes its reason: both are there, or neither is.

A job carries ids alone: what it needs it reads when it runs, and what it finds done it leaves.

Units: none. Source: P5; reliability 1.4 (task queue), C7.
"""

from django.db import connection
from procrastinate.contrib.django import app


def defer(*, task: str, **ids: int) -> None:
    """Let the worker run a task of `gongxiang.jobs.tasks` after this transaction's commit."""
    assert connection.in_atomic_block, f"{task} is deferred together with what it follows from"
    app.configure_task(task).defer(**ids)
