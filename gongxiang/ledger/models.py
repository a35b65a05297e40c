"""Batches, postings, balances, seals: what the books consist of.

A batch is one transaction of the settler; its postings sum to 0 in every unit. A posting lives at
the party it concerns (`home_id`): a member, a store, or, for the accounts that exist once, the
account itself. Batches and postings are never changed or deleted; a balance is the sum of its
postings, kept so that nobody has to add them up.

Units: micro-yuan, atoms of points, vouchers in micro-yuan (chart.py).
Source: design/scale.md rules 2, 5, 6; reliability I-1, I-3, I-4.
"""

from django.db import models
from django.db.models.functions import Now

from gongxiang.ledger.fields import WholeField


class Batch(models.Model):
    """A stretch of the pool's sequence, handled in one transaction, chained to the one before."""

    id = models.BigIntegerField("批次", primary_key=True)
    kind = models.CharField("类别", max_length=16)
    reference = models.CharField("依据", max_length=64)
    recorded_at = models.DateTimeField("记录时间", db_default=Now())
    until_at = models.DateTimeField("处理到")
    until_rank = models.SmallIntegerField("处理到（先后）")
    until_id = models.BigIntegerField("处理到（编号）")
    last_step = models.BigIntegerField("最后一步")
    facts = models.IntegerField("事实数")
    money = WholeField("池（微元）")
    circulating = WholeField("流通（原子）")
    content_hash = models.BinaryField("内容指纹")
    postings_hash = models.BinaryField("分录指纹")
    chain_hash = models.BinaryField("链指纹")

    class Meta:
        verbose_name = "账本批次"
        verbose_name_plural = "账本批次"
        constraints = (
            models.UniqueConstraint(fields=["kind", "reference"], name="ledger_batch_once"),
        )

    def __str__(self) -> str:
        return f"批次 {self.id}"


class Posting(models.Model):
    """One leg of a batch at one party: a debit or a credit (I-1, I-4).

    Keyed in the database by (home, batch, event, leg); `event_id` is the order, sale, refund or
    other fact it belongs to, 0 for the sums of the accounts that exist once.
    """

    home_id = models.BigIntegerField("所属", primary_key=True)
    batch_id = models.BigIntegerField("批次")
    event_id = models.BigIntegerField("事件")
    leg = models.IntegerField("科目与用途")
    debit = WholeField("借", null=True)  # type: ignore[misc]
    credit = WholeField("贷", null=True)  # type: ignore[misc]

    class Meta:
        verbose_name = "分录"
        verbose_name_plural = "分录"

    def __str__(self) -> str:
        return f"分录 {self.batch_id}/{self.event_id}/{self.leg}"


class Balance(models.Model):
    """What a party has on an account: the sum of its postings, credits positive (I-2)."""

    party_id = models.BigIntegerField("所属", primary_key=True)
    account = models.SmallIntegerField("科目")
    amount = WholeField("余额")

    class Meta:
        verbose_name = "余额"
        verbose_name_plural = "余额"

    def __str__(self) -> str:
        return f"余额 {self.party_id}/{self.account}"


class Seal(models.Model):
    """The root of a Shanghai day: a hash over all its batches and the root before (H7)."""

    day = models.DateField("日期", primary_key=True)
    last_batch_id = models.BigIntegerField("最后批次")
    root = models.BinaryField("根")
    sealed_at = models.DateTimeField("封存时间", db_default=Now())

    class Meta:
        verbose_name = "每日封存"
        verbose_name_plural = "每日封存"

    def __str__(self) -> str:
        return f"封存 {self.day}"
