"""Every page of members and stores, printed: what is a page is asked of the resolver.

An address is printed as those see it whom it is for, with real rows; as somebody sees it for whom
nothing has happened yet; and, where it takes a form, as the form comes back with nothing filled in.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from gongxiang.acts.ask_change import ask_change
from gongxiang.acts.ask_refund import ask_refund
from gongxiang.acts.close_shift import close_shift
from gongxiang.acts.join import Proved, join
from gongxiang.acts.make_token import make_token
from gongxiang.acts.open_charge import open_charge
from gongxiang.acts.open_payment import open_payment
from gongxiang.acts.open_refund_case import open_refund_case
from gongxiang.acts.open_sandbox_accounts import open_sandbox_accounts
from gongxiang.acts.open_shift import open_shift
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.refund_order import refund_order
from gongxiang.acts.review_application import Verdict, review_application
from gongxiang.acts.sell_points import sell_points
from gongxiang.acts.withdraw import withdraw
from gongxiang.base.money import POINT
from gongxiang.members import papers
from gongxiang.members.tokens import Scope
from gongxiang.merchants.changes import NewOwner
from gongxiang.payments.provider import Provider
from tests.acts import town
from tests.merchants.applicants import BAND, filled, open_account, submitted
from tests.payments.inside import WECHAT
from tests.web import resolved
from tests.web.signed import client_of, signed_in

ASIDE: Final = ("/static/", "/api/", "/ops/", "/pay/", "/healthz", "/pool", "/rules")
"""What is no page of a member or a store, and the public pages that `printed.py` prints."""
APPLICATION: Final = "/store/apply/<int:number>"
STEPS: Final = ("shop", "place", "rate", "papers", "send")
ASKS_AGAIN: Final = re.compile("<meta http-equiv[^>]*>")
LEAVES: Final = ("/logout", "/me/sessions/end")
"""Forms with nothing to fill in, after which nobody is signed in."""
Looked = tuple[str, Client, str]
"""An address as the resolver writes it, who looks, and where."""


def wanted() -> list[str]:
    """Give the addresses of the pages of members and stores."""
    return [path for path in resolved.addresses(aside=ASIDE) if path != "/"]


def address(name: str) -> str:
    """Give the address that a page's name begins with."""
    return name.partition(" ")[0]


def pages() -> dict[str, str]:
    """Print all; the name of each is its address, and after a space what kind of look it is."""
    world = World()
    busy = _plain(world.clients) + world.looks()
    found = _looks("", busy)
    found |= _looks("empty", _plain(world.newcomers()) + world.empty_looks())
    return found | _refused(busy)


