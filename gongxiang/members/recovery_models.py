"""Requests to be given an account back, and how often one was tried for.

Units: none. Source: R2; design/ui/faces.md 6.1; reliability 8 (22, 26).
"""

from django.db import models


class Recovery(models.Model):
    """Somebody who lost his number asks for his account back; keyed by (member, id).

    `subject` is what he proved now; it opens the account after an officer has checked his real name
    and the waiting period has passed without a sign-in of the account's owner.
    """

    class State(models.TextChoices):
        """How far it came."""

        ASKED = "asked", "待核对实名"
        APPROVED = "approved", "等待期"
        DECLINED = "declined", "没有通过"
        CANCELLED = "cancelled", "原来的主人登录、合并或注销了"
        DONE = "done", "已恢复"

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    issuer = models.TextField("来源")
    subject = models.TextField("新的身份（散列）")
    shown = models.TextField("新的身份")
    old_subject = models.TextField("原来的手机（散列）")
    state = models.TextField("状态", choices=State.choices)
    asked_at = models.DateTimeField("申请时间")
    officer = models.TextField("核对人")
    reason = models.TextField("依据")
    ready_at = models.DateTimeField("可登录时间", null=True)

    class Meta:
        verbose_name = "找回账户"
        verbose_name_plural = "找回账户"
        indexes = (
            models.Index(fields=["issuer", "subject"], name="members_recovery_subject"),
            models.Index(fields=["state", "id"], name="members_recovery_state"),
        )

    def __str__(self) -> str:
        return f"找回 {self.id}"


class RecoveryTry(models.Model):
    """Somebody asked for an account, known or not: counted by his proof and his address.

    Forgotten after two days.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    subject = models.TextField("身份（散列）")
    address = models.TextField("来源地址（散列）")
    asked_at = models.DateTimeField("申请时间")

    class Meta:
        verbose_name = "找回次数"
        verbose_name_plural = "找回次数"
        indexes = (
            models.Index(fields=["subject", "asked_at"], name="members_recoverytry_subject"),
            models.Index(fields=["address", "asked_at"], name="members_recoverytry_address"),
        )

    def __str__(self) -> str:
        return f"找回 {self.id}"
