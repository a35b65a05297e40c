"""The shared shell as a Django app, so that its templates and static files are found."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """Templates, parts, the sheet and the template filters."""

    name = "gongxiang.web.shared"
    label = "web_shared"
    verbose_name = "页面共用"
