"""The Django app of this folder."""

from django.apps import AppConfig


class PointsConfig(AppConfig):
    """The pool, its sequence, lots and sales."""

    name = "gongxiang.points"
    label = "points"
    verbose_name = "积分"
