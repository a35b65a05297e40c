"""The test house itself: databases of their own, roles with their rights."""

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.conftest import Database, pytest_runtest_makereport


def test_a_test_database_is_migrated_and_empty(database: Database) -> None:
    assert connection.settings_dict["NAME"] == database.name
    assert User.objects.count() == 0
    User.objects.create(username="ann")


def test_what_a_test_commits_is_gone_in_the_next(database: Database) -> None:
    assert User.objects.count() == 0


def test_django_is_connected_as_the_application_not_as_the_owner(database: Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("gongxiang_app",)
    with (
        psycopg.connect(database.url) as other,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        other.execute("DROP TABLE auth_user")


@pytest.mark.django_db
def test_marked_tests_are_rolled_back_first() -> None:
    assert not User.objects.filter(username="bob").exists()
    User.objects.create(username="bob")


@pytest.mark.django_db
def test_marked_tests_are_rolled_back_second() -> None:
    assert not User.objects.filter(username="bob").exists()


@pytest.mark.parametrize(
    ("said", "marks", "outcome"),
    [
        ("13800138000", (), "failed"),
        ("138****8000", (), "passed"),
        ("13800138000", ("invents",), "passed"),
    ],
)
def test_a_test_whose_log_names_a_person_fails(
    request: pytest.FixtureRequest, said: str, marks: tuple[str, ...], outcome: str
) -> None:
    for mark in marks:
        request.node.add_marker(mark)
    report = pytest.TestReport(
        nodeid="x",
        location=("x", 0, "x"),
        keywords={},
        outcome="passed",
        longrepr=None,
        when="call",
        sections=[("Captured log call", f"sent to {said}")],
    )
    hook = pytest_runtest_makereport(request.node)
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(report)
    assert ended.value.value.outcome == outcome
