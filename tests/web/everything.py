"""One of everything whose number stands in an address, and what each is called in matrix.toml."""

from typing import Final

from gongxiang.acts.answer_request import answer_request
from gongxiang.acts.ask_change import ask_change
from gongxiang.acts.ask_recovery import ask_recovery
from gongxiang.acts.close_shift import close_shift
from gongxiang.acts.give_codes import give_codes
from gongxiang.acts.invite_staff import invite_staff
from gongxiang.acts.join import Proved, join
from gongxiang.acts.make_token import make_token
from gongxiang.acts.open_charge import open_charge
from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.acts.open_shift import open_shift
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.governance.models import Role as Officer
from gongxiang.members.tokens import Scope
from gongxiang.merchants.access import Role
from gongxiang.merchants.changes import NewOwner
from tests.acts import town
from tests.merchants.applicants import BAND, open_account, submitted
from tests.ops import queues, staff
from tests.web.signed import signed_in

World = dict[str, object]
PERSONS: Final = {"member": "lin", "cashier": "qinghe", "manager": "zhou", "owner": "afang"}
STRANGER: Final = Proved(issuer="phone", subject="stranger", shown="138****0000")


def one_of_everything() -> World:
    """Open the town, and give by name what stands in its addresses.

    The stranger owns the other store: what is one store's is asked for by another's owner, too.
    """
    town.open_town(settings=BAND)
    give_codes()
    lin, fang = town.party("lin"), town.party("fang", kind=2)
    sale = sell_points(key="s1", member=lin, points=POINT, shown_net=None).number
    withdrawal = withdraw(key="w1", member=lin, amount_fen=100).number
    town.settle_now()
    for key in PERSONS.values():
        signed_in(key)
        open_account(key)
    stranger = join(proved=STRANGER, bringer=None, consents=(("membership", "1"),)).member
    town.query(
        "UPDATE merchants_store SET owner_id = %s WHERE store_id = %s",
        *(stranger, town.party("qing", kind=2)),
    )
    for role in ("cashier", "manager"):
        town.query(
            "INSERT INTO merchants_staff (store_id, member_id, role, since_at) "
            "VALUES (%s, %s, %s, clock_timestamp())",
            *(fang, town.party(PERSONS[role]), role),
        )
    staff.officer("staff", Officer.ADMIN)
    return {
        "store": "fang",
        "door": town.query("SELECT code FROM merchants_profile WHERE store_id = %s", fang)[0][0],
        "order": "o99",
        "settled": "o2",
        "month": "2026-11",
        "day": "2026-11-22",
        "sale": sale,
        "withdrawal": withdrawal,
        "link": "LIN",
        "member": lin,
        "store_number": fang,
        "officer": town.query("SELECT min(user_id) FROM governance_officer")[0][0],
        **_of_the_member(lin),
        **_of_the_store(lin, fang),
        **_of_the_console(),
    }


def _of_the_member(lin: int) -> World:
    (place,) = town.query(
        "SELECT batch_id || '-' || event_id || '-' || leg FROM ledger_posting"
        " WHERE home_id = %s AND leg %% 1000 = 108 LIMIT 1",
        lin,
    )[0]
    _, application = submitted("lin")
    make_token(member=lin, name="记账本", scopes=tuple(Scope), days=30)
    queues.attempt(home=lin, state="paying")
    return {
        "entry": place,
        "lot": town.query("SELECT min(id) FROM points_lot WHERE member_id = %s", lin)[0][0],
        "order_number": town.query("SELECT id FROM orders_fact WHERE key = 'o99'")[0][0],
        "application": application,
        "document": town.query("SELECT min(token) FROM merchants_document")[0][0],
        "token": town.query("SELECT id FROM members_apitoken")[0][0],
        "attempt": "GX7",
    }


def _of_the_store(lin: int, fang: int) -> World:
    """Run the till, refund by case, invite, and ask for another owner."""
    afang = town.party("afang")
    shift = open_shift(store=fang, person=afang, float_fen=20_000)
    close_shift(store=fang, shift=shift, person=afang, counted_fen=19_950, note="找零")
    current = open_shift(store=fang, person=afang, float_fen=20_000)
    charge = open_charge(store=fang, person=afang, key="1" * 32, amount_fen=12_800)
    settled = town.query("SELECT id FROM orders_fact WHERE key = 'o1'")[0][0]
    case = open_refund_case(
        key="c1", member=lin, order=settled, amount_fen=100, reason="菜没有上", is_by_store=False
    )
    change = ask_change(store=fang, by=afang, wish=NewOwner(code="ZHOU"), reason="转让")
    answer_request(store=fang, request=change, member=town.party("zhou"))
    return {
        "charge": charge,
        "shift": shift,
        "open_shift": current,
        "case": case.number,
        "invitation": invite_staff(store=fang, by=afang, role=Role.CASHIER, number="13900139000"),
        "change": change,
    }


def _of_the_console() -> World:
    """Let something wait in every queue of the console."""
    known = Proved(issuer="phone", subject="known", shown="138****0001")
    member = join(proved=known, bringer=None, consents=(("membership", "1"),)).member
    new = Proved(issuer="phone", subject="new", shown="139****0001")
    assert ask_recovery(proved=new, old_subject=known.subject, address="10.0.0.1")
    queues.difference()
    town.query(
        "INSERT INTO payments_quarantine (id, body_hash, provider, reason, body, received_at)"
        " VALUES (9, 'h', 'wechat', 'no such order number', '{}', now())"
    )
    town.query("INSERT INTO payments_waitingnotice VALUES (9, now())")
    queues.refused_refund()
    queues.refused_share()
    return {
        "recovery": town.query("SELECT id FROM members_recovery")[0][0],
        "lost": member,
        "difference": "T1",
        "quarantined": 9,
        "refund": "GXR7",
        "share": "GXP7",
    }
