"""Applying on the pages: every step saved as typed, refusals in words, pictures for their owner.

Source: design/ui/faces.md 6.3, 1.7, 4; reliability 8 (20).
"""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gongxiang.acts.review_application import Verdict, review_application
from gongxiang.queries import applications as queries
from tests.acts import town
from tests.conftest import Database
from tests.merchants.applicants import BAND, TYPED, open_account, photo, submitted
from tests.web.signed import signed_in

pytestmark = pytest.mark.db

OK = 200
SEE_OTHER = 303
MISSING = 404
TOO_LARGE = 413
UNPROCESSABLE = 422


@pytest.fixture
def lin(database: Database) -> Client:
    """Give 林小满's browser in the town of the pictures."""
    del database
    town.open_town(settings=BAND)
    open_account("lin")
    return signed_in("lin")


def begin(browser: Client, *, by: str = "") -> str:
    """Begin an application; give the address of its first step without the step's name."""
    answer = browser.post("/store/apply", {"by": by})
    assert answer.status_code == SEE_OTHER
    return answer["Location"].removesuffix("shop")


def named(kind: str, data: bytes, *, name: str = "../../evil.php") -> dict[str, SimpleUploadedFile]:
    """Give a file under a name of somebody's choosing."""
    return {kind: SimpleUploadedFile(name, data, content_type="image/jpeg")}


def fill(browser: Client, base: str) -> None:
    """Fill in all but the last step."""
    steps = {
        "shop": ("name", "category", "phone"),
        "place": ("province", "division", "address"),
        "rate": ("rate",),
    }
    for step, fields in steps.items():
        answer = browser.post(f"{base}{step}", {field: TYPED[field] for field in fields})
        assert answer.status_code == SEE_OTHER, step
    files = named("licence", photo()) | named("storefront", photo())
    assert browser.post(f"{base}papers", {"uscc": TYPED["uscc"], **files}).status_code == SEE_OTHER


def test_from_the_first_page_to_the_store(lin: Client) -> None:
    open_account("zhou")
    assert "介绍你来的是 <b>z**" not in lin.get("/store/apply?by=ZHOU").content.decode()
    base = begin(lin, by="ZHOU")
    fill(lin, base)
    last = lin.get(f"{base}send").content.decode()
    for shown in ("小满糖水", "广东省广州市天河区 体育东路 1 号", "12.5%", "是 z*u。"):
        assert shown in last, shown
    answer = lin.post(f"{base}send", {"agreed": "on", "recruiter": "ZHOU"})
    assert answer["Location"] == base.rstrip("/")
    assert "待审核" in lin.get(base.rstrip("/")).content.decode()
    number = int(base.split("/")[-2])
    review_application(
        member=town.party("lin"), application=number, officer="o", verdict=Verdict.APPROVE
    )
    page = lin.get(base.rstrip("/")).content.decode()
    assert "去我的店" in page
    asked = queries.one(member=town.party("lin"), number=number)
    assert asked is not None
    assert "小满糖水" in lin.get(f"/store/{asked.store}").content.decode()


def test_the_front_of_an_open_store_is_seen_by_everybody_and_its_licence_by_nobody(
    lin: Client,
) -> None:
    member, number = submitted("lin")
    store = review_application(
        member=member, application=number, officer="o", verdict=Verdict.APPROVE
    )
    ((code,),) = town.query("SELECT code FROM merchants_profile WHERE store_id = %s", store)
    answer = Client().get(f"/s/{code}/photo.jpg")
    assert (answer.status_code, answer["Content-Type"]) == (OK, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    ((licence,),) = town.query("SELECT token FROM merchants_document WHERE kind = 'licence'")
    assert Client().get(f"/s/{licence}/photo.jpg").status_code == MISSING
    town.query("UPDATE merchants_profile SET state = 'delisted' WHERE store_id = %s", store)
    assert Client().get(f"/s/{code}/photo.jpg").status_code == MISSING
    assert lin.get("/s/fang/photo.jpg").status_code == MISSING


def test_what_does_not_fit_is_kept_and_said(lin: Client) -> None:
    base = begin(lin)
    answer = lin.post(f"{base}rate", {"rate": "45"})
    page = answer.content.decode()
    assert answer.status_code == UNPROCESSABLE
    assert 'value="45"' in page
    assert "抽成在 5% 到 30% 之间" in page
    assert 'value="45"' in lin.get(f"{base}rate").content.decode()
    answer = lin.post(f"{base}papers", {"uscc": "91110000600037341M"})
    page = answer.content.decode()
    for words in ("这不是一个统一社会信用代码", "还没有选照片", 'value="91110000600037341M"'):
        assert words in page, words


def test_a_rate_is_told_in_yuan_that_add_up(lin: Client) -> None:
    base = begin(lin)
    lin.post(f"{base}rate", {"rate": "12.5"})
    page = lin.get(f"{base}rate").content.decode()
    for figure in ("87.50", "8.50", "2.00"):
        assert figure in page, figure


def test_choosing_a_province_offers_its_districts_and_keeps_the_rest(lin: Client) -> None:
    base = begin(lin)
    lin.post(f"{base}place", {"province": "440000", "address": "某街", "choose_province": "1"})
    page = lin.get(f"{base}place").content.decode()
    assert ("天河区" in page, "东莞市" in page, "朝阳区" in page) == (True, True, False)
    assert 'value="某街"' in page


def test_handing_in_too_early_leads_to_what_is_missing(lin: Client) -> None:
    base = begin(lin)
    answer = lin.post(f"{base}send", {"agreed": "on", "recruiter": "LIN"})
    page = answer.content.decode()
    assert answer.status_code == UNPROCESSABLE
    assert f'href="{base}shop#name"' in page
    assert "介绍人不能是你自己" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg xmlns='x'><script>1</script></svg>", "不是一张完整的"),
        (b"\xff\xd8\xff<?php ?>", "不是一张完整的"),
        (photo() + b"\0" * 8 * 1024 * 1024, "超过 8 MB"),
    ],
    ids=("svg", "script", "large"),
)
def test_what_is_no_fit_picture_is_refused_in_words(lin: Client, data: bytes, words: str) -> None:
    base = begin(lin)
    answer = lin.post(f"{base}papers", {"uscc": TYPED["uscc"], **named("licence", data)})
    assert answer.status_code == UNPROCESSABLE
    assert words in answer.content.decode()
    assert town.query("SELECT count(*) FROM merchants_document") == [(0,)]


def test_a_body_that_no_form_has_is_refused_unread(lin: Client) -> None:
    base = begin(lin)
    answer = lin.post(f"{base}papers", {}, CONTENT_LENGTH=str(1 << 40))
    assert answer.status_code == TOO_LARGE


def test_a_picture_is_shown_to_its_owner_alone_and_never_run(lin: Client) -> None:
    base = begin(lin)
    lin.post(f"{base}papers", named("licence", photo()))
    ((token,),) = town.query("SELECT token FROM merchants_document")
    answer = lin.get(f"/store/documents/{token}")
    assert answer.status_code == OK
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="licence.jpg"'
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    open_account("zhou")
    assert signed_in("zhou").get(f"/store/documents/{token}").status_code == MISSING
    assert Client().get(f"/store/documents/{token}")["Location"].startswith("/login")
    for name in ("..%2F..%2Fsecret_key", "%2e%2e", "0" * 32):
        assert lin.get(f"/store/documents/{name}").status_code == MISSING
    assert signed_in("zhou").get(base.rstrip("/")).status_code == MISSING
