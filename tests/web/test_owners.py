"""What is one member's or one store's is asked for by its owner: others' rows change no page.

Source: reliability 8 (28, 30).
"""

from typing import Final

import psycopg

from tests.forgetting import forget
from tests.hiding import OWNS, make_hidable, see_only, told
from tests.web import resolved
from tests.web.everything import World
from tests.web.test_matrix import ASIDE, browser, filled, world

__all__ = ["world"]
SEES_ALL: Final = ("/ops/", "/healthz")


def test_others_rows_change_no_page(world: World, admin: psycopg.Connection) -> None:
    make_hidable(admin)
    paths = resolved.addresses(aside=(*ASIDE, *SEES_ALL))
    changed = []
    for role in OWNS:
        client = browser(role)
        for path in paths:
            said = []
            for whose in (None, role):
                forget()
                see_only(whose)
                said.append(told(client.get(filled(path, world))))
            changed += [f"{role} {path}"] if said[0] != said[1] else []
    assert changed == []


def test_hiding_would_be_seen(world: World, admin: psycopg.Connection) -> None:
    make_hidable(admin)
    member = browser("member")
    paths = ("/wallet", "/wallet/payee", "/statements/2026-11")
    shown = {path: told(member.get(path)) for path in paths}
    see_only("stranger")
    assert {path for path, page in shown.items() if told(member.get(path)) == page} == set()
