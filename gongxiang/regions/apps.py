"""The Django app of this folder."""

from django.apps import AppConfig


class RegionsConfig(AppConfig):
    """Divisions, grand regions and their agents."""

    name = "gongxiang.regions"
    label = "regions"
    verbose_name = "区域"
