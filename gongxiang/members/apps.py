"""The Django app of this folder."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """People and other parties."""

    name = "gongxiang.members"
    label = "members"
    verbose_name = "会员"
