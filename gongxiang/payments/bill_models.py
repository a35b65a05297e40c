"""What the channels' bills say, and where they and we do not agree.

    Bill         a day of a channel, of all stores or of one, to be fetched or fetched
    BillLine     one movement as the channel tells it
    Difference   a movement on which the two do not agree, by name

Units: fen. Source: P3; I-6.
"""

from django.db import models

from gongxiang.payments.provider import Provider

_PROVIDERS = [(each.value, each.title) for each in Provider]


class Bill(models.Model):
    """A channel's bill of a day, of all stores or of one; keyed by (provider, payee, day)."""

    payee = models.CharField("子商户号（空为全部）", max_length=32, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    day = models.DateField("账单日")
    is_whole = models.BooleanField("已取回")
    tries = models.IntegerField("已取次数", default=0)
    next_at = models.DateTimeField("下次时间")

    class Meta:
        verbose_name = "渠道账单"
        verbose_name_plural = "渠道账单"

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"


class BillLine(models.Model):
    """A line of a bill, kept once; keyed by (provider, kind, reference)."""

    class Kind(models.TextChoices):
        """What it is about."""

        PAID = "paid", "收款"
        REFUNDED = "refunded", "退款"
        SHARED = "shared", "分账"
        RETURNED = "returned", "分账退回"

    reference = models.CharField("渠道流水号", max_length=64, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    kind = models.CharField("类别", max_length=8, choices=Kind.choices)
    number = models.CharField("商户单号", max_length=64)
    transaction_id = models.CharField("渠道单号", max_length=64)
    payee = models.CharField("子商户号", max_length=32)
    day = models.DateField("账单日")
    amount_fen = models.BigIntegerField("金额（分）")
    fee_fen = models.BigIntegerField("手续费（分）")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "账单行"
        verbose_name_plural = "账单行"

    def __str__(self) -> str:
        return self.reference


class Difference(models.Model):
    """An exception of the reconciliation, by name; keyed by (provider, kind, number)."""

    class State(models.TextChoices):
        """What became of it: a later bill explained it, or an officer took it on."""

        OPEN = "open", "待认领"
        CLAIMED = "claimed", "已认领"
        EXPLAINED = "explained", "已对上"

    number = models.CharField("单号", max_length=64, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    kind = models.CharField("类别", max_length=8, choices=BillLine.Kind.choices)
    day = models.DateField("账单日")
    payee = models.CharField("子商户号", max_length=32)
    ours_fen = models.BigIntegerField("我们的（分）")
    theirs_fen = models.BigIntegerField("渠道的（分）")
    state = models.CharField("状态", max_length=9, choices=State.choices)
    officer = models.CharField("经办人", max_length=64)
    note = models.TextField("说明")
    found_at = models.DateTimeField("发现时间")

    class Meta:
        verbose_name = "对账差异"
        verbose_name_plural = "对账差异"
        indexes = (models.Index(fields=["state", "found_at"], name="payments_difference_state"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
