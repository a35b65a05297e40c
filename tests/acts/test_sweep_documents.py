"""Pictures that nobody needs go, what anybody may need stays. Source: H5; reliability 8 (20)."""

import os
from pathlib import Path

import psycopg
import pytest
from pytest_django.fixtures import Settings

from gongxiang.acts.review_application import Verdict, review_application
from gongxiang.acts.submit_application import submit_application
from gongxiang.acts.sweep_documents import DAY, sweep_documents
from gongxiang.jobs.ticks import TICKS
from gongxiang.merchants import documents
from gongxiang.merchants.applications import Unfit
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, filled, submitted

KINDS = "SELECT kind FROM merchants_document WHERE member_id = %s ORDER BY kind"


@pytest.fixture(autouse=True)
def _town(database: Database, settings: Settings, tmp_path: Path) -> None:
    assert database.name
    settings.DOCUMENTS_FOLDER = tmp_path
    town.open_town(settings=BAND)


def files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def aged(days: int) -> None:
    town.query(
        "UPDATE merchants_document SET uploaded_at = now() - make_interval(days => %s)", days
    )


def test_the_pictures_of_a_draft_go_with_their_age_and_its_texts_stay(tmp_path: Path) -> None:
    member, number = filled("lin")
    aged(29)
    assert (sweep_documents(), files(tmp_path)) == (0, 2)
    aged(31)
    assert (sweep_documents(), files(tmp_path)) == (2, 0)
    assert town.query(KINDS, member) == []
    assert town.query("SELECT typed ->> 'name' FROM merchants_application") == [("小满糖水",)]
    assert sweep_documents() == 0
    with pytest.raises(Unfit):
        submit_application(member=member, application=number, is_agreed=True)


@pytest.mark.parametrize("verdict", [None, Verdict.ASK, Verdict.DECLINE, Verdict.APPROVE])
def test_what_was_ever_handed_in_stays(verdict: Verdict | None, tmp_path: Path) -> None:
    member, number = submitted("lin")
    if verdict is not None:
        missing = {"licence": "反光"} if verdict is Verdict.ASK else None
        review_application(
            member=member,
            application=number,
            officer="o",
            verdict=verdict,
            reason="看过了",
            missing=missing,
        )
    aged(400)
    assert (sweep_documents(), files(tmp_path)) == (0, 2)
    assert town.query(KINDS, member) == [("licence",), ("storefront",)]


def test_a_file_that_no_row_names_goes_after_a_day(tmp_path: Path) -> None:
    filled("lin")
    name = documents.keep(b"lost")
    assert sweep_documents() == 0
    for path in tmp_path.glob("*/*"):
        written = path.stat().st_mtime - 2 * DAY
        os.utime(path, (written, written))
    assert (sweep_documents(), documents.read(name), files(tmp_path)) == (1, None, 2)


def test_a_draft_that_somebody_works_on_is_left_for_the_next_sweep(
    database: Database, tmp_path: Path
) -> None:
    member, number = filled("lin")
    aged(31)
    lock = "SELECT FROM merchants_application WHERE (member_id, id) = (%s, %s) FOR UPDATE"
    with psycopg.connect(database.url) as other:
        other.execute(lock, (member, number))
        assert (sweep_documents(), files(tmp_path)) == (0, 2)
    assert sweep_documents() == 2


def test_the_worker_sweeps_by_itself() -> None:
    assert [tick.seconds for tick in TICKS if tick.act is sweep_documents] == [3_600]
