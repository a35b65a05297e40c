"""The Django app of this folder."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Facts, orders and refunds."""

    name = "gongxiang.orders"
    label = "orders"
    verbose_name = "订单"
