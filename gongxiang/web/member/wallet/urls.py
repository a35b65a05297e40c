"""The addresses of cash."""

from django.urls import path

from gongxiang.web.member.home import home
from gongxiang.web.member.wallet import pages, payee, withdrawing

app_name = "wallet"
urlpatterns = [
    path("home", home, name="home"),
    path("wallet", pages.wallet, name="wallet"),
    path("wallet/withdraw", withdrawing.withdraw, name="withdraw"),
    path("wallet/withdraw/check", withdrawing.check, name="withdraw_check"),
    path("wallet/payee", payee.payee, name="payee"),
    path("wallet/payee/identity", payee.identity, name="payee_identity"),
    path("wallet/payee/account", payee.account, name="payee_account"),
    path("wallet/payee/forget", payee.forget, name="payee_forget"),
    path("wallet/withdrawals/<int:number>", withdrawing.withdrawal, name="withdrawal"),
    path("wallet/entries", pages.entries, name="entries"),
    path("why/<str:place>", pages.why, name="why"),
    path("vouchers", pages.vouchers, name="vouchers"),
    path("statements/<str:month>.csv", pages.statement_table, name="statement_table"),
    path("statements/<str:month>", pages.statement, name="statement"),
]
