"""The Django app of this folder."""

from django.apps import AppConfig


class TreasuryConfig(AppConfig):
    """Money that enters and leaves."""

    name = "gongxiang.treasury"
    label = "treasury"
    verbose_name = "资金"
