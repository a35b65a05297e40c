"""Several questions in one round trip, each answered by its own rows.

    ASKED = Together(purse=PURSE, orders=ORDERS)        questions with `%(name)s`, kept as one text
    told = ASKED.ask(member=7)                          {"purse": [(0, 0)], "orders": [...]}

The server writes each answer as JSON, so a question gives whole numbers, texts, truth values and
nothing, never a moment or a fraction; its columns need no names. Worth it for small answers: of a
hundred rows the writing costs more than the way there and back.

Units: as the questions. Source: design/speed.md (Web).
"""

import json
import re
from typing import Any, Final

from gongxiang.ledger import raw

_VALUE: Final = re.compile(r"%\((\w+)\)s", re.ASCII)

Rows = list[tuple[Any, ...]]


class Together:
    """Questions that are asked as one."""

    def __init__(self, **questions: str) -> None:
        """Write them as one question, each value numbered where it first stands."""
        self.names: Final = tuple(questions)
        self.values: Final = list(dict.fromkeys(_VALUE.findall(" ".join(questions.values()))))
        answers = ", ".join(f"({_answer(question)})" for question in questions.values())
        text = _VALUE.sub(self._number, f"SELECT json_build_array({answers})::text")
        self.text: Final = text.replace("%%", "%")

    def _number(self, found: re.Match[str]) -> str:
        return f"${self.values.index(found[1]) + 1}"

    def ask(self, **values: int | str | None) -> dict[str, Rows]:
        """Give the rows of each question by its name."""
        with raw.numbered_cursor() as cursor:
            cursor.execute(self.text, [values[name] for name in self.values])
            ((told,),) = cursor.fetchall()
        found = json.loads(told, object_pairs_hook=_row, parse_float=_no_fraction)
        return dict(zip(self.names, found, strict=True))


def _answer(question: str) -> str:
    return f"SELECT coalesce(json_agg(to_json(answer)), '[]') FROM ({question}) AS answer"  # noqa: S608  no value is spliced in


def _row(columns: list[tuple[str, Any]]) -> tuple[Any, ...]:
    return tuple(value for _, value in columns)


def _no_fraction(written: str) -> int:
    raise ValueError(f"{written} is no whole number")
