"""What the channels' bills say, and where they and we do not agree.

    Bill         a day of a channel, of all stores, of one or of our own account, to be fetched
    BillLine     one movement as the channel tells it
    Difference   a movement on which the two do not agree, by name

Units: fen. Source: P3; I-6.
"""

from django.db import models

from gongxiang.payments.provider import Provider

NUMBER_MAX = 128
"""What a channel's own numbers of a line may be long."""
_PROVIDERS = [(each.value, each.title) for each in Provider]


class Bill(models.Model):
    """A channel's bill of a day; keyed by (provider, payee, day).

    Of one store's account, of all stores' where `payee` is empty, of the platform's own where it is
    `own`. It is compared once it is whole, and again only with a later one.
    """

    payee = models.CharField("子商户号（空为全部，own 为自有）", max_length=32, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    day = models.DateField("账单日")
    is_whole = models.BooleanField("已取回")
    is_compared = models.BooleanField("已对过", default=False, db_default=False)
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
        TRANSFERRED = "transferred", "转账"
        TRANSFER_RETURNED = "transfer_returned", "转账退回"
        SHARE_RECEIVED = "share_received", "分账收入"
        SHARE_RETURNED = "share_returned", "分账退还"
        OTHER_IN = "other_in", "别的收入"
        OTHER_OUT = "other_out", "别的支出"

    reference = models.CharField("渠道流水号", max_length=NUMBER_MAX, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    number = models.CharField("商户单号", max_length=NUMBER_MAX)
    transaction_id = models.CharField("渠道单号", max_length=NUMBER_MAX)
    business = models.TextField("渠道的叫法", default="", db_default="")
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
    """An exception of the reconciliation, by name; keyed by (provider, kind, number).

    The days say where each side has it; of the platform's own account they must be the same.
    """

    class State(models.TextChoices):
        """What became of it: a later bill explained it, or an officer took it on."""

        OPEN = "open", "待认领"
        CLAIMED = "claimed", "已认领"
        EXPLAINED = "explained", "已对上"

    number = models.CharField("单号", max_length=NUMBER_MAX, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    kind = models.CharField("类别", max_length=20, choices=BillLine.Kind.choices)
    day = models.DateField("账单日")
    payee = models.CharField("子商户号", max_length=32)
    ours_fen = models.BigIntegerField("我们的（分）")
    theirs_fen = models.BigIntegerField("渠道的（分）")
    our_day = models.DateField("我们的日期", null=True)
    their_day = models.DateField("账单的日期", null=True)
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
