"""Tokens: shown once, kept as a hash, good for their scopes, ended with the account's epoch."""

import ast
import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from gongxiang.acts.end_sessions import end_sessions
from gongxiang.acts.end_token import end_token
from gongxiang.acts.join_accounts import join_accounts
from gongxiang.acts.make_token import TooManyTokens, UnfitToken, make_token
from gongxiang.api.token import Token
from gongxiang.members import pace, tokens
from gongxiang.members.meter import METER
from gongxiang.members.tokens import Scope
from tests.acts import town
from tests.api.asked import PREFIX, Program
from tests.api.operations import operations
from tests.api.programs import key, program_of, token_of
from tests.api.test_member import cash
from tests.web.signed import client_of, signed_in

pytestmark = pytest.mark.usefixtures("opened")
API = Path(__file__).resolve().parents[2] / "gongxiang" / "api"


def test_a_token_has_256_bits_and_only_its_hash_is_kept() -> None:
    token = token_of("lin")
    assert re.fullmatch(r"gx_[A-Za-z0-9_-]{43}", token)
    kept = town.query("SELECT * FROM members_apitoken")
    assert kept[0][0] == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(kept)


def test_a_token_tells_what_it_may_do_and_ends_itself() -> None:
    program = program_of("lin", Scope.READ, Scope.PAY)
    told = program.get("/me/token")
    assert (told["name"], sorted(told["scopes"])) == ("程序", ["pay", "read"])
    answer = program.client.delete(f"{PREFIX}/me/token", headers=program.headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert program.get("/me/token", status=401)["code"] == "signed_out"


def test_what_is_no_token_lets_nobody_in() -> None:
    words = ("", "Bearer", "Bearer ", "Bearer gx_", "Basic eDp5", "Bearer gx_\xe9")
    for written in (*words, "Bearer gx_" + "a" * 200):
        answer = Client().get(f"{PREFIX}/me", headers={"Authorization": written})
        assert answer.status_code == 401, written
        assert answer["WWW-Authenticate"] == 'Bearer realm="gongxiang"'
        assert answer["Cache-Control"] == "no-store"


def test_a_token_ends_by_time_by_its_owner_by_the_epoch_and_with_the_account() -> None:
    member = town.party("lin")
    program = program_of("lin")
    program.get("/me")
    number = tokens.tokens(member=member)[0].number
    end_token(member=town.party("zhou"), number=number)
    program.get("/me")
    end_token(member=member, number=number)
    program.get("/me", status=401)
    program = program_of("lin")
    town.query("UPDATE members_apitoken SET ends_at = clock_timestamp()")
    program.get("/me", status=401)
    program = program_of("lin")
    end_sessions(member=member)
    program.get("/me", status=401)
    town.query("UPDATE members_account SET epoch = 1")
    program.get("/me")
    town.query("UPDATE members_account SET closed_at = clock_timestamp()")
    program.get("/me", status=401)


def test_a_session_opens_nothing() -> None:
    client = signed_in("lin")
    for path in ("/me", "/orders", "/wallet", "/points", "/shops"):
        assert client.get(f"{PREFIX}{path}").status_code == 401, path
    answer = client.post(f"{PREFIX}/withdrawals", {"amount_fen": 1}, "application/json")
    assert answer.status_code == 401


def test_every_operation_that_is_not_public_wants_a_token_and_each_change_its_own_scope() -> None:
    public = {path for _, path, auth in operations() if auth is None}
    assert public == {"/pool", "/pool/steps", "/stores", "/stores/{code}"}
    wanted = {(method, path): auth.scope for method, path, auth in operations() if auth}
    assert {key: scope.value for key, scope in wanted.items() if key[0] != "GET"} == {
        ("POST", "/payments"): "pay",
        ("POST", "/orders/{number}/refund-cases"): "pay",
        ("POST", "/sales"): "sell",
        ("POST", "/withdrawals"): "withdraw",
        ("POST", "/shops/{code}/orders/{number}/refunds"): "store",
        ("POST", "/shops/{code}/charges"): "store",
        ("POST", "/shops/{code}/orders/{number}/decline"): "store",
        ("POST", "/shops/{code}/orders/{number}/refund-cases"): "store",
        ("POST", "/shops/{code}/refund-cases/{number}/pay-ins"): "store",
        ("POST", "/shops/{code}/shifts"): "store",
        ("POST", "/shops/{code}/shifts/{number}/close"): "store",
        ("DELETE", "/shops/{code}/charges/{number}"): "store",
        ("DELETE", "/me/token"): "read",
    }


def test_a_token_does_nothing_beyond_its_scopes() -> None:
    for scope in Scope:
        program = program_of("lin", scope)
        for method, path, auth in operations():
            assert auth is None or isinstance(auth, Token)
            if auth is None or auth.scope is scope:
                continue
            where = PREFIX + re.sub(r"{\w+}", "1", path)
            answer = program.client.generic(method, where, headers=program.headers)
            assert answer.status_code == 403, (scope, method, path)
            assert answer.json()["code"] == "not_allowed"
        end_token(
            member=town.party("lin"), number=tokens.tokens(member=town.party("lin"))[0].number
        )


def session_readers(source: str) -> list[str]:
    """Find what reads a session, a cookie or a signed-in user.

    >>> session_readers("x = request.session['member']"), session_readers("y = request.auth")
    (['1: session'], [])
    """
    forbidden = {"session", "user", "COOKIES", "META_CSRF"}
    return [
        f"{node.lineno}: {node.attr}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and node.attr in forbidden
    ]


def test_no_operation_reads_a_session() -> None:
    for path in API.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert session_readers(text) == [], path.name
        assert "gongxiang.web" not in text, path.name
        assert "contrib.auth" not in text, path.name
    assert session_readers("a = request.user") == ["1: user"]


def test_a_token_that_asks_too_often_waits_whatever_its_address() -> None:
    program = program_of("lin")
    other = program_of("zhou")
    METER.forget()
    with override_settings(API_RATE=2):
        program.get("/me")
        program.get("/me")
        assert program.get("/me", status=429)["code"] == "too_fast"
        other.get("/me")


def test_a_token_wants_a_name_a_scope_and_an_end_and_there_are_not_too_many() -> None:
    signed_in("lin")
    member = town.party("lin")
    for name, scopes, days in (
        ("", [Scope.READ], 30),
        ("x" * 41, [Scope.READ], 30),
        ("a\0b", [Scope.READ], 30),
        ("x", [], 30),
        ("x", [Scope.READ], 0),
        ("x", [Scope.READ], 366),
    ):
        with pytest.raises(UnfitToken):
            make_token(member=member, name=name, scopes=scopes, days=days)
    found = town.at_once(
        12, lambda _: make_token(member=member, name="x", scopes=[Scope.READ], days=1)
    )
    assert sum(isinstance(each, TooManyTokens) for each in found) == 2
    assert len(tokens.tokens(member=member)) == 10


def test_the_page_makes_a_token_shows_it_once_and_ends_it() -> None:
    client = signed_in("lin")
    page = client.post("/me/tokens", {"name": "记账", "scope": ["read", "pay"], "days": "30"})
    token = re.findall(r"gx_[A-Za-z0-9_-]{43}", page.content.decode())[0]
    assert "no-store" in page["Cache-Control"]
    assert Program(token).get("/me/token")["scopes"] == ["pay", "read"]
    later = client.get("/me/tokens").content.decode()
    assert token not in later
    assert "记账" in later
    number = re.findall(r"/me/tokens/(\d+)/end", later)[0]
    other = signed_in("zhou")
    assert other.post(f"/me/tokens/{number}/end").status_code == 303
    assert Program(token).get("/me/token")["name"] == "记账"
    assert client.post(f"/me/tokens/{number}/end").status_code == 303
    Program(token).get("/me/token", status=401)


def test_the_page_wants_a_fresh_proof_and_says_what_is_missing() -> None:
    client = signed_in("lin")
    refused = client.post("/me/tokens", {"name": "", "days": "30"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert page.count("没有生成") == 1
    assert 'aria-invalid="true" aria-describedby="name-why name-hint"' in page
    assert page.count("写一个名称，最多 40 个字") == 2
    for field, fit, told in (
        ("scope", {"days": "30"}, "至少选一项权限"),
        ("days", {"scope": ["read"]}, "选一个期限"),
    ):
        page = client.post("/me/tokens", {"name": "记账", **fit}).content.decode()
        assert f'<a href="#{field}">{told}</a>' in page
        assert f'aria-invalid="true" aria-describedby="{field}-why"' in page
        assert f'<p class="err-text" id="{field}-why">' in page
    session = client.session
    session["member_proved_at"] = 0
    session.save()
    asked = client.post("/me/tokens", {"name": "记账", "scope": ["read"], "days": "30"})
    assert "再确认一次是你" in asked.content.decode()
    assert town.query("SELECT count(*) FROM members_apitoken") == [(0,)]
    assert settings.API_RATE > 1


def test_what_writes_is_counted_over_all_processes_what_reads_is_not() -> None:
    program = program_of("lin")
    number = town.query("SELECT id FROM members_apitoken")[0][0]
    with override_settings(API_RATE=2):
        while pace.wait(key=f"t{number}", rate=2) == 0:
            pass
        answer = program.post("/withdrawals", {"amount_fen": 1}, status=429)
        assert answer["code"] == "too_fast"
        assert answer["detail"].endswith("秒后可以再试。钱没有动")
        program.get("/me")


def test_a_token_asks_for_cash_within_an_hour_of_the_proof_it_was_made_with() -> None:
    program = program_of("lin")
    for minutes, status in ((59, 202), (61, 403)):
        town.query(
            "UPDATE members_apitoken"
            " SET made_at = clock_timestamp() - make_interval(mins => %s) RETURNING 1",
            minutes,
        )
        answer = program.post("/withdrawals", cash(200), key=key(minutes), status=status)
    assert (answer["code"], answer["title"]) == ("proof_too_old", "要重新确认")
    assert answer["detail"] == "令牌做好 1 小时后不能再提现。登录后做一个新的令牌再试，钱没有动"
    assert program.get("/withdrawals")["items"][0]["amount_fen"] == 200
    program.get("/me")


def test_a_token_of_a_joined_account_ends_with_the_sessions_of_its_person() -> None:
    for name in ("lin", "zhou"):
        signed_in(name)
    lin, zhou = town.party("lin"), town.party("zhou")
    before = make_token(member=zhou, name="x", scopes=[Scope.READ], days=1).token
    assert join_accounts(one=lin, other=zhou) == lin
    Program(before).get("/me/token", status=401)
    client = client_of(lin)
    client.post("/me/accounts/turn", {"account": str(zhou)})
    page = client.post("/me/tokens", {"name": "记账", "scope": ["read"], "days": "30"})
    token = re.findall(r"gx_[A-Za-z0-9_-]{43}", page.content.decode())[0]
    Program(token).get("/me/token")
    end_sessions(member=lin)
    Program(token).get("/me/token", status=401)
