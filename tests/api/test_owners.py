"""What is one member's or one store's is asked for by its owner: others' rows change no answer.

Source: reliability 8 (28, 30).
"""

import psycopg

from tests.api.operations import operations
from tests.api.test_matrix import Ask, ask, payment_keys, people, sandbox, world
from tests.hiding import OWNS, make_hidable, see_only, told

__all__ = ["ask", "payment_keys", "people", "sandbox", "world"]


def test_others_rows_change_no_answer(ask: Ask, admin: psycopg.Connection) -> None:
    make_hidable(admin)
    changed = []
    for method, path, _ in operations():
        for role in OWNS if method == "GET" else ():
            said = []
            for whose in (None, role):
                see_only(whose)
                said.append(told(ask(role, method, path)))
            changed += [f"{role} {path}"] if said[0] != said[1] else []
    assert changed == []
