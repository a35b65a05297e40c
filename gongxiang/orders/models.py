"""Facts, orders, refunds: what was accepted from outside.

A fact is one accepted event under its idempotency key; what it says in detail stands in the table
of its kind, under the same number. Facts are never changed or deleted. An order carries everything
that it will be settled with (E7), so settlement joins nothing.

Units: micro-yuan, rates per myriad.
Source: E7, E16; design/scale.md rules 2, 3; reliability I-4, I-18.
"""

from django.db import models


class Kind(models.IntegerChoices):
    """What a fact is about."""

    MEMBER = 1, "会员加入"
    STORE = 2, "门店开业"
    GRAND_REGION = 3, "大区"
    AGENT = 4, "代理上任"
    AGENT_ENDED = 5, "代理卸任"
    PAID = 6, "付款"
    RETURNED = 7, "结算前退款"
    CASE = 8, "结算后退款"
    SOLD = 9, "卖出积分"
    INJECTED = 10, "注资"
    WITHDRAWN = 11, "提现"
    CLOCK = 12, "时钟"
    WITHDRAWAL_RETURNED = 13, "提现退回"
    CLAIMED = 14, "游客入会"
    RATE_CHANGED = 15, "抽成变更"
    STORE_RECEIVED = 16, "货款到账"
    STORE_PAID_IN = 17, "门店补款"
    OWNER_CHANGED = 18, "换店主"


class Fact(models.Model):
    """One accepted event: its key, its number, its moment, a digest of all it says.

    The row digest covers what the row decides beside the line (row_digest.py).

    Keyed in the database by `key`; the order of all facts is (at, id).
    """

    id = models.BigIntegerField("编号", primary_key=True)
    key = models.TextField("幂等键")
    kind = models.SmallIntegerField("类别", choices=Kind.choices)
    at = models.DateTimeField("时间")
    is_dated = models.BooleanField("自带时间")
    home_id = models.BigIntegerField("所属")
    amount = models.BigIntegerField("金额（微元）")
    digest = models.BinaryField("指纹")
    row_digest = models.BinaryField("行指纹")

    class Meta:
        verbose_name = "事实"
        verbose_name_plural = "事实"

    def __str__(self) -> str:
        return self.key


class Order(models.Model):
    """A paid order and what it will be settled with; keyed by (member, id)."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    store_id = models.BigIntegerField("门店")
    amount = models.BigIntegerField("金额（微元）")
    returned = models.BigIntegerField("结算前已退（微元）", default=0)
    commission_rate = models.IntegerField("平台抽成（万分之）")
    version_id = models.IntegerField("规则版本")
    direct_id = models.BigIntegerField("直推", null=True)
    indirect_id = models.BigIntegerField("间推", null=True)
    recruiter_id = models.BigIntegerField("招商", null=True)
    district_id = models.BigIntegerField("区代", null=True)
    city_id = models.BigIntegerField("市代", null=True)
    province_id = models.BigIntegerField("省代", null=True)
    grand_region_id = models.BigIntegerField("大区代", null=True)
    paid_at = models.DateTimeField("付款时间")
    due_at = models.DateTimeField("结算时间")
    due_rank = models.SmallIntegerField("结算先后")

    class Meta:
        verbose_name = "订单"
        verbose_name_plural = "订单"
        indexes = (
            models.Index(
                fields=["direct_id", "due_at"],
                name="orders_order_direct",
                condition=models.Q(direct_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"订单 {self.id}"


class Refund(models.Model):
    """Money of an order given back, before its settlement or by a case after it."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    order_id = models.BigIntegerField("订单")
    amount = models.BigIntegerField("金额（微元）")
    is_by_case = models.BooleanField("结算后")
    must_be_covered = models.BooleanField("门店要付得起", db_default=False)
    own_rate = models.IntegerField("本人得的奖励（万分之）", db_default=0)

    class Meta:
        verbose_name = "退款"
        verbose_name_plural = "退款"

    def __str__(self) -> str:
        return f"退款 {self.id}"


class Outcome(models.Model):
    """What became of a fact that only its place decides; keyed by (home, fact).

    Whether a sale, a withdrawal or a refund that the store must cover can be done is known only
    there (E11, E12, E16): the fact is an application, this the
    answer. A refused one leaves no trace in the books and none in an export.
    """

    fact_id = models.BigIntegerField("编号", primary_key=True)
    home_id = models.BigIntegerField("所属")
    batch_id = models.BigIntegerField("批次")
    is_accepted = models.BooleanField("成交")
    reason = models.TextField("原因")
    amount = models.BigIntegerField("金额（微元）")

    class Meta:
        verbose_name = "处理结果"
        verbose_name_plural = "处理结果"

    def __str__(self) -> str:
        return f"结果 {self.fact_id}"