class World:
    """A busy evening in the town: something of everything that a page can show."""

    def __init__(self) -> None:
        """Let everybody act."""
        town.open_town(settings=BAND)
        open_sandbox_accounts()
        for key in ("afang", "lin", "zhou", "qinghe"):
            open_account(key)
        self.lin, self.zhou, self.afang = map(town.party, ("lin", "zhou", "afang"))
        self.fang = town.party("fang", kind=2)
        self.door = _door(self.fang)
        self.clients = {"member": signed_in("lin"), "owner": signed_in("afang")}
        self.clients["anybody"] = Client()
        self.sale = sell_points(key="s1", member=self.lin, points=30 * POINT, shown_net=None).number
        self.draft = filled("lin")[1]
        self.waiting = submitted("zhou")[1]
        self.lacking = self._lacking()
        self._ask_for_money()
        town.settle_now()
        self.withdrawal = withdraw(key="w1", member=self.lin, amount_fen=100).number
        town.settle_now()
        make_token(member=self.lin, name="记账本", scopes=tuple(Scope), days=30)
        ask_change(store=self.fang, by=self.afang, wish=NewOwner(code="ZHOU"), reason="转让")
        self.attempt = self._attempt("a" * 32)
        self.inside = self._attempt("c" * 32, payer="oSandboxLinXiaoman0000000001")
        self._run_the_till()

    def _lacking(self) -> int:
        member, number = submitted("qinghe", name="青禾二店")
        missing = {"licence": "反光，看不清编号", "phone": "打不通"}
        review_application(
            member=member, application=number, officer="o", verdict=Verdict.ASK, missing=missing
        )
        return number

    def _ask_for_money(self) -> None:
        """Let one order be partly refunded, one be asked for, one have a case."""
        lin, fang = self.lin, self.fang
        back = pay_at_store(key="back", member=lin, store=fang, amount_fen=5_000).number
        refund_order(key="b1", member=lin, order=back, amount_fen=1_800)
        asked = pay_at_store(key="ask", member=lin, store=fang, amount_fen=8_800).number
        ask_refund(key="q1", member=lin, order=asked, amount_fen=3_600, reason="少上一菜")
        settled = town.query("SELECT id FROM orders_fact WHERE key = 'o1'")[0][0]
        self.case = open_refund_case(
            key="c1",
            member=self.lin,
            order=settled,
            amount_fen=10_000,
            reason="菜没有上",
            is_by_store=False,
        ).number

    def _attempt(self, key: str, charge: str = "", payer: str = "") -> str:
        return open_payment(
            home=self.lin,
            key=key,
            store=self.fang,
            provider=Provider.WECHAT,
            amount_fen=12_800,
            payer_address="127.0.0.1",
            payer=payer,
            charge=charge,
        ).number

    def _run_the_till(self) -> None:
        """Let a shift be handed over with a difference, and the next be under way."""
        self.shift = open_shift(store=self.fang, person=self.afang, float_fen=20_000)
        close_shift(
            store=self.fang, shift=self.shift, person=self.afang, counted_fen=19_950, note="找零"
        )
        open_shift(store=self.fang, person=self.afang, float_fen=20_000)
        self.charge, self.taken = (
            open_charge(store=self.fang, person=self.afang, key=one * 32, amount_fen=12_800)
            for one in "12"
        )
        self._attempt("b" * 32, charge=self.taken)

    def looks(self) -> list[Looked]:
        """Say who looks where that a number or a code stands in the address."""
        return [*self._entrance(), *self._members(), *self._applicants(), *self._stores()]

    def _entrance(self) -> list[Looked]:
        anybody, proved = self.clients["anybody"], _proving("new")
        return [
            ("/s/<str:code>", anybody, "/s/fang"),
            ("/s/<str:code> till", anybody, f"/s/fang?charge={self.charge}"),
            ("/s/<str:code>/pay", anybody, "/s/fang/pay?amount=128"),
            ("/s/<str:code>/pay inside", _inside(), "/s/fang/pay"),
            ("/s/<str:code>/pay till", anybody, f"/s/fang/pay?charge={self.charge}"),
            ("/i/<str:code>", anybody, "/i/LIN"),
            ("/stores/<str:code>", anybody, f"/stores/{self.door}"),
            ("/join", proved, "/join"),
            ("/login/lost", proved, "/login/lost"),
            ("/login/code", _coded(), "/login/code"),
            ("/login/number", _proving("stale"), "/login/number"),
            ("/join channel", _proving("user", issuer="alipay", shown="已连接"), "/join"),
            ("/login/alipay/back", *_came_back(Client(), "")),
            ("/login/alipay/back connect", *_came_back(self.clients["member"], "?connect=1")),
        ]

    def _members(self) -> list[Looked]:
        member, other = self.clients["member"], signed_in("zhou")
        (lot,) = town.query("SELECT min(id) FROM points_lot WHERE member_id = %s", self.lin)[0]
        whys = re.findall(r'href="(/why/[0-9-]+)"', member.get("/wallet").content.decode())
        order, why = "/orders/<str:number>", "/why/<str:place>"
        late = "/orders/o3/refund"
        withdrawal = f"/wallet/withdrawals/{self.withdrawal}"
        return [
            ("/me/accounts", _joining(member, self.zhou), "/me/accounts"),
            (order, member, "/orders/o99"),
            (f"{order} settled", member, "/orders/o1"),
            (f"{order} part", member, "/orders/back"),
            (f"{order} asked", member, "/orders/ask"),
            (f"{order} open", member, f"/orders/{self.attempt}"),
            (f"{order}/wait", member, f"/orders/{self.attempt}/wait"),
            (f"{order}/wait elsewhere", member, f"/orders/{self.inside}/wait"),
            (f"{order}/refund", member, "/orders/o99/refund"),
            (f"{order}/refund late", member, late),
            (f"{order}/refund check", member, f"{late}?amount=10&reason=x"),
            ("/points/sell", member, "/points/sell?points=100"),
            ("/points/lots/<int:number>", member, f"/points/lots/{lot}"),
            ("/points/sales/<int:number>", member, f"/points/sales/{self.sale}"),
            *((f"{why} {number}", member, one) for number, one in enumerate(whys[:4])),
            ("/statements/<str:month>", member, "/statements/2026-11"),
            ("/wallet/withdrawals/<int:number>", member, withdrawal),
            ("/wallet/withdraw/check", member, "/wallet/withdraw/check?amount=1.00"),
            ("/wallet/payee other", other, "/wallet/payee"),
            ("/wallet/withdraw other", other, "/wallet/withdraw"),
        ]

    def _applicants(self) -> list[Looked]:
        member, own, one = self.clients["member"], f"/store/apply/{self.draft}", APPLICATION
        return [
            (one, member, own),
            (f"{one} waiting", signed_in("zhou"), f"/store/apply/{self.waiting}"),
            (f"{one} lacking", signed_in("qinghe"), f"/store/apply/{self.lacking}"),
            *((f"{one}/<str:name> {step}", member, f"{own}/{step}") for step in STEPS),
        ]

    def _stores(self) -> list[Looked]:
        owner, order = self.clients["owner"], "/store/<str:code>/orders/<str:key>"
        owner.post("/store/fang/staff", {"what": "invite", "role": "cashier"})
        staff = owner.get("/store/fang/staff").content.decode()
        invited = re.search(r"(/store/\w+/join/[\w-]+)", staff)
        assert invited is not None
        check, charge = "amount=36&reason=x", "/store/<str:code>/cashier/<str:number>"
        day = "/store/fang/statements/2026-11-22"
        return [
            ("/store/<str:code>/join/<str:secret>", self.clients["member"], invited[1]),
            ("/store/<str:code>/take-over", signed_in("zhou"), f"/store/{self.door}/take-over"),
            (charge, owner, f"/store/fang/cashier/{self.charge}"),
            (f"{charge} taken", owner, f"/store/fang/cashier/{self.taken}"),
            ("/store/<str:code>/shifts/<str:number>", owner, f"/store/fang/shifts/{self.shift}"),
            (order, owner, "/store/fang/orders/o99"),
            (f"{order} asked", owner, "/store/fang/orders/ask"),
            (f"{order} settled", owner, "/store/fang/orders/o1"),
            (f"{order}/refund", owner, "/store/fang/orders/o99/refund"),
            (f"{order}/refund check", owner, f"/store/fang/orders/o99/refund?{check}"),
            (f"{order}/refund late", owner, "/store/fang/orders/o2/refund"),
            (f"{order}/refund offer", owner, f"/store/fang/orders/o2/refund?{check}"),
            ("/store/<str:code>/cases/<int:number>", owner, f"/store/fang/cases/{self.case}"),
            (f"{order}/decline", owner, "/store/fang/orders/ask/decline"),
            ("/store/<str:code>/statements/<str:day>", owner, day),
            *_store_looks("fang", owner),
        ]

    def newcomers(self) -> dict[str, Client]:
        """Give somebody who has just joined."""
        proved = Proved(issuer="phone", subject="newcomer", shown="138****0000")
        consents = papers.consents(papers.MEMBERSHIP, papers.PERSONAL_DATA)
        member = join(proved=proved, bringer=None, consents=consents).member
        return {"member": client_of(member), "owner": signed_in("qinghe"), "anybody": Client()}

    def empty_looks(self) -> list[Looked]:
        """Say who looks at a store that has just opened."""
        member, number = submitted("qinghe", name="新开的店")
        store = review_application(
            member=member, application=number, officer="o", verdict=Verdict.APPROVE
        )
        assert store is not None
        code, owner = _door(store), signed_in("qinghe")
        day = f"/store/{code}/statements/2026-11-22"
        return [
            ("/stores/<str:code>", Client(), f"/stores/{code}"),
            ("/s/<str:code>/pay", Client(), f"/s/{code}/pay"),
            ("/statements/<str:month>", self.newcomers()["member"], "/statements/2026-11"),
            ("/store/<str:code>/statements/<str:day>", owner, day),
            *_store_looks(code, owner),
        ]


