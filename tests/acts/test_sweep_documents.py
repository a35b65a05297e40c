"""Pictures that nobody needs go, what anybody may need stays. Source: H5; reliability 8 (20)."""

import os
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from gongxiang.acts.add_document import add_document
from gongxiang.acts.review_application import Verdict, review_application
from gongxiang.acts.submit_application import submit_application
from gongxiang.acts.sweep_documents import (
    _DRAFTS,
    _OF_THE_GONE,
    BATCH,
    DAY,
    sweep_documents,
)
from gongxiang.jobs.ticks import TICKS
from gongxiang.merchants import documents
from gongxiang.merchants.applications import Unfit
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, filled, photo, submitted

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


def test_the_sweep_reads_only_pictures_that_are_not_kept() -> None:
    for query in (_DRAFTS, _OF_THE_GONE):
        values = (30, BATCH)[-query.count("%s") :]
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
            cursor.execute(f"EXPLAIN {query}", values)
            plan = "\n".join(line for (line,) in cursor.fetchall())
            cursor.execute("RESET enable_seqscan")
        assert "merchants_document_may_go" in plan, plan
        assert "Seq Scan" not in plan, plan


def test_a_picture_is_kept_from_the_moment_it_is_handed_in() -> None:
    kept = "SELECT DISTINCT is_kept FROM merchants_document"
    member, number = filled("lin")
    assert town.query(kept) == [(False,)]
    submit_application(member=member, application=number, is_agreed=True)
    assert town.query(kept) == [(True,)]
    missing = {"licence": "反光"}
    verdict = Verdict.ASK
    review_application(
        member=member,
        application=number,
        officer="o",
        verdict=verdict,
        reason="补一张",
        missing=missing,
    )
    add_document(member=member, application=number, kind="licence", data=photo((1, 2, 3)))
    assert town.query(kept) == [(True,)]
