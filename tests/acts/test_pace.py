"""A key acts as often as it may, counted once over all connections, and is told how long to wait.

Source: reliability 8 (7), API4.
"""

import psycopg

from gongxiang.members import pace
from tests.acts.town import at_once
from tests.conftest import Database
from tests.web.asked import questions


def test_a_share_is_used_up_and_grows_again(admin: psycopg.Connection) -> None:
    assert [pace.wait(key="ann", rate=2) for _ in range(4)] == [0, 0, 30, 30]
    assert pace.wait(key="bob", rate=2) == 0
    admin.execute("UPDATE members_pace SET due_at = due_at - interval '30 seconds'")
    assert [pace.wait(key="ann", rate=2) for _ in range(2)] == [0, 30]


def test_sixteen_at_once_get_as_many_as_the_rate_says(database: Database) -> None:
    assert database.name
    waits = at_once(16, lambda _place: pace.wait(key="ann", rate=5) == 0)
    assert waits.count(True) == 5


def test_it_is_one_question(database: Database) -> None:
    assert database.name
    with questions() as asked:
        assert pace.wait(key="ann", rate=2) == 0
    assert len(asked) == 1


def test_no_commit_of_it_waits_for_the_disk(admin: psycopg.Connection) -> None:
    kept = admin.execute("SELECT relpersistence FROM pg_class WHERE relname = 'members_pace'")
    assert kept.fetchone() == ("u",)
