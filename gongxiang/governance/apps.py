"""The Django app of this folder."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    """Rule versions and the audit log."""

    name = "gongxiang.governance"
    label = "governance"
    verbose_name = "治理"
