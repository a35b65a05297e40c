"""Rule versions that were ever in force; the staff, and the audit log of what they did and saw.

Source: R9; H5; reliability I-26.
"""

import base64

from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from gongxiang.members import sealed


class RuleVersion(models.Model):
    """A rulebook as it was published: its values never change, a later version replaces it."""

    id = models.IntegerField("版本", primary_key=True)
    preset = models.TextField("蓝本")
    terms = models.JSONField("规则值")
    settings = models.JSONField("另行设定")
    published_at = models.DateTimeField("公示时间")
    effective_at = models.DateTimeField("生效时间", null=True)

    class Meta:
        verbose_name = "规则版本"
        verbose_name_plural = "规则版本"

    def __str__(self) -> str:
        return f"第 {self.id} 版"


class AuditKind(models.TextChoices):
    """What somebody of the staff, or the system for them, did or saw."""

    SIGNED_IN = "signed_in", "登录"
    SIGNED_OUT = "signed_out", "退出"
    SIGN_IN_DENIED = "sign_in_denied", "登录被拒"
    LOCKED_OUT = "locked_out", "登录锁定"
    PAGE_DENIED = "page_denied", "越权访问被拒"
    FACTOR_SET = "factor_set", "设置两步验证"
    RECOVERY_USED = "recovery_used", "用掉一个恢复码"
    PASSWORD_CHANGED = "password_changed", "改密码"
    STAFF_ADDED = "staff_added", "新建员工账号"
    STAFF_CHANGED = "staff_changed", "改员工账号"
    FACTOR_RESET = "factor_reset", "重置两步验证"
    UNMASKED = "unmasked", "查看个人信息"
    EXPORTED = "exported", "导出"
    WITHDRAWAL_REVIEWED = "withdrawal_reviewed", "提现审核"
    WITHDRAWAL_ENDED = "withdrawal_ended", "提现结果（人工）"
    RULES_PUBLISHED = "rules_published", "公布规则"
    STORE_REVIEWED = "store_reviewed", "门店入驻审核"
    RECOVERY_REVIEWED = "recovery_reviewed", "找回账户核对"
    CASE_REVIEWED = "case_reviewed", "结算后退款审核"
    ACCOUNT_SET = "account_set", "设置门店收款账户"
    DIFFERENCE_CLAIMED = "difference_claimed", "认领对账差异"
    CHANGE_REVIEWED = "change_reviewed", "门店变更审核"
    NOTICE_HANDLED = "notice_handled", "处理隔离的通知"
    REFUND_SENT_AGAIN = "refund_sent_again", "重新发起退款"
    REFUND_REOPENED = "refund_reopened", "退款改回查询中"
    SHARE_SENT_AGAIN = "share_sent_again", "重新发起分账"
    SHARE_REOPENED = "share_reopened", "分账改回查询中"
    SHARE_ENDED = "share_ended", "不再分账，解冻给门店"
    CLOCK_MOVED = "clock_moved", "拨快平台时钟"
    HISTORY_IMPORTED = "history_imported", "导入历史"


class AuditEntry(models.Model):
    """One line of the audit log: who did or saw what, of whom, and why; never changed.

    `before` and `after` are flat: the few values that tell what changed, money in micro-yuan.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    at = models.DateTimeField("时间")
    officer = models.TextField("谁")
    address = models.TextField("来自")
    kind = models.TextField("做什么")
    subject_kind = models.TextField("对象类别")
    subject_id = models.TextField("对象编号")
    before = models.JSONField("之前")
    after = models.JSONField("之后")
    why = models.TextField("原因")

    class Meta:
        verbose_name = "审计日志"
        verbose_name_plural = "审计日志"

    def __str__(self) -> str:
        return f"审计 {self.id}"


class AuditSeal(models.Model):
    """The root of a Shanghai day of the audit log: its lines, and the root before (H7)."""

    day = models.DateField("日期", primary_key=True)
    lines = models.IntegerField("行数")
    root = models.BinaryField("根")
    sealed_at = models.DateTimeField("封存时间")

    class Meta:
        verbose_name = "审计日志封存"
        verbose_name_plural = "审计日志封存"

    def __str__(self) -> str:
        return f"审计封存 {self.day}"


class Role(models.TextChoices):
    """What a member of the staff is there for; what each may see and do stands in ops/roles.py."""

    ADMIN = "admin", "管理员"
    SERVICE = "service", "客服"
    MAKER = "maker", "资金制单"
    CHECKER = "checker", "资金复核"
    AUDITOR = "auditor", "审计（只读）"


class Officer(models.Model):
    """The role of a staff account; its sessions count as long as they began in this epoch."""

    user = models.OneToOneField(
        "auth.User",
        verbose_name="账号",
        primary_key=True,
        on_delete=models.PROTECT,
        db_constraint=False,
    )
    role = models.TextField("角色", choices=Role.choices)
    epoch = models.IntegerField("登录代次")

    class Meta:
        verbose_name = "员工"
        verbose_name_plural = "员工"

    def __str__(self) -> str:
        return f"员工 {self.pk}"


class Factor(TOTPDevice):  # type: ignore[misc]
    """The second factor of a staff account; its secret is kept sealed."""

    class Meta:
        proxy = True
        verbose_name = "两步验证"
        verbose_name_plural = "两步验证"

    @property
    def bin_key(self) -> bytes:
        """Open the secret, for the moment in which a code is looked at."""
        return base64.b32decode(sealed.unseal(purpose=sealed.FACTOR, sealed=self.key))


class RecoveryCode(models.Model):
    """A hash of what stands in once for a lost second factor."""

    digest = models.TextField("指纹", primary_key=True)
    user_id = models.IntegerField("账号")

    class Meta:
        verbose_name = "恢复码"
        verbose_name_plural = "恢复码"

    def __str__(self) -> str:
        return f"恢复码 {self.user_id}"


class HandledNotice(models.Model):
    """A notice in quarantine that a person looked at: by whom, why it is done with, when."""

    notice_id = models.BigIntegerField("隔离的通知", primary_key=True)
    officer = models.TextField("谁")
    why = models.TextField("说明")
    handled_at = models.DateTimeField("处理时间")

    class Meta:
        verbose_name = "已处理的通知"
        verbose_name_plural = "已处理的通知"

    def __str__(self) -> str:
        return f"通知 {self.notice_id}"
