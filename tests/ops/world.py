"""The one world of the visual target, driven through the platform itself.

Three orders of 1,000.00 were paid on 2026-11-21 and settled the day after; 96 orders of 12,946.00
paid on 2026-11-22 still wait at 20:36, one of them with 36.00 given back. Preset `seed-1` with a
refund window of a day; 天河 alone has an agent.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Final, cast

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from gongxiang.acts.publish_rules import publish_rules
from gongxiang.acts.settle_pool import settle_pool
from gongxiang.base import clock
from gongxiang.cli.importing import import_lines
from gongxiang.economy.terms import Terms
from gongxiang.governance.models import Officer, Role
from gongxiang.lab import lines
from gongxiang.lab.lines import Line
from gongxiang.members.models import Party, PartyKey
from gongxiang.orders.models import Fact
from gongxiang.points.models import Horizon
from gongxiang.rulebook.load import load_terms
from tests.ops import staff

NOW: Final = clock.parse_at("2026-11-22T20:36:00+08:00")
TIANHE: Final = "440106"
YUEXIU: Final = "440104"
OWNER: Final = "陈阿芳"
BUYER: Final = "林小满"
VOID: Final = {"meta", "link", "input", "img", "br", "hr"}
PASSWORD: Final = staff.PASSWORD
STAFF: Final = {
    "min": Role.ADMIN,
    "ke": Role.SERVICE,
    "zhi": Role.MAKER,
    "fu": Role.CHECKER,
    "li": Role.AUDITOR,
}
TERMS: Final = replace(load_terms(preset="seed-1"), window=86_400)

_HOURS: Final = (
    *((8, 21, 9), (9, 17, 12), (10, 34, 17), (11, 103, 40), (12, 169, 57), (13, 51, 22)),
    *((14, 24, 11), (15, 30, 8), (16, 29, 15), (17, 110, 39), (18, 139, 52), (19, 138, 43)),
    (20, 81, 23),
)
"""How busy each hour is in 天河 and in 越秀; only the proportions count."""


def platform() -> None:
    """Open an empty platform with the world in it, and set its clock to 20:36."""
    publish_rules(terms=TERMS, preset="seed-1", settings=["window=86400"])
    drive(history(), terms=TERMS)
    Horizon.objects.update(offset_seconds=(NOW - _real_now()) // clock.SECOND)


def drive(events: Iterable[dict[str, object]], *, terms: Terms) -> None:
    """Record events and settle what is due by the clock of the last one."""
    told = [(number, _line(number, event)) for number, event in enumerate(events, start=1)]
    replay = import_lines(told, terms=terms, on_chunk=lambda _: None)
    while settle_pool(until=replay.state.clock, orders_max=10) is not None:
        pass


def users() -> None:
    """Make somebody of every role, and a customer."""
    for name, role in STAFF.items():
        staff.officer(name, role)
    User.objects.create_user("guest", password=PASSWORD)


def drop_role(name: str) -> None:
    """Take somebody's role away, as if he had never been given one."""
    Officer.objects.filter(user__username=name).delete()


def another_day() -> Iterator[dict[str, object]]:
    """Tell of a day later: everything settled, and as many orders again."""
    for number in range(100, 160):
        at = f"2026-11-25T10:{number - 100:02}:00+08:00"
        yield _paid(f"{number:06}", f"会员{number:03}", "阿芳小馆", 10_000 + number, at)


def drive_nothing() -> None:
    """Open an empty platform on which nothing happens."""
    publish_rules(terms=TERMS, preset="seed-1", settings=["window=86400"])


def three_orders() -> Iterator[dict[str, object]]:
    """Tell of three orders and nobody else."""
    yield _store("阿芳小馆", OWNER, "罗招", TIANHE)
    for number, clock_time in enumerate(("11:42", "15:10", "18:05"), start=1):
        at = f"2026-11-21T{clock_time}:00+08:00"
        yield _paid(f"{number:06}", BUYER, "阿芳小馆", 100_000, at)


