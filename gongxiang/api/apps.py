"""The Django app of this folder."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The HTTP API and its page of documents."""

    name = "gongxiang.api"
    label = "api"
    verbose_name = "接口"
