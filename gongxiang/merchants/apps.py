"""The Django app of this folder."""

from django.apps import AppConfig


class MerchantsConfig(AppConfig):
    """Stores."""

    name = "gongxiang.merchants"
    label = "merchants"
    verbose_name = "门店"
