"""The public faces as a Django app, so that their templates are found."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Pool, steps, rules, verification."""

    name = "gongxiang.web.public"
    label = "web_public"
    verbose_name = "公开页面"
