"""Addresses of paying, of orders, and of the channels' notices."""

from django.urls import URLPattern, path

from gongxiang.web.member.paying import callbacks, listing, orders, pages
from gongxiang.web.shared import inside

urlpatterns: list[URLPattern] = [
    path("s/<str:code>/pay", pages.pay, name="pay"),
    path("s/<str:code>/pay/estimate", pages.gives, name="pay_estimate"),
    path("orders", listing.orders, name="orders"),
    path("orders/<str:number>", orders.order, name="order"),
    path("orders/<str:number>/wait", pages.wait, name="order_wait"),
    path("orders/<str:number>/refund", orders.refund, name="order_refund"),
    path("pay/wechat", inside.back, name="payer"),
    path("pay/callback/wechat", callbacks.wechat, name="callback_wechat"),
    path("pay/callback/wechat/transfer", callbacks.transfer, name="callback_transfer"),
    path("pay/callback/alipay", callbacks.alipay, name="callback_alipay"),
]
