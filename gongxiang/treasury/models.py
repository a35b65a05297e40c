"""Money that enters the pool and cash that leaves the platform.

The amount of an injection stands on its fact; a withdrawal also has whose it is.

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
