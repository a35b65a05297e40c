"""The addresses of the store's faces."""

from django.urls import path

from gongxiang.web.merchant import pages

app_name = "merchant"
urlpatterns = [
    path("store", pages.stores, name="stores"),
    path("store/<str:code>", pages.today, name="today"),
    path("store/<str:code>/cashier", pages.cashier, name="cashier"),
    path("store/<str:code>/orders", pages.orders, name="orders"),
    path("store/<str:code>/orders/<str:key>", pages.order, name="order"),
]
