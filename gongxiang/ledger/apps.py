"""The Django app of this folder."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The ledger."""

    name = "gongxiang.ledger"
    label = "ledger"
    verbose_name = "账本"