def returned_whole() -> Iterator[dict[str, object]]:
    """Tell of an order that is given back before it settles."""
    yield _store("阿芳小馆", OWNER, "罗招", TIANHE)
    yield _paid("000001", BUYER, "阿芳小馆", 100_000, "2026-11-21T11:42:00+08:00")
    yield {
        "type": "refunded",
        "id": "退0001",
        "order": "000001",
        "amount_fen": 100_000,
        "at": "2026-11-21T12:42:00+08:00",
    }
    yield {"type": "clock", "id": "now", "at": "2026-11-23T12:42:00+08:00"}


def number_of(key: str) -> tuple[int, int]:
    """Give the member and the number of an order."""
    return Fact.objects.values_list("home_id", "id").get(key=key)


def order(key: str) -> str:
    """Give the address of an order."""
    return "/ops/orders/{}/{}/".format(*number_of(key))


def member(key: str) -> str:
    """Give the address of a member."""
    return f"/ops/members/{_party(key, Party.PERSON)}/"


def store(key: str) -> str:
    """Give the address of a store."""
    return f"/ops/stores/{_party(key, Party.STORE)}/"


def pages() -> dict[str, str]:
    """Give the address of every kind of page by its name."""
    home = _party(BUYER, Party.PERSON)
    return {
        "today": "/ops/",
        "must see": "/ops/must-see/",
        "find": "/ops/find/?q=000001",
        "palette": "/ops/search/?s=000001",
        "orders": "/ops/orders/",
        "orders of a state": "/ops/orders/?state=settled",
        "orders of a day": "/ops/orders/?day=2026-11-21",
        "orders of a store": "/ops/orders/?store=阿芳小馆",
        "order settled": order("000001"),
        "order waiting": order("000040"),
        "steps": "/ops/steps/",
        "steps of a kind": "/ops/steps/?kind=1&day=2026-11-22",
        "lots": "/ops/lots/",
        "lots of a state": "/ops/lots/?state=held",
        "lots by cap": "/ops/lots/?order=cap",
        "postings": "/ops/postings/",
        "postings of a batch": "/ops/postings/?batch=6&kind=direct",
        "postings of a party": f"/ops/postings/?home={home}",
        "postings of a kind": f"/ops/postings/?home={home}&kind=settled",
        "batches": "/ops/batches/",
        "batch": "/ops/batches/6/",
        "balances": "/ops/balances/",
        "balances of an account": "/ops/balances/?account=108&sign=debt",
        "members": "/ops/members/",
        "members of a state": "/ops/members/?state=joined",
        "members referred": f"/ops/members/?referrer={home}",
        "member": member(BUYER),
        "stores": "/ops/stores/",
        "store": store("阿芳小馆"),
        "contracts": "/ops/contracts/",
        "withdrawals": "/ops/withdrawals/",
        "withdrawals of all": "/ops/withdrawals/?queue=all",
        "applications": "/ops/applications/",
        "cases": "/ops/cases/",
        "differences": "/ops/differences/",
        "refunds": "/ops/refunds/",
        "shares": "/ops/shares/",
        "recoveries": "/ops/recoveries/",
        "changes": "/ops/changes/",
        "channels": "/ops/channels/",
        "channel": store("阿芳小馆") + "channels/",
        "quarantine": "/ops/quarantine/",
        "quarantine handled": "/ops/quarantine/?state=done",
        "officers": "/ops/officers/",
        "officer": f"/ops/officers/{officer_number('ke')}/",
        "audit": "/ops/audit/",
        "audit of a kind": "/ops/audit/?kind=signed_in&officer=li&day=2026-11-22",
        "versions": "/ops/rules/",
        "version": "/ops/rules/1/",
    }