def _inside() -> Client:
    """Give WeChat's own browser, which WeChat has told who holds it."""
    client = Client(headers={"User-Agent": WECHAT})
    session = client.session
    session["wechat_payer"] = "oSandboxLinXiaoman0000000001"
    session.save()
    return client


def _door(store: int) -> str:
    rows = town.query("SELECT code FROM merchants_profile WHERE store_id = %s", store)
    return str(rows[0][0])


def _plain(clients: Mapping[str, Client]) -> list[Looked]:
    """Say who looks at the addresses in which nothing stands."""
    return [
        (path, clients[_who(path)], path)
        for path in wanted()
        if not resolved.PARAMETER.search(path)
    ]


def _who(path: str) -> str:
    if path == "/store":
        return "owner"
    entrance = ("/login", "/join", "/agreement", "/privacy", "/stores")
    return "anybody" if path.startswith(entrance) else "member"


def _store_looks(code: str, owner: Client) -> list[Looked]:
    paths = [path for path in wanted() if resolved.PARAMETER.findall(path) == ["code"]]
    return [
        (path, owner, path.replace("<str:code>", code))
        for path in paths
        if path.startswith("/store/") and not path.endswith("take-over")
    ]


def _looks(kind: str, looks: list[Looked]) -> dict[str, str]:
    """Print what answers with a page."""
    found = {}
    for name, client, path in looks:
        answer = client.get(path)
        if answer.status_code < 300 and answer["Content-Type"].startswith("text/html"):
            found[f"{name} {kind}".strip()] = ASKS_AGAIN.sub("", answer.content.decode())
    return found


