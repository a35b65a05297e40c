"""Sessions of browsers, with the member of each as a column beside what else they hold.

Source: reliability 8 (25).
"""

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A browser that signed in, or began to; staff and strangers have no member in it."""

    member_id = models.BigIntegerField("会员", null=True)

    class Meta:
        verbose_name = "会话"
        verbose_name_plural = "会话"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Give what reads and writes them."""
        from gongxiang.members.sessions import SessionStore  # noqa: PLC0415  it imports this

        return SessionStore
