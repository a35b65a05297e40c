"""Money that enters the pool and cash that leaves the platform.

Units: micro-yuan.
Source: E18, P4.
"""

from django.db import models


class Injection(models.Model):
    """Capital that enters the pool."""

    id = models.BigIntegerField("编号", primary_key=True)
    amount = models.BigIntegerField("金额（微元）")

    class Meta:
        verbose_name = "注资"
        verbose_name_plural = "注资"

    def __str__(self) -> str:
        return f"注资 {self.id}"


class Withdrawal(models.Model):
    """Cash that a member takes out; keyed by (member, id)."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    amount = models.BigIntegerField("金额（微元）")

    class Meta:
        verbose_name = "提现"
        verbose_name_plural = "提现"

    def __str__(self) -> str:
        return f"提现 {self.id}"


class WithdrawalReturn(models.Model):
    """A withdrawal that did not reach the member; keyed by (member, withdrawal): once for each."""

    withdrawal_id = models.BigIntegerField("提现", primary_key=True)
    member_id = models.BigIntegerField("会员")
    id = models.BigIntegerField("编号")
    withdrawal_key = models.TextField("提现的外部编号")

    class Meta:
        verbose_name = "提现退回"
        verbose_name_plural = "提现退回"

    def __str__(self) -> str:
        return f"提现退回 {self.withdrawal_id}"


class PayoutState(models.IntegerChoices):
    """Where the payout of a withdrawal stands, in the words that its owner reads."""

    REVIEW = 1, "待审核"
    SENDING = 2, "打款中"
    CONFIRM = 3, "等你确认"
    UNKNOWN = 4, "结果确认中"
    ARRIVED = 5, "已到账"
    DECLINED = 6, "没有通过"
    EXPIRED = 7, "过期已退回"
    FAILED = 8, "没打成已退回"


class Verdict(models.IntegerChoices):
    """What an officer found in a review."""

    APPROVE = 1, "通过"
    DECLINE = 2, "不通过"


class Payout(models.Model):
    """How a withdrawal reaches its member; keyed by (member, withdrawal).

    The first officer's verdict is kept until another officer gives the same one: only then does
    the payout move (I-26).
    """

    withdrawal_id = models.BigIntegerField("提现", primary_key=True)
    member_id = models.BigIntegerField("会员")
    state = models.SmallIntegerField("状态", choices=PayoutState.choices)
    verdict = models.SmallIntegerField("初审意见", choices=Verdict.choices, null=True)
    maker = models.TextField("初审人")
    checker = models.TextField("复核人")
    reason = models.TextField("原因")
    reviewed_at = models.DateTimeField("审核时间", null=True)
    confirm_until = models.DateTimeField("确认期限", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "打款"
        verbose_name_plural = "打款"

    def __str__(self) -> str:
        return f"打款 {self.withdrawal_id}"
