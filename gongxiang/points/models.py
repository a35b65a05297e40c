"""The pool, its sequence, lots, sales.

Units: micro-yuan, atoms.
Source: E3, E8, E11, E13; design/scale.md rules 2, 4, 7.
"""

from django.db import models

from gongxiang.ledger.fields import WholeField


class Pool(models.Model):
    """The pair, the place in the sequence, and the totals that everybody may see.

    One row. The settler takes it first in its batch and is the only one who writes it; `at`,
    `rank`, `id` of the cursor are the last place of the sequence that was handled.
    """

    id = models.SmallIntegerField("编号", primary_key=True)
    version_id = models.IntegerField("规则版本")
    money = WholeField("池（微元）")
    circulating = WholeField("流通（原子）")
    step = models.BigIntegerField("步")
    batch = models.BigIntegerField("批次")
    cursor_at = models.DateTimeField("处理到")
    cursor_rank = models.SmallIntegerField("处理到（先后）")
    cursor_id = models.BigIntegerField("处理到（编号）")
    orders = models.BigIntegerField("已结算订单")
    lots_exited = models.BigIntegerField("到线结清的批数")
    paid_to_members = WholeField("已付会员（微元）")
    spend = WholeField("已结算消费（微元）")
    feed_secret = models.BinaryField("公开编号的盐")

    class Meta:
        verbose_name = "盈利池"
        verbose_name_plural = "盈利池"

    def __str__(self) -> str:
        return "盈利池"


class Horizon(models.Model):
    """The moment up to which no fact will be recorded any more (one row).

    The settler moves it under the barrier that recorders share; so everything at or before it is
    committed and settles in its right order.
    """

    id = models.SmallIntegerField("编号", primary_key=True)
    at = models.DateTimeField("时间")
    offset_seconds = models.BigIntegerField("时钟偏移（秒）", default=0)

    class Meta:
        verbose_name = "水位"
        verbose_name_plural = "水位"

    def __str__(self) -> str:
        return "水位"


class Comparison(models.Model):
    """What the first and the last tenth of the members got, as it was made last (one row; H2)."""

    id = models.SmallIntegerField("编号", primary_key=True)
    stretch = models.BigIntegerField("算到哪一步")
    tenths = models.JSONField("最早和最晚的各一成")
    again_at = models.DateTimeField("最早何时再算")

    class Meta:
        verbose_name = "先来后到的比较"
        verbose_name_plural = "先来后到的比较"

    def __str__(self) -> str:
        return "先来后到的比较"


class StepKind(models.IntegerChoices):
    """What moved the pool."""

    MINT = 1, "铸造"
    SALE = 2, "卖出"
    EXIT = 3, "到线结清"
    REFUND = 4, "退款"
    INJECTION = 5, "注资"


class Step(models.Model):
    """One event of the pool's sequence, and the pair after it."""

    id = models.BigIntegerField("步", primary_key=True)
    batch_id = models.BigIntegerField("批次")
    kind = models.SmallIntegerField("类别", choices=StepKind.choices)
    at = models.DateTimeField("时间")
    home_id = models.BigIntegerField("所属")
    order_id = models.BigIntegerField("订单")
    event_id = models.BigIntegerField("事件")
    amount = models.BigIntegerField("进出池（微元）")
    points = WholeField("积分（原子）")
    money = WholeField("池（微元）")
    circulating = WholeField("流通（原子）")

    class Meta:
        verbose_name = "盈利池序列"
        verbose_name_plural = "盈利池序列"
        indexes = (models.Index(fields=["at", "id"], name="points_step_at"),)

    def __str__(self) -> str:
        return f"第 {self.id} 步"


class Lot(models.Model):
    """The points of one order; keyed by (member, id), id = the order's."""

    id = models.BigIntegerField("订单", primary_key=True)
    member_id = models.BigIntegerField("会员")
    step = models.BigIntegerField("步")
    spend = models.BigIntegerField("消费（微元）")
    settled_spend = models.BigIntegerField("结算时消费（微元）")
    unspent_rate = models.IntegerField("未发分销（万分之）")
    minted = WholeField("铸造（原子）")
    left = WholeField("剩余（原子）")
    sold = WholeField("卖出（原子）")
    gross = models.BigIntegerField("市值已取（微元）")
    net = models.BigIntegerField("到手（微元）")
    vouchers = models.BigIntegerField("抵扣积分")
    exit_price = WholeField("封顶价（微元每积分）", null=True)  # type: ignore[misc]
    exited_step = models.BigIntegerField("到线结清于步", null=True)

    class Meta:
        verbose_name = "积分批"
        verbose_name_plural = "积分批"

    def __str__(self) -> str:
        return f"批 {self.id}"


class Sale(models.Model):
    """Points that a member offers for sale; it takes its place in the pool's sequence (E11)."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    points = WholeField("积分（原子）")
    shown_net = models.BigIntegerField("当时显示的到手（微元）", null=True)

    class Meta:
        verbose_name = "卖出"
        verbose_name_plural = "卖出"

    def __str__(self) -> str:
        return f"卖出 {self.id}"
