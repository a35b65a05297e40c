"""The member's faces as a Django app, so that their templates are found."""

from django.apps import AppConfig


class MemberConfig(AppConfig):
    """Pages of a member."""

    name = "gongxiang.web.member"
    label = "web_member"
    verbose_name = "会员页面"
