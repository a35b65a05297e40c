"""The one world of the visual target, in a real database, its clock where the pages were drawn.

Three orders of 1,000.00 paid on 2026-11-21 settle on 11-22 under `seed-1` with a window of a day;
林小满 is `lin`, 周 came by her link, 阿芳小馆 is `fang`, 青禾眼镜 is `qing`.
Source: design/ui/README.md (The numbers on the pages).
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.db import Error as DatabaseFault
from django.db import connection, connections

from gongxiang.acts.move_horizon import move_horizon
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.acts.settle_pool import settle_pool
from gongxiang.cli.importing import import_lines
from gongxiang.cli.settling import settle_all
from gongxiang.cli.snapshot import WholeLoader
from gongxiang.lab.lines import decode
from gongxiang.ledger import raw
from gongxiang.members import sealed
from gongxiang.members.names import masked
from gongxiang.rulebook.load import load_terms
from tests.conftest import Database
from tests.settlement.platforms import Books

WINDOW: Final = ("window=86400",)


def store(name: str, *, owner: str, recruiter: str | None, district: str) -> dict[str, object]:
    """Give the line of a store at 20 per cent."""
    return {
        "type": "store",
        "id": name,
        "owner": owner,
        "recruiter": recruiter,
        "district": district,
        "commission_rate": 2_000,
    }


def member(name: str, *, referrer: str | None, via_store: str | None) -> dict[str, object]:
    """Give the line of a member who joins."""
    return {"type": "member", "id": name, "referrer": referrer, "via_store": via_store}


def paid(
    number: str, *, who: str, store: str, at: str, amount_fen: int = 100_000
) -> dict[str, object]:
    """Give the line of a payment."""
    return {
        "type": "paid",
        "id": number,
        "member": who,
        "store": store,
        "amount_fen": amount_fen,
        "at": at,
    }


THE_WORLD: Final[tuple[Mapping[str, object], ...]] = (
    store("fang", owner="afang", recruiter=None, district="440106"),
    store("qing", owner="qinghe", recruiter="afang", district="440104"),
    member("lin", referrer="afang", via_store="fang"),
    member("zhou", referrer="lin", via_store=None),
    paid("o1", who="lin", store="fang", at="2026-11-21T11:42:00+08:00"),
    paid("o2", who="zhou", store="fang", at="2026-11-21T15:10:00+08:00"),
    paid("o3", who="lin", store="qing", at="2026-11-21T18:05:00+08:00"),
    paid("o99", who="lin", store="fang", at="2026-11-22T20:36:00+08:00", amount_fen=12_800),
    {"type": "clock", "id": "c1", "at": "2026-11-22T20:36:30+08:00"},
)
EVENING: Final = "2026-11-22T20:41:00+08:00"


def open_town(
    lines: Sequence[Mapping[str, object]] = THE_WORLD,
    *,
    at: str = EVENING,
    preset: str = "seed-1",
    settings: Sequence[str] = WINDOW,
) -> None:
    """Import the lines, settle what is due, and let the platform's clock stand at a moment."""
    terms = load_terms(preset=preset, settings=settings)
    publish_rules(terms=terms, preset=preset, settings=tuple(settings))
    decoded = (
        (number, decode(json.dumps(line).encode(), number=number))
        for number, line in enumerate(lines, 1)
    )
    replay = import_lines(decoded, terms=terms, on_chunk=lambda _: None)
    settle_all(until=replay.state.clock if replay.is_stopped_by_clock else None)
    set_clock(at)
    name_store("fang", "阿芳小馆")
    name_store("qing", "青禾眼镜")
    know("lin", "林小满", "oSandboxLinXiaoman0000000001")


def know(key: str, name: str, openid: str) -> None:
    """Let a member be verified, with an account at WeChat that his cash is sent to."""
    member = party(key)
    query(
        "INSERT INTO members_verified (member_id, name, document, shown_name, shown_document,"
        " cluster, verified_at) VALUES (%s, %s, '', %s, '110*************2X', %s, now())",
        member,
        sealed.seal(purpose=sealed.NAME, text=name),
        masked(name),
        f"cluster-{key}",
    )
    query("INSERT INTO members_cluster VALUES (%s, %s)", f"cluster-{key}", member)
    query(
        "INSERT INTO members_payee VALUES (%s, 'wechat', %s, %s, now())",
        member,
        sealed.seal(purpose=sealed.ACCOUNT, text=openid),
        f"微信（{name}）",
    )


def be_one_person(*keys: str) -> None:
    """Let some accounts be of one document, hence of one person (E12)."""
    for key in keys:
        query(
            "INSERT INTO members_verified (member_id, name, document, shown_name, shown_document,"
            " cluster, verified_at) VALUES (%s, '', '', '', '', 'one', now())"
            " ON CONFLICT (member_id) DO UPDATE SET cluster = 'one'",
            party(key),
        )
        query("INSERT INTO members_cluster (cluster, member_id) VALUES ('one', %s)", party(key))


def set_clock(at: str) -> None:
    """Move the development clock: the database's time plus a stored offset."""
    query(
        "UPDATE points_horizon SET offset_seconds ="
        " ceil(extract(epoch FROM %s::timestamptz - clock_timestamp()))::bigint",
        at,
    )


def name_store(key: str, name: str) -> None:
    """Give a store its name."""
    query("UPDATE merchants_store SET name = %s WHERE store_id = %s", name, party(key, kind=2))


def settle_now() -> None:
    """Settle everything that is due by the platform's clock."""
    settle_all(until=move_horizon())


def settle_once() -> None:
    """Settle one batch."""
    settle_pool(until=move_horizon(), orders_max=1_000)


def party(key: str, *, kind: int = 1) -> int:
    """Give the number of a person (1) or a store (2)."""
    (number,) = query(
        "SELECT party_id FROM members_partykey WHERE key = %s AND kind = %s", key, kind
    )[0]
    return int(number)


def query(text: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database."""
    with raw.cursor() as cursor:
        cursor.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def outcomes(number: int) -> list[tuple[Any, ...]]:
    """Give what became of a sale or a withdrawal."""
    return query(
        "SELECT is_accepted, reason, amount FROM orders_outcome WHERE fact_id = %s", number
    )


def balance(key: str, account: int) -> int:
    """Give a member's balance."""
    rows = query(
        "SELECT amount FROM ledger_balance WHERE party_id = %s AND account = %s",
        party(key),
        account,
    )
    return int(rows[0][0]) if rows else 0


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Run an act in so many threads at the same moment; give answers and refusals.

    What the database refused is neither: it is raised, so that its words are read.
    """
    settings = dict(connection.settings_dict)
    gate = threading.Barrier(count)
    found: list[object] = [None] * count

    def run(place: int) -> None:
        connections["default"].settings_dict.update(settings)
        gate.wait()
        try:
            found[place] = act(place)
        except Exception as error:  # noqa: BLE001  refusals are what is asked for
            found[place] = error
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    broken = [one for one in found if isinstance(one, (psycopg.Error, DatabaseFault))]
    if broken:
        raise ExceptionGroup(f"{len(broken)} of {count} got no answer", broken)
    return found


@contextmanager
def books(database: Database) -> Iterator[Books]:
    """Open the books of the platform to a superuser."""
    with psycopg.connect(database.admin_url) as admin:
        admin.adapters.register_loader("numeric", WholeLoader)
        yield Books(admin)
