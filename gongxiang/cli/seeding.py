"""The seeded town of an empty platform: rules, a month of history, settled up to now.

Source: spec/events.md (preset town); H4 (defaults are the safe ones).
"""

from collections.abc import Callable

from gongxiang.acts.give_account import give_account
from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.name_stores import name_stores
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.cli.importing import import_lines
from gongxiang.cli.settling import settle_all
from gongxiang.governance.models import RuleVersion
from gongxiang.lab.town import store_names, town_lines
from gongxiang.ledger import raw
from gongxiang.members.models import Party, PartyKey
from gongxiang.rulebook.load import load_terms

PRESET = "town"
OWNERS = {"M0001": ("林小满", "13800000001"), "M0002": ("周青禾", "13800000002")}
"""Owners of the first two stores: their names and the invented numbers they sign in with."""


def seed_town(*, log: Callable[[str], None]) -> None:
    """Seed a platform that has nothing; one that was begun is finished, any other is left alone."""
    terms = load_terms(preset=PRESET)
    if not RuleVersion.objects.exists():
        publish_rules(terms=terms, preset=PRESET, settings=())
    elif not _is_unfinished():
        return
    log("seeding a small town: stores, members, agents and a month of orders")
    lines = enumerate(town_lines(until=_now()), 1)
    import_lines(lines, terms=terms, on_chunk=lambda _chunk: None)
    name_stores(names=store_names())
    _give_accounts()
    settle_all(until=move_horizon())


def _give_accounts() -> None:
    """Let the first owners sign in, each by a phone number that belongs to nobody."""
    known = PartyKey.objects.filter(kind=Party.PERSON, key__in=list(OWNERS))
    people = dict(known.values_list("key", "party_id"))
    for key, (name, number) in OWNERS.items():
        give_account(member=people[key], name=name, number=number)


def _is_unfinished() -> bool:
    """Tell whether the town's rules stand but nothing was recorded yet."""
    with raw.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM orders_fact)")
        row = cursor.fetchone()
    is_town = RuleVersion.objects.filter(id=1, preset=PRESET).exists()
    return is_town and row is not None and not row[0]


def _now() -> int:
    """Give the database's clock, in microseconds (I-27)."""
    with raw.cursor() as cursor:
        cursor.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        row = cursor.fetchone()
    assert row is not None, "the database has a clock"
    return int(row[0])
