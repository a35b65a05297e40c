"""A platform in a real database: rules published, event lines imported, settled to the end."""

import json
from collections.abc import Iterable, Mapping, Sequence

from gongxiang.acts.publish_rules import publish_rules
from gongxiang.base.money import POINT
from gongxiang.cli.importing import import_lines
from gongxiang.cli.settling import settle_all
from gongxiang.economy.terms import Terms
from gongxiang.lab.lines import decode

STORE: Mapping[str, object] = {
    "type": "store",
    "id": "s1",
    "owner": "owner",
    "recruiter": None,
    "district": None,
    "commission_rate": 2_000,
}


def paid(
    number: int, *, at: str, member: str = "lin", amount_fen: int = 100_000
) -> dict[str, object]:
    """Give the line of a payment at the one store."""
    return {
        "type": "paid",
        "id": f"o{number}",
        "member": member,
        "store": "s1",
        "amount_fen": amount_fen,
        "at": at,
    }


def sold(*, at: str, member: str) -> dict[str, object]:
    """Give the line of a sale of one point."""
    return {"type": "sold", "id": "x1", "member": member, "points": str(POINT), "at": at}


def one_each(count: int) -> list[dict[str, object]]:
    """Give payments of so many members, a minute apart."""
    return [
        paid(number, at=f"2026-11-22T10:{number:02}:00+08:00", member=f"m{number}")
        for number in range(count)
    ]


def open_platform(
    lines: Sequence[Mapping[str, object]], *, terms: Terms, settings: Iterable[str] = ()
) -> None:
    """Publish the rules, import the lines and settle everything that they say."""
    publish_rules(terms=terms, preset="seed-1", settings=tuple(settings))
    decoded = (
        (number, decode(json.dumps(line).encode(), number=number))
        for number, line in enumerate([STORE, *lines], 1)
    )
    import_lines(decoded, terms=terms, on_chunk=lambda _: None)
    settle_all(until=None)
