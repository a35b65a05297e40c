"""Several questions as one give what each gives alone: exact, in order, or a refusal.

Source: ADR 0029; E1 (whole numbers alone).
"""

from collections.abc import Iterator

import pytest
from django.db import connection
from psycopg import errors

from bench.counting import counted
from gongxiang.ledger import raw
from gongxiang.ledger.together import Together
from tests.conftest import Database

BIG = 10**37 + 1


@pytest.fixture(autouse=True)
def _connected(database: Database) -> Iterator[None]:
    assert database.name
    yield
    connection.close()


def test_each_answer_comes_by_its_name_in_its_order_by_one_question() -> None:
    asked = Together(
        down="SELECT n, n * %(by)s FROM generate_series(1, %(last)s) AS n ORDER BY n DESC",
        none="SELECT 1 WHERE false",
        one="SELECT %(by)s::int",
    )
    with counted() as found:
        told = asked.ask(by=10, last=3)
    assert told == {"down": [(3, 30), (2, 20), (1, 10)], "none": [], "one": [(10,)]}
    assert len(found) == 1
    assert asked.text.count("$1") == 2, "a value is numbered once, wherever it stands"


def test_columns_need_no_names_and_keep_their_order() -> None:
    told = Together(row="SELECT 1, 2, coalesce(NULL, 3), coalesce(4), NULL, true, 'a', ''").ask()
    assert told["row"] == [(1, 2, 3, 4, None, True, "a", "")]


@pytest.mark.parametrize("text", ['"', "\\", "\n", "共享 😀", "%", "$1", "100%"])
def test_texts_come_as_they_are(text: str) -> None:
    assert Together(row="SELECT %(text)s::text").ask(text=text)["row"] == [(text,)]


def test_a_percent_sign_is_written_as_in_any_question() -> None:
    assert Together(row="SELECT 7 %% 4").ask()["row"] == [(3,)]


def test_whole_numbers_of_any_size_are_exact_and_fractions_are_refused() -> None:
    question = f"SELECT {BIG}::numeric(38, 0), -{BIG}::numeric(38, 0), 9223372036854775807"
    assert Together(row=question).ask()["row"] == [(BIG, -BIG, 2**63 - 1)]
    with raw.cursor() as cursor:
        assert cursor.execute(question).fetchall() == [(BIG, -BIG, 2**63 - 1)]
    with pytest.raises(ValueError, match=r"0\.5 is no whole number"):
        Together(row="SELECT 0.5").ask()
    with raw.cursor() as cursor, pytest.raises(ValueError, match="invalid literal"):
        cursor.execute("SELECT 0.5").fetchall()


def test_one_that_fails_fails_all_and_a_value_that_lacks_is_named() -> None:
    with pytest.raises(errors.DivisionByZero):
        Together(fine="SELECT 1", wrong="SELECT 1 / %(by)s::int").ask(by=0)
    with pytest.raises(KeyError, match="by"):
        Together(row="SELECT %(by)s::int").ask()
