"""What an older key sealed stays readable, and one command seals it anew.

Source: reliability 8 (34).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.test import override_settings

from gongxiang.acts.reseal_texts import PLACES, reseal_texts
from gongxiang.cli import keys
from gongxiang.cli.main import main
from gongxiang.governance.models import Factor, Role
from gongxiang.members import sealed
from tests.acts import town
from tests.conftest import Database
from tests.ops.staff import officer

NEW = {"SECRET_KEY": "n" * 50, "IDENTITY_KEY": "i" * 50}


@pytest.fixture(autouse=True)
def _platform(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def found() -> Iterator[None]:
        yield

    assert database.name
    monkeypatch.setattr(keys, "platform", found)
    officer("li", Role.ADMIN)
    town.query(
        "INSERT INTO members_verified VALUES (7, %s, %s, '', '', 'c', clock_timestamp())",
        sealed.seal(purpose=sealed.NAME, text="林小满"),
        sealed.seal(purpose=sealed.DOCUMENT, text="11010519491231002X"),
    )
    town.query(
        "INSERT INTO members_payee VALUES (7, 'alipay', %s, '', clock_timestamp())",
        sealed.seal(purpose=sealed.ACCOUNT, text="13800000012"),
    )


def opened() -> tuple[str, str, str]:
    row = town.query(
        "SELECT name, document, account FROM members_verified JOIN members_payee USING (member_id)"
    )[0]
    purposes = (sealed.NAME, sealed.DOCUMENT, sealed.ACCOUNT)
    found = [sealed.unseal(purpose=p, sealed=text) for p, text in zip(purposes, row, strict=True)]
    return found[0], found[1], found[2]


def test_keys_are_changed_without_losing_anything(capsys: pytest.CaptureFixture[str]) -> None:
    secret = Factor.objects.get().bin_key
    older = {
        "SECRET_KEY_FALLBACKS": [settings.SECRET_KEY],
        "IDENTITY_KEY_FALLBACKS": ["unused", settings.IDENTITY_KEY],
    }
    with override_settings(**NEW, **older):
        assert opened() == ("林小满", "11010519491231002X", "13800000012")
        assert main(["keys", "reseal"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "members_verified.name\t1",
            "members_verified.document\t1",
            "members_payee.account\t1",
            "treasury_payout.payee\t0",
            "treasury_transfer.payee\t0",
            "otp_totp_totpdevice.key\t1",
        ]
        assert main(["keys", "reseal"]) == 0
        assert {line.split("\t")[1] for line in capsys.readouterr().out.splitlines()} == {"0"}
    with override_settings(**NEW):
        assert opened() == ("林小满", "11010519491231002X", "13800000012")
        assert Factor.objects.get().bin_key == secret


def test_what_no_key_opens_is_named_and_stays(capsys: pytest.CaptureFixture[str]) -> None:
    before = town.query("SELECT * FROM members_verified")
    with override_settings(**NEW):
        assert main(["keys", "reseal"]) == 1
    assert "members_verified.name after 0: not sealed by a key of ours" in capsys.readouterr().err
    assert town.query("SELECT * FROM members_verified") == before


def test_every_column_that_says_so_has_its_place() -> None:
    named = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if "加密" in str(field.verbose_name)
    }
    places = {(place.table, place.column) for place in PLACES}
    assert places - named == {("otp_totp_totpdevice", "key")}
    assert named <= places
    assert reseal_texts(place=PLACES[0], after=7).upto is None
