"""The staff console as a Django app: it brings its templates, its sheet and its words."""

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """The app."""

    name = "gongxiang.ops"
    label = "ops"
    verbose_name = "运营"
