"""The Django app of this folder."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Rule versions."""

    name = "gongxiang.governance"
    label = "governance"
    verbose_name = "规则"
