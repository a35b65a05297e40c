"""The addresses of cash."""

from django.urls import path

from gongxiang.web.member.wallet import pages

app_name = "wallet"
urlpatterns = [
    path("home", pages.home, name="home"),
    path("wallet", pages.wallet, name="wallet"),
    path("wallet/withdraw", pages.withdraw, name="withdraw"),
    path("wallet/withdrawals/<int:number>", pages.withdrawal, name="withdrawal"),
    path("wallet/entries", pages.entries, name="entries"),
    path("why/<str:place>", pages.why, name="why"),
    path("vouchers", pages.vouchers, name="vouchers"),
    path("statements/<str:month>", pages.statement, name="statement"),
]
