"""Applying for a store: nothing typed is lost, one review, a store with its fact in one commit.

Source: spec/platform.md (Store); E6, R4, R5, R11; I-4.
"""

from pathlib import Path

import pytest
from django.conf import settings as django_settings

from gongxiang.acts.add_document import TooLarge, add_document
from gongxiang.acts.apply_for_store import apply_for_store
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.review_application import (
    CannotOpen,
    NotInReview,
    ReasonMissing,
    Verdict,
    review_application,
)
from gongxiang.acts.save_application import NotEditable, save_application
from gongxiang.acts.submit_application import NoConsent, submit_application
from gongxiang.base.picture import NotAPicture
from gongxiang.merchants import access, documents
from gongxiang.merchants.access import Role, State
from gongxiang.merchants.applications import Trouble, Unfit
from gongxiang.queries import applications as queries
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, TYPED, filled, open_account, photo, submitted
from tests.settlement import platforms

pytestmark = pytest.mark.db

OFFICER = "officer-1"
STORES = "SELECT count(*) FROM merchants_store"
FACTS = "SELECT count(*) FROM orders_fact"


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    town.open_town(settings=BAND)


def approve(member: int, number: int) -> int:
    store = review_application(
        member=member, application=number, officer=OFFICER, verdict=Verdict.APPROVE
    )
    assert store is not None
    return store


def one(member: int, number: int) -> queries.Asked:
    asked = queries.one(member=member, number=number)
    assert asked is not None
    return asked


def test_a_draft_keeps_every_text_and_is_one_at_a_time() -> None:
    member = open_account("lin")
    number = apply_for_store(member=member)
    assert apply_for_store(member=member) == number
    save_application(member=member, application=number, typed={"rate": "viel", "uscc": "1\0"})
    save_application(member=member, application=number, typed={"name": "糖" * 300})
    typed = one(member, number).typed
    assert typed == {"rate": "viel", "uscc": "1", "name": "糖" * 200}


def test_only_the_fields_that_there_are_are_kept() -> None:
    member = open_account("lin")
    number = apply_for_store(member=member)
    more = {"state": "approved", "store_id": "7", "recruiter_id": "1", "name": "糖水"}
    save_application(member=member, application=number, typed=more)
    asked = one(member, number)
    assert (asked.typed, asked.state) == ({"name": "糖水"}, queries.State.DRAFT)


def test_nobody_writes_into_anothers_application() -> None:
    _, number = filled("lin")
    other = open_account("zhou")
    with pytest.raises(NotEditable):
        save_application(member=other, application=number, typed={"name": "x"})
    with pytest.raises(NotEditable):
        add_document(member=other, application=number, kind="licence", data=photo())
    with pytest.raises(NotEditable):
        submit_application(member=other, application=number, is_agreed=True)
    with pytest.raises(NotInReview):
        review_application(
            member=other, application=number, officer=OFFICER, verdict=Verdict.APPROVE
        )


def test_each_item_that_does_not_fit_is_named() -> None:
    member, number = filled(
        "lin",
        name="糖",
        category="bank",
        phone="none",
        division="440100",
        rate="31",
        uscc="91110000600037341M",
        recruiter="LIN",
    )
    with pytest.raises(Unfit) as refused:
        submit_application(member=member, application=number, is_agreed=True)
    assert refused.value.troubles == {
        "name": Trouble.UNFIT,
        "category": Trouble.UNFIT,
        "phone": Trouble.UNFIT,
        "division": Trouble.UNFIT,
        "rate": Trouble.OUT_OF_BAND,
        "uscc": Trouble.UNFIT,
        "recruiter": Trouble.OWN_CODE,
    }
    assert one(member, number).state == queries.State.DRAFT


def test_pictures_and_consent_are_needed() -> None:
    member = open_account("lin")
    number = apply_for_store(member=member)
    save_application(member=member, application=number, typed=TYPED | {"recruiter": "NOBODY"})
    with pytest.raises(NoConsent):
        submit_application(member=member, application=number, is_agreed=False)
    with pytest.raises(Unfit) as refused:
        submit_application(member=member, application=number, is_agreed=True)
    assert refused.value.troubles == {
        "licence": Trouble.MISSING,
        "storefront": Trouble.MISSING,
        "recruiter": Trouble.UNKNOWN_CODE,
    }


def test_a_picture_takes_the_place_of_the_one_before() -> None:
    member, number = filled("lin")
    before = one(member, number).documents
    add_document(member=member, application=number, kind="licence", data=photo((9, 9, 9)))
    after = one(member, number).documents
    assert documents.read(before["licence"]) is None
    assert documents.read(after["licence"]) != documents.read(after["storefront"])
    assert after["storefront"] == before["storefront"]


def test_what_is_no_picture_or_too_large_changes_nothing() -> None:
    member, number = filled("lin")
    before = one(member, number).documents
    files = sorted(Path(django_settings.DOCUMENTS_FOLDER).rglob("*"))
    with pytest.raises(NotAPicture):
        add_document(member=member, application=number, kind="licence", data=b"<svg/>")
    large = photo() + b"\0" * django_settings.UPLOAD_BYTES_MAX
    with pytest.raises(TooLarge):
        add_document(member=member, application=number, kind="licence", data=large)
    assert one(member, number).documents == before
    assert sorted(Path(django_settings.DOCUMENTS_FOLDER).rglob("*")) == files


