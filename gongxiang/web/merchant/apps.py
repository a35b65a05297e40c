"""The Django app of this folder."""

from django.apps import AppConfig


class MerchantFaces(AppConfig):
    """Templates of the store's pages."""

    name = "gongxiang.web.merchant"
    label = "web_merchant"
