"""The payments app."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Names the app to Django."""

    name = "gongxiang.payments"
    label = "payments"
    verbose_name = "支付"
    default_auto_field = "django.db.models.BigAutoField"