def test_files_stand_under_names_of_chance_for_their_owner_alone() -> None:
    member, number = filled("lin")
    token = one(member, number).documents["licence"]
    path = Path(django_settings.DOCUMENTS_FOLDER) / token[:2] / token
    assert path.stat().st_mode & 0o777 == 0o600
    for name in ("../../secret_key", f"{token[:2]}/{token}", "", "0" * 32, f"{token}\n"):
        assert documents.read(name) is None
    assert queries.document_of(member=member, token=token) == "licence"
    assert queries.document_of(member=open_account("zhou"), token=token) is None


def test_a_handed_in_application_is_not_changed_any_more() -> None:
    member, number = submitted("lin")
    with pytest.raises(NotEditable):
        save_application(member=member, application=number, typed={"name": "其他"})
    with pytest.raises(NotEditable):
        add_document(member=member, application=number, kind="licence", data=photo())
    with pytest.raises(NotEditable):
        submit_application(member=member, application=number, is_agreed=True)
    assert [each.number for each in queries.pending(count=9)] == [number]


def test_what_is_missing_is_said_item_by_item_and_the_recruiter_stays() -> None:
    open_account("zhou")
    member, number = submitted("lin", recruiter=" zhou ")
    review_application(
        member=member,
        application=number,
        officer=OFFICER,
        verdict=Verdict.ASK,
        missing={"licence": "反光，看不清编号", "name": " "},
    )
    asked = one(member, number)
    assert (asked.state, asked.missing) == (
        queries.State.INCOMPLETE,
        {"licence": "反光，看不清编号"},
    )
    open_account("qinghe")
    save_application(member=member, application=number, typed={"recruiter": "QINGHE"})
    add_document(member=member, application=number, kind="licence", data=photo((1, 2, 3)))
    submit_application(member=member, application=number, is_agreed=True)
    store = approve(member, number)
    assert town.query("SELECT recruiter_id FROM merchants_store WHERE store_id = %s", store) == [
        (town.party("zhou"),)
    ]


def test_a_no_needs_its_reason_and_an_item_its_why() -> None:
    member, number = submitted("lin")
    for verdict, missing in (
        (Verdict.DECLINE, None),
        (Verdict.ASK, None),
        (Verdict.ASK, {"x": "y"}),
    ):
        with pytest.raises(ReasonMissing):
            review_application(
                member=member, application=number, officer=OFFICER, verdict=verdict, missing=missing
            )
    review_application(
        member=member,
        application=number,
        officer=OFFICER,
        verdict=Verdict.DECLINE,
        reason="执照已经注销",
    )
    asked = one(member, number)
    assert (asked.state, asked.reason, asked.officer) == (
        queries.State.DECLINED,
        "执照已经注销",
        OFFICER,
    )
    assert apply_for_store(member=member) != number


def test_nobody_recruits_himself_under_another_account() -> None:
    open_account("zhou")
    member, number = submitted("lin", recruiter="ZHOU")
    town.be_one_person("lin", "zhou")
    with pytest.raises(CannotOpen):
        approve(member, number)
    member, number = filled("zhou", recruiter="LIN")
    with pytest.raises(Unfit) as refused:
        submit_application(member=member, application=number, is_agreed=True)
    assert refused.value.troubles == {"recruiter": Trouble.OWN_CODE}


def test_an_approved_store_is_whole_at_once_and_an_export_replays(database: Database) -> None:
    """The store, its fact, its code; paid at, settled, exported, replayed, audited."""
    open_account("zhou")
    member, number = submitted("lin", recruiter="ZHOU")
    store = approve(member, number)
    card = next(card for card in access.stores_of(member=member) if card.store == store)
    assert (card.name, card.role, card.state) == ("小满糖水", Role.OWNER, State.OPEN)
    assert access.store_by_code(code=card.code) is not None
    assert (
        one(member, number).store
        == town.query("SELECT key FROM members_party WHERE id = %s", store)[0][0]
    )
    pay_at_store(key="at-the-new", member=town.party("zhou"), store=store, amount_fen=100_000)
    town.query("UPDATE points_horizon SET offset_seconds = offset_seconds + 90000")
    town.settle_now()
    with town.books(database) as books:
        assert books.verdict() == ""
        lines = books.lines()
    terms = platforms.terms_with({"window": 86_400})
    assert platforms.replayed(lines, terms=terms) == platforms.of_database()
    (line,) = (
        line
        for line in lines
        if '"type":"store"' in line
        and '"district":"440106"' in line
        and '"commission_rate":1250' in line
    )
    assert ('"owner":"lin"' in line, '"recruiter":"zhou"' in line) == (True, True)
    assert town.query(
        "SELECT category, address FROM merchants_site WHERE store_id = %s", store
    ) == [("drinks", "体育东路 1 号")]


def test_of_sixteen_reviews_at_once_one_opens_a_store() -> None:
    member, number = submitted("lin")
    stores, facts = town.query(STORES)[0][0], town.query(FACTS)[0][0]
    answers = town.at_once(16, lambda _place: approve(member, number))
    refused = [one for one in answers if isinstance(one, NotInReview)]
    assert (len(refused), len(answers)) == (15, 16)
    assert town.query(STORES)[0][0] == stores + 1
    assert town.query(FACTS)[0][0] == facts + 1
    assert town.query(
        "SELECT count(*) FROM governance_auditentry WHERE kind = 'store_reviewed'"
    ) == [(1,)]


def test_who_closed_his_account_gets_no_store() -> None:
    member, number = submitted("lin")
    town.query("UPDATE members_account SET closed_at = clock_timestamp()")
    stores, facts = town.query(STORES), town.query(FACTS)
    with pytest.raises(CannotOpen):
        approve(member, number)
    assert (town.query(STORES), town.query(FACTS)) == (stores, facts)
    assert one(member, number).state == queries.State.SUBMITTED
