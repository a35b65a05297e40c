"""Who has many lots sees those that are sold first, and the rest when he asks.

Source: design/ui/faces.md 6.2 (`/points`); issue 4 (Speed: a page costs the same however much).
"""

import pytest

from gongxiang.web.member.points.pages import LOTS_SHOWN
from tests.acts import town
from tests.conftest import Database
from tests.web.signed import signed_in

LOTS = LOTS_SHOWN + 3
ROW = '<article class="lot">'


@pytest.fixture(autouse=True)
def _town(database: Database) -> None:
    paid = [
        town.paid(f"o{number}", who="lin", store="fang", at=f"2026-11-21T10:{number:02}:00+08:00")
        for number in range(LOTS)
    ]
    world = [each for each in town.THE_WORLD if each["type"] not in {"paid", "clock"}]
    town.open_town([*world, *paid])


def test_the_first_lots_are_shown_and_the_rest_is_a_link() -> None:
    page = signed_in("lin").get("/points").content.decode()
    assert page.count(ROW) == LOTS_SHOWN
    assert "再看后面 3 批" in page
    assert f"你为这 {LOTS} 批花了" in page


def test_all_lots_are_shown_to_who_asks() -> None:
    page = signed_in("lin").get("/points?lots=all").content.decode()
    assert page.count(ROW) == LOTS
    assert "再看后面" not in page
