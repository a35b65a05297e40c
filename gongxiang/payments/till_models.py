"""What a store's till writes down: amounts that it asks for, and who stood at it.

    Charge   an amount asked for, and who took it
    Shift    a person's time at the till, with the counted drawer

Units: fen. Source: design/ui/faces.md 6.3, 7 (c).
"""

from django.db import models


class Charge(models.Model):
    """An amount that a till asks for; keyed by (store, number). One attempt at most takes it."""

    class State(models.TextChoices):
        """How far it came; a code that nobody took in time is over without a word."""

        OPEN = "open", "等顾客扫码"
        TAKEN = "taken", "顾客已扫码，正在付款"
        PAID = "paid", "收到"
        CANCELLED = "cancelled", "已取消"

    number = models.CharField("编号", max_length=16, primary_key=True)
    store_id = models.BigIntegerField("门店")
    key = models.CharField("幂等键", max_length=64)
    person_id = models.BigIntegerField("谁开的")
    amount_fen = models.BigIntegerField("金额（分）")
    state = models.CharField("状态", max_length=9, choices=State.choices)
    opened_at = models.DateTimeField("开始时间")
    expires_at = models.DateTimeField("失效时间")
    attempt_number = models.CharField("商户单号", max_length=32, default="")

    class Meta:
        verbose_name = "收款码"
        verbose_name_plural = "收款码"

    def __str__(self) -> str:
        return self.number


class Shift(models.Model):
    """A person's time at a till, [opened_at, closed_at); keyed by (store, id), one open a store.

    What was paid belongs to the shift of its moment and is summed when it is read.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    store_id = models.BigIntegerField("门店")
    person_id = models.BigIntegerField("谁")
    float_fen = models.BigIntegerField("备用金（分）")
    opened_at = models.DateTimeField("接班时间")
    closed_at = models.DateTimeField("交班时间", null=True)
    closed_by_id = models.BigIntegerField("谁交的班", null=True)
    counted_fen = models.BigIntegerField("点到的现金（分）", null=True)
    note = models.TextField("说明", default="")

    class Meta:
        verbose_name = "班次"
        verbose_name_plural = "班次"

    def __str__(self) -> str:
        return f"班次 {self.id}"
