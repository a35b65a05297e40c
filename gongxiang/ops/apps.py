"""The staff console as a Django app: it brings its templates, its sheet and its words."""

from importlib import import_module

from django.apps import AppConfig


class OpsConfig(AppConfig):
    """The app."""

    name = "gongxiang.ops"
    label = "ops"
    verbose_name = "运营"

    def ready(self) -> None:
        """Listen to what is told of sign-ins."""
        import_module("gongxiang.ops.signals")
