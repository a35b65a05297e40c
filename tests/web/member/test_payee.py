"""The page of who a member is and where his cash goes: what is refused, kept, and never printed."""

import threading
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from gongxiang.acts.withdraw import withdraw
from gongxiang.acts.withdraw_consent import PaymentUnderWay, withdraw_consent
from gongxiang.sandbox.verify import Registry
from tests.acts import town
from tests.conftest import Database
from tests.forgetting import forget
from tests.web.signed import signed_in

DOCUMENT = "11010519491231002X"
TABLES = ("members_verified", "members_payee", "members_cluster")


@pytest.fixture
def lin(database: Database) -> Iterator[Client]:
    assert database.name
    forget()
    town.open_town()
    for table in TABLES:
        town.query(f"DELETE FROM {table}")
    with Registry(("127.0.0.1", 0), key="secret") as registry:
        threading.Thread(target=registry.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{registry.server_address[1]}/checks"
        with override_settings(
            VERIFY_URL=url,
            VERIFY_KEY="secret",
            SECURE_SSL_REDIRECT=False,
            ALLOWED_HOSTS=["testserver"],
        ):
            yield signed_in("lin")
        registry.shutdown()


def verified(lin: Client, **words: str) -> tuple[int, str]:
    given = {"name": "林小满", "document": DOCUMENT, "consent": "1"}
    answer = lin.post("/wallet/payee/identity", {**given, **words})
    return answer.status_code, answer.content.decode()


def test_who_was_not_verified_is_led_there_and_who_was_may_withdraw(lin: Client) -> None:
    assert "提现前要核对一次实名" in lin.get("/wallet/withdraw").content.decode()
    assert verified(lin)[0] == 303
    page = lin.get("/wallet/payee").content.decode()
    assert "林*满" in page
    assert "110*************2X" in page
    given = {"provider": "alipay", "account": "13800000012", "consent": "1"}
    refused = lin.post("/wallet/payee/account", given | {"consent": ""})
    assert refused.status_code == 422
    assert "没有勾选同意，收款账号没有保存" in refused.content.decode()
    answer = lin.post("/wallet/payee/account", given)
    agreed = "SELECT count(*) FROM members_consent WHERE purpose = 'payee'"
    assert town.query(agreed) == [(1,)]
    assert (answer.status_code, answer["Location"]) == (303, "/wallet/withdraw")
    assert "支付宝 138****0012（林*满）" in lin.get("/wallet/withdraw").content.decode()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"consent": ""}, "没有勾选同意"),
        ({"name": ""}, "填上证件上的姓名"),
        ({"document": "110105194912310021"}, "证件号不对"),
        ({"name": "不符"}, "姓名和证件号对不上"),
    ],
)
def test_what_is_refused_keeps_the_name_and_never_prints_the_document(
    lin: Client, words: dict[str, str], said: str
) -> None:
    status, page = verified(lin, **words)
    assert (status, said in page) == (422, True)
    assert words.get("name", "林小满") in page
    assert words.get("document", DOCUMENT) not in page
    assert town.query("SELECT count(*) FROM members_verified") == [(0,)]


def test_without_wechat_there_is_no_account_there(lin: Client) -> None:
    verified(lin)
    town.query("DELETE FROM members_identity WHERE issuer = 'wechat'")
    answer = lin.post("/wallet/payee/account", {"provider": "wechat", "consent": "1"})
    assert (answer.status_code, "还没有连接微信" in answer.content.decode()) == (422, True)


def withdrawn(purpose: str) -> bool:
    ends = "SELECT bool_and(withdrawn_at IS NOT NULL) FROM members_consent WHERE purpose = %s"
    return bool(town.query(ends, purpose)[0][0])


def test_a_consent_is_taken_back_and_what_it_was_for_goes_with_it(lin: Client) -> None:
    given = {"provider": "alipay", "account": "13800000012", "consent": "1"}
    assert verified(lin)[0] == 303
    lin.post("/wallet/payee/account", given)
    assert lin.post("/wallet/payee/forget", {"purpose": "x"}).status_code == 422
    assert lin.post("/wallet/payee/forget", {"purpose": "payee"}).status_code == 303
    assert town.query("SELECT count(*) FROM members_payee") == [(0,)]
    assert (withdrawn("payee"), withdrawn("identity")) == (True, False)
    lin.post("/wallet/payee/account", given)
    assert lin.post("/wallet/payee/forget", {"purpose": "identity"}).status_code == 303
    kept = "SELECT name, document, shown_name, shown_document FROM members_verified"
    assert town.query(kept) == [("", "", "", "")]
    assert town.query("SELECT count(*) FROM members_payee") == [(0,)]
    assert (withdrawn("payee"), withdrawn("identity")) == (True, True)
    told = lin.get("/me/export").json()
    assert (told["verified"], told["payees"]) == ([], [])
    of_them = [one for one in told["account"]["consents"] if one["withdrawn_at"]]
    assert [one["purpose"] for one in of_them] == [
        "核对实名，用于打款",
        "保存收款账号，用于打款",
        "保存收款账号，用于打款",
    ]
    assert " 撤回</dd>" in lin.get("/me").content.decode()
    refused = lin.post("/wallet/payee/account", given)
    assert refused.status_code == 422
    other = verified(lin, name="赵一", document="440301198001011230")
    assert other[0] == 422
    assert verified(lin)[0] == 303
    assert "林*满" in lin.get("/wallet/payee").content.decode()


def test_nothing_is_taken_back_while_cash_is_on_its_way(lin: Client) -> None:
    town.know("lin", "林小满", "oSandboxLinXiaoman0000000001")
    withdraw(key="w1", member=town.party("lin"), amount_fen=100)
    answer = lin.post("/wallet/payee/forget", {"purpose": "identity"})
    assert answer.status_code == 422
    assert "有一笔提现还没有到账" in answer.content.decode()
    assert town.query("SELECT count(*) FROM members_payee") == [(1,)]
    town.settle_now()
    with pytest.raises(PaymentUnderWay):
        withdraw_consent(member=town.party("lin"), purpose="payee")
    town.query("UPDATE treasury_payout SET state = 5")
    withdraw_consent(member=town.party("lin"), purpose="payee")
    assert town.query("SELECT count(*) FROM members_payee") == [(0,)]
