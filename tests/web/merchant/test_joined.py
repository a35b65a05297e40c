"""Who joined two accounts finds the stores of both, and turns to the one that acts for them.

Source: docs/adr/0017; spec/platform.md (Store).
"""

import pytest

from gongxiang.acts.join_accounts import join_accounts
from tests.acts import town
from tests.conftest import Database
from tests.web.asked import questions
from tests.web.signed import client_of, signed_in

pytestmark = pytest.mark.db


@pytest.fixture
def kept(database: Database) -> int:
    """Join 青禾眼镜's owner, who also owns nothing else, to lin, who works at 阿芳小馆."""
    assert database.name
    town.open_town()
    for key in ("lin", "qinghe"):
        signed_in(key)
    town.query(
        "INSERT INTO merchants_staff (store_id, member_id, role, since_at)"
        " VALUES (%s, %s, 'cashier', now())",
        town.party("fang", kind=2),
        town.party("lin"),
    )
    town.query(
        "UPDATE members_account SET opened_at = opened_at - interval '1 day' WHERE member_id = %s",
        town.party("lin"),
    )
    assert join_accounts(one=town.party("lin"), other=town.party("qinghe")) == town.party("lin")
    return town.party("lin")


def test_the_stores_of_both_are_listed_and_the_other_is_turned_to(kept: int) -> None:
    client = client_of(kept)
    with questions() as asked:
        page = client.get("/store")
    assert page.status_code == 200
    assert len(asked) <= 12
    told = page.content.decode()
    assert told.index("阿芳小馆") < told.index("另一个账户的门店") < told.index("青禾眼镜")
    form = {"account": str(town.party("qinghe")), "next": "/store"}
    assert client.post("/me/accounts/turn", form)["Location"] == "/store"
    told = client.get("/store").content.decode()
    assert told.index("青禾眼镜") < told.index("另一个账户的门店") < told.index("阿芳小馆")


def test_who_owns_nothing_where_he_looks_is_led_to_the_other(kept: int) -> None:
    town.query("DELETE FROM merchants_staff")
    told = client_of(kept).get("/store").content.decode()
    assert "你名下还没有门店" not in told
    assert told.count("看这个") == 1
    assert "青禾眼镜" in told


def test_turning_leads_nowhere_else(kept: int) -> None:
    form = {"account": str(town.party("qinghe")), "next": "https://elsewhere.example"}
    assert client_of(kept).post("/me/accounts/turn", form)["Location"] == "/wallet"
