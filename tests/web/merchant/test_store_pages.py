"""The store's pages: only the owner, exact figures, a refund once, nothing typed is lost."""

from collections.abc import Callable

import pytest
from django.test import Client

from gongxiang.acts.give_account import give_account
from gongxiang.acts.pay_at_store import pay_at_store
from gongxiang.acts.publish_rules import publish_rules
from gongxiang.cli.importing import import_lines
from gongxiang.lab.lines import Entry, MemberLine, StoreLine
from gongxiang.members.models import PartyKey
from gongxiang.orders.models import Order
from gongxiang.rulebook.load import load_terms
from gongxiang.web.merchant.amounts import Unreadable, read_fen
from tests.conftest import Database

OWNER = "13800000001"
OTHER = "13800000002"
SEE_OTHER = 303
FOUND = 302
MISSING = 404
UNPROCESSABLE = 422
ONCE = "0123456789abcdef0123456789abcdef"


def party(key: str, kind: int) -> int:
    """Find a party by its key."""
    return PartyKey.objects.get(key=key, kind=kind).party_id


@pytest.fixture
def shop(database: Database) -> str:
    """Give a town of one store with an owner, a customer and two payments of today."""
    del database
    terms = load_terms(preset="town")
    publish_rules(terms=terms, preset="town")
    lines: list[tuple[int, Entry]] = [
        (1, StoreLine("S1", "M1", None, "440106", 2_000)),
        (2, MemberLine("M1", None, None)),
        (3, MemberLine("M2", "M1", "S1")),
    ]
    import_lines(lines, terms=terms, on_chunk=lambda _chunk: None)
    give_account(member=party("M1", 1), name="林小满", number=OWNER)
    give_account(member=party("M2", 1), name="赵四海", number=OTHER)
    for key, amount_fen in (("P000001", 12_800), ("P000002", 13_300)):
        pay_at_store(key=key, member=party("M2", 1), store=party("S1", 2), amount_fen=amount_fen)
    return "S1"


@pytest.fixture
def signed(shop: str) -> Callable[[str], Client]:
    """Give a browser in which a member is signed in."""
    del shop

    def client(key: str) -> Client:
        browser = Client()
        session = browser.session
        session["member"] = party(key, 1)
        session["member_epoch"] = 0
        session.save()
        return browser

    return client


def test_the_owner_sees_what_came_in_today(signed: Callable[[str], Client], shop: str) -> None:
    """261.00 in two payments; at 20 % the commission is 52.20 and 208.80 is expected."""
    page = signed("M1").get(f"/store/{shop}").content.decode()
    for figure in ("261<small>.00</small>", "2 笔", "52.20", "208.80", "赵*海", "待结算"):
        assert figure in page, figure


def test_only_the_owner_comes_in(signed: Callable[[str], Client], shop: str) -> None:
    """For a stranger the store's pages do not exist; who is not signed in signs in first."""
    for path in ("", "/cashier", "/orders", "/orders/P000001"):
        assert signed("M2").get(f"/store/{shop}{path}").status_code == MISSING
        answer = Client().get(f"/store/{shop}{path}")
        assert (answer.status_code, answer["Location"][:7]) == (FOUND, "/login?")


def test_the_only_store_opens_at_once(signed: Callable[[str], Client], shop: str) -> None:
    """One store: straight in; none: a page that says so."""
    assert signed("M1").get("/store")["Location"] == f"/store/{shop}"
    assert "你名下还没有门店" in signed("M2").get("/store").content.decode()


def test_the_till_shows_the_last_payment(signed: Callable[[str], Client], shop: str) -> None:
    """The newest payment stands huge, with the end of its number."""
    page = signed("M1").get(f"/store/{shop}/cashier").content.decode()
    assert "133<small>.00</small>" in page
    assert "单号尾号 000002" in page


def test_a_refund_is_made_once_for_its_form(signed: Callable[[str], Client], shop: str) -> None:
    """The second tap of the same form finds the first refund."""
    browser = signed("M1")
    path = f"/store/{shop}/orders/P000001"
    for _ in range(2):
        answer = browser.post(
            f"{path}/refund", {"amount": "36.00", "reason": "少上一菜", "once": ONCE}
        )
        assert answer.status_code == SEE_OTHER
    order = Order.objects.get(member_id=party("M2", 1), amount=128_000_000)
    assert order.returned == 36_000_000
    assert "部分退款" in browser.get(path).content.decode()


def test_more_than_is_left_is_refused_with_the_numbers(
    signed: Callable[[str], Client], shop: str
) -> None:
    """The refusal says how much can be given back; the form comes back filled in."""
    browser = signed("M1")
    path = f"/store/{shop}/orders/P000001/refund"
    browser.post(path, {"amount": "36.00", "reason": "少上一菜", "once": ONCE})
    answer = browser.post(path, {"amount": "92.01", "reason": "少上一菜", "once": "f" * 32})
    page = answer.content.decode()
    assert answer.status_code == UNPROCESSABLE
    assert "这笔最多还能退 92.00 元（共 128.00，已退 36.00）" in page
    assert 'value="92.01"' in page


def test_the_list_goes_back_page_by_page(signed: Callable[[str], Client], shop: str) -> None:
    """A place names where the page before ended; nonsense begins anew."""
    browser = signed("M1")
    order = Order.objects.get(amount=133_000_000)
    moment = int(order.paid_at.timestamp()) * 1_000_000 + order.paid_at.microsecond
    page = browser.get(f"/store/{shop}/orders?before={moment}-{order.id}").content.decode()
    assert ("P000001" in page, "P000002" in page) == (True, False)
    for nonsense in ("x", "1-2-3", "9" * 40 + "-1", "-1-1"):
        assert "P000002" in browser.get(f"/store/{shop}/orders?before={nonsense}").content.decode()


def test_amounts_are_read_to_the_fen() -> None:
    """Nothing else than yuan with up to two decimals is an amount."""
    assert [read_fen(text) for text in ("128", "128.5", "0.01")] == [12_800, 12_850, 1]
    for text in ("", "0", "-1", "1.001", "1e3", "abc", "١٢"):
        with pytest.raises(Unreadable):
            read_fen(text)
