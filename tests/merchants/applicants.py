"""An application for a store, filled in by whoever the test names."""

import io

from PIL import Image

from gongxiang.acts.add_document import add_document
from gongxiang.acts.apply_for_store import apply_for_store
from gongxiang.acts.save_application import save_application
from gongxiang.acts.submit_application import submit_application
from tests.acts import town

BAND = (*town.WINDOW, "commission_min=500", "commission_max=3000")
TYPED = {
    "name": "小满糖水",
    "category": "drinks",
    "phone": "020-88886666",
    "province": "440000",
    "division": "440106",
    "address": "体育东路 1 号",
    "rate": "12.5",
    "uscc": "91110000600037341L",
}


def photo(colour: tuple[int, int, int] = (10, 90, 70)) -> bytes:
    """Take a photo."""
    file = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(file, "JPEG")
    return file.getvalue()


def open_account(key: str) -> int:
    """Let a member of the town sign in; his code is his key in capitals."""
    member = town.party(key)
    town.query(
        "INSERT INTO members_account (member_id, name, code, epoch, opened_at)"
        " VALUES (%s, %s, %s, 1, clock_timestamp()) ON CONFLICT DO NOTHING",
        member,
        key,
        key.upper(),
    )
    town.query(
        "INSERT INTO members_invitecode VALUES (%s, %s) ON CONFLICT DO NOTHING",
        key.upper(),
        member,
    )
    return member


def filled(key: str, **typed: str) -> tuple[int, int]:
    """Fill in an application, with both pictures; give applicant and number."""
    member = open_account(key)
    number = apply_for_store(member=member)
    save_application(member=member, application=number, typed=TYPED | typed)
    for kind in ("licence", "storefront"):
        add_document(member=member, application=number, kind=kind, data=photo())
    return member, number


def submitted(key: str, **typed: str) -> tuple[int, int]:
    """Fill in an application and hand it in."""
    member, number = filled(key, **typed)
    submit_application(member=member, application=number, is_agreed=True)
    return member, number