def _refused(looks: list[Looked]) -> dict[str, str]:
    """Print the forms that come back, each with nothing filled in."""
    found = {}
    for name, client, path in looks:
        if path in LEAVES:
            continue
        answer = client.post(path)
        if answer.status_code == 422:
            found[f"{name} refused"] = ASKS_AGAIN.sub("", answer.content.decode())
    return found


def _with(client: Client, **kept: object) -> Client:
    session = client.session
    session.update(kept)
    session.save()
    client.cookies["session"] = str(session.session_key)
    return client


def _proving(subject: str, *, issuer: str = "phone", shown: str = "138****8000") -> Client:
    return _with(Client(), entry_proved=[issuer, subject, shown, 2**40])


def _came_back(client: Client, asked: str) -> tuple[Client, str]:
    """Let somebody come back from Alipay with a code; give where he is."""
    away = parse_qs(urlsplit(client.get(f"/login/alipay{asked}")["Location"]).query)
    return client, f"/login/alipay/back?auth_code=x&state={away['state'][0]}"


def _joining(client: Client, other: int) -> Client:
    return _with(client, joining_other=[other, 2**40])


def _coded() -> Client:
    """Give somebody who waits for a code: no message is sent, its row is enough."""
    town.query(
        "INSERT INTO members_phonecode"
        " (id, phone, address, purpose, shown, code, tries_left, sent_at, ends_at)"
        " VALUES (7, 'p', 'a', 'sign_in', '138****8000', '', 5, clock_timestamp(),"
        " clock_timestamp() + interval '5 minutes')"
    )
    return _with(Client(), entry_code=[7, "138****8000"], entry_onward="/home")
