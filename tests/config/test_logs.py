"""A lost database is one line in the log; a fault of ours keeps its trace.

Source: reliability 1.4.
"""

import logging

import psycopg
import pytest

from gongxiang.config.logs import LostDatabase


def logged(error: BaseException) -> str:
    """Log an error as a library would, with where it came from."""
    failure = RuntimeError("the queue failed")
    failure.__cause__ = error
    told = (type(failure), failure, None)
    record = logging.LogRecord("queue", logging.ERROR, "", 0, "it stops: %s", ("why",), told)
    assert LostDatabase().filter(record)
    return logging.Formatter().format(record)


@pytest.mark.parametrize(
    "error", [psycopg.errors.AdminShutdown("gone"), psycopg.InterfaceError("closed")]
)
def test_a_lost_database_is_one_line(error: psycopg.Error) -> None:
    assert logged(error) == "it stops: why (the queue failed)"


@pytest.mark.parametrize("error", [psycopg.errors.UniqueViolation("twice"), KeyError("x")])
def test_a_fault_of_ours_keeps_its_trace(error: Exception) -> None:
    assert "RuntimeError: the queue failed" in logged(error)
