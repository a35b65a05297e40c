"""Notices that wait for a person: a queue beside what is kept, so that it is short however much is.

Units: moments of the database's own clock. Source: P1; design/ui/faces.md 6.5.
"""

from django.db import models


class WaitingNotice(models.Model):
    """A notice in quarantine that nobody has looked at yet; it goes when somebody did."""

    notice_id = models.BigIntegerField("隔离的通知", primary_key=True)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "待处理的通知"
        verbose_name_plural = "待处理的通知"

    def __str__(self) -> str:
        return f"待处理 {self.notice_id}"
