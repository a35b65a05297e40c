"""The seeded town of an empty platform: rules, a month of history, settled up to now.

Source: spec/events.md (preset town); H4 (defaults are the safe ones).
"""

from collections.abc import Callable

from gongxiang.acts.give_account import give_account
from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.name_stores import name_stores
from gongxiang.acts.place_stores import Location, place_stores
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.base.clock import from_datetime
from gongxiang.cli.importing import AnotherHistory, import_lines
from gongxiang.cli.settling import settle_all
from gongxiang.governance.models import RuleVersion
from gongxiang.lab.canonical import digest
from gongxiang.lab.town import store_names, store_sites, town_lines
from gongxiang.members.models import Account, Party, PartyKey
from gongxiang.merchants.categories import Category
from gongxiang.merchants.distance import Point
from gongxiang.merchants.hours import Hours
from gongxiang.orders.models import Fact
from gongxiang.rulebook.load import load_terms

PRESET = "town"
OWNERS = {"M0001": ("林小满", "13800000001"), "M0002": ("周青禾", "13800000002")}
"""Owners of the first two stores: their names and the invented numbers they sign in with."""


def seed_town(*, log: Callable[[str], None]) -> None:
    """Seed a platform that has nothing; one that was begun is finished, any other is left alone."""
    terms = load_terms(preset=PRESET)
    if not RuleVersion.objects.exists():
        publish_rules(terms=terms, preset=PRESET, settings=())
    # The town's month ends when its rules were published: whoever goes on tells the same story.
    until = from_datetime(RuleVersion.objects.values_list("published_at", flat=True).get(id=1))
    if not _is_unfinished(until):
        return
    log("seeding a small town: stores, members, agents and a month of orders")
    lines = enumerate(town_lines(until=until), 1)
    try:
        import_lines(lines, terms=terms, on_chunk=lambda _chunk: None)
    except AnotherHistory:
        log("the town was begun and has lived on since: it stays as it is")
    name_stores(names=store_names())
    place_stores(locations=_locations())
    _give_accounts()
    settle_all(until=move_horizon())


def _locations() -> dict[str, Location]:
    """Give where each of the town's stores is."""
    return {
        key: Location(
            category=Category(category),
            address=address,
            point=Point(latitude=latitude, longitude=longitude),
            hours=Hours(opens=opens, closes=closes),
        )
        for key, (category, address, latitude, longitude, opens, closes) in store_sites().items()
    }


def _give_accounts() -> None:
    """Let the first owners sign in, each by a phone number that belongs to nobody."""
    for key, party in _owners():
        name, number = OWNERS[key]
        give_account(member=party, name=name, number=number)


def _is_unfinished(until: int) -> bool:
    """Tell whether this is the invented town, and its last step was not reached.

    The accounts come last; before them nothing or the town's own first line was recorded.
    """
    if not RuleVersion.objects.filter(id=1, preset=PRESET, settings=[]).exists():
        return False
    owners = [party for _, party in _owners()]
    if Account.objects.filter(member_id__in=owners).count() == len(OWNERS):
        return False
    first = Fact.objects.order_by("at", "id").values_list("digest", flat=True).first()
    return first is None or bytes(first) == digest(next(town_lines(until=until)))


def _owners() -> list[tuple[str, int]]:
    """Give key and number of the owners that are known."""
    known = PartyKey.objects.filter(kind=Party.PERSON, key__in=list(OWNERS))
    return list(known.values_list("key", "party_id"))