class _Reader(HTMLParser):
    """Gathers what a person reads: no markup, no script, no letters that draw the theme's icons."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_icon = "material-symbols" in (dict(attrs).get("class") or "")
        if tag in {"script", "style", "head"} or is_icon or (self._unread and tag not in VOID):
            self._unread += 1

    def handle_endtag(self, tag: str) -> None:
        if self._unread and tag not in VOID:
            self._unread -= 1

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(data)


def text_of(response: HttpResponseBase) -> str:
    """Give what a person reads on a page."""
    reader = _Reader()
    reader.feed(cast("HttpResponse", response).content.decode())
    return " ".join(" ".join(reader.words).split())


def history() -> Iterator[dict[str, object]]:
    """Tell everything that happened until 20:36."""
    yield from _people()
    yield _paid("000001", BUYER, "阿芳小馆", 100_000, "2026-11-21T11:42:00+08:00")
    yield _paid("000002", "周", "阿芳小馆", 100_000, "2026-11-21T15:10:00+08:00")
    yield _paid("000003", BUYER, "青禾眼镜", 100_000, "2026-11-21T18:05:00+08:00")
    yield from sorted(_today(), key=lambda event: str(event["at"]))
    yield {"type": "clock", "id": "now", "at": clock.format_at(NOW)}


def officer_number(name: str) -> int:
    return User.objects.values_list("pk", flat=True).get(username=name)


def _party(key: str, kind: int) -> int:
    return PartyKey.objects.values_list("party_id", flat=True).get(key=key, kind=kind)


def _real_now() -> int:
    return clock.from_datetime(datetime.now(tz=UTC))


def _line(number: int, event: dict[str, object]) -> Line:
    return lines.decode(json.dumps(event).encode(), number=number)


def _people() -> Iterator[dict[str, object]]:
    yield _store("阿芳小馆", OWNER, "罗招", TIANHE)
    yield _store("青禾眼镜", "秦禾", OWNER, TIANHE)
    for number in range(1, 8):
        yield _store(f"天河店{number}", f"天河店主{number}", "罗招", TIANHE)
    for number in range(1, 7):
        yield _store(f"越秀店{number}", f"越秀店主{number}", "罗招", YUEXIU)
    yield {"type": "agent", "id": "a1", "member": "何区", "level": "district", "region": TIANHE}
    yield {"type": "member", "id": OWNER, "referrer": None, "via_store": None}
    yield {"type": "member", "id": BUYER, "referrer": OWNER, "via_store": "阿芳小馆"}
    yield {"type": "member", "id": "周", "referrer": BUYER, "via_store": None}


def _today() -> Iterator[dict[str, object]]:
    """Spread 71 orders over 天河 and 25 over 越秀, to the yuan as the picture has them."""
    tianhe = _spread([hour[1] for hour in _HOURS], total_fen=946_000, orders=71)
    yuexiu = _spread([hour[2] for hour in _HOURS], total_fen=348_600, orders=25)
    number = 3
    for name, stores, spread in (("天河", 7, tianhe), ("越秀", 6, yuexiu)):
        for place, fen in spread:
            number += 1
            store = f"{name}店{number % stores + 1}" if number % 4 else _named(name, number)
            at = f"2026-11-22T{_HOURS[place][0]:02}:{number * 7 % 36:02}:00+08:00"
            yield _paid(f"{number:06}", f"会员{number:03}", store, fen, at)
    yield {
        "type": "refunded",
        "id": "退0001",
        "order": "000040",
        "amount_fen": 3_600,
        "at": "2026-11-22T20:36:00+08:00",
    }


def _named(name: str, number: int) -> str:
    return "阿芳小馆" if name == "天河" else f"越秀店{number % 6 + 1}"


def _spread(weights: list[int], *, total_fen: int, orders: int) -> list[tuple[int, int]]:
    """Cut a total into orders, each at an hour, more where the hour is busier."""
    total, left = sum(weights), total_fen
    found: list[tuple[int, int]] = []
    for number in range(orders):
        middle = (2 * number + 1) * total
        place = next(i for i in range(len(weights)) if 2 * orders * sum(weights[: i + 1]) > middle)
        fen = left if number == orders - 1 else total_fen // orders + number % 5 * 100 - 200
        left -= fen if number < orders - 1 else 0
        found.append((place, fen))
    return found


def _store(key: str, owner: str, recruiter: str, district: str) -> dict[str, object]:
    return {
        "type": "store",
        "id": key,
        "owner": owner,
        "recruiter": recruiter,
        "district": district,
        "commission_rate": 2_000,
    }


def _paid(key: str, member: str, store: str, fen: int, at: str) -> dict[str, object]:
    return {
        "type": "paid",
        "id": key,
        "member": member,
        "store": store,
        "amount_fen": fen,
        "at": at,
    }
