"""Money that enters the pool and cash that leaves the platform.

Units: micro-yuan.
Source: E16, E18, P4.
"""

from django.db import models

from gongxiang.payments.provider import Provider

PROVIDERS = [(each.value, each.title) for each in Provider]


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
    the payout move (I-26). To whom it goes was fixed when it was asked for: the account is sealed,
    what is shown of it is not. `transfer_id` names the one transfer that carries it.
    """

    withdrawal_id = models.BigIntegerField("提现", primary_key=True)
    member_id = models.BigIntegerField("会员")
    state = models.SmallIntegerField("状态", choices=PayoutState.choices)
    verdict = models.SmallIntegerField("初审意见", choices=Verdict.choices, null=True)
    maker = models.TextField("初审人")
    checker = models.TextField("复核人")
    reason = models.TextField("原因")
    provider = models.CharField("渠道", max_length=8, choices=PROVIDERS, default="")
    payee = models.TextField("收款账号（加密）", default="")
    payee_shown = models.TextField("收款人", default="")
    tax = models.BigIntegerField("代扣个税（微元）", default=0)
    transfer_id = models.BigIntegerField("转账", null=True)
    reviewed_at = models.DateTimeField("审核时间", null=True)
    confirm_until = models.DateTimeField("确认期限", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "打款"
        verbose_name_plural = "打款"

    def __str__(self) -> str:
        return f"打款 {self.withdrawal_id}"


class CaseState(models.IntegerChoices):
    """Where a refund after settlement stands, in the words that its owner reads."""

    REVIEW = 1, "已申请"
    FUNDS = 2, "等店家补款"
    PLACED = 3, "退款中"
    GRANTED = 4, "已退款"
    DECLINED = 5, "没有通过"


class RefundCase(models.Model):
    """A refund after settlement: asked, reviewed by two officers, done; keyed by (member, id).

    The first officer's verdict is kept until another officer gives the same one (I-26). Each try
    is a fact of its own, answered at its place in the sequence; the newest stands in `refund_id`.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    key = models.CharField("幂等键", max_length=64)
    order_id = models.BigIntegerField("订单")
    store_id = models.BigIntegerField("门店")
    amount = models.BigIntegerField("金额（微元）")
    reason = models.TextField("原因")
    is_by_store = models.BooleanField("店家提出")
    state = models.SmallIntegerField("状态", choices=CaseState.choices)
    verdict = models.SmallIntegerField("初审意见", choices=Verdict.choices, null=True)
    maker = models.TextField("初审人", default="")
    maker_reason = models.TextField("初审理由", default="")
    checker = models.TextField("复核人", default="")
    checker_reason = models.TextField("复核理由", default="")
    tries = models.IntegerField("记录次数", default=0)
    refund_id = models.BigIntegerField("退款", null=True)
    opened_at = models.DateTimeField("申请时间")
    decided_at = models.DateTimeField("决定时间", null=True)
    next_at = models.DateTimeField("下次查看时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "结算后退款"
        verbose_name_plural = "结算后退款"

    def __str__(self) -> str:
        return f"结算后退款 {self.id}"


class PayIn(models.Model):
    """What a store pays in for a case that it is owed too little for; keyed by (store, attempt).

    The attempt is an ordinary one into the store's own account. `fact_id` is what it became when
    the channel said that the money is there, `received_id` the round of arrivals in which it was
    set against what the refund took from that account: until then the books owe it to the store.
    """

    number = models.CharField("商户单号", max_length=32, primary_key=True)
    store_id = models.BigIntegerField("门店")
    member_id = models.BigIntegerField("会员")
    case_id = models.BigIntegerField("结算后退款")
    person_id = models.BigIntegerField("谁补的")
    amount_fen = models.BigIntegerField("金额（分）")
    fact_id = models.BigIntegerField("门店补款", null=True)
    received_id = models.BigIntegerField("已结清于", null=True)
    opened_at = models.DateTimeField("开始时间")

    class Meta:
        verbose_name = "补款"
        verbose_name_plural = "补款"

    def __str__(self) -> str:
        return self.number


class Transfer(models.Model):
    """An instruction to pay a person, under one number of ours that never changes (P4).

    Keyed by its number: the channel knows it with letters before it. It stays open until the
    channel itself, asked, says that it is done or closed. Who drives it has it until a moment, and
    nobody else takes it up before; `tries` says who was the last.
    """

    class State(models.TextChoices):
        """Whether money may still move under this number."""

        OPEN = "open", "进行中"
        DONE = "done", "已到账"
        CLOSED = "closed", "已关闭"

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    withdrawal_id = models.BigIntegerField("提现")
    provider = models.CharField("渠道", max_length=8, choices=PROVIDERS)
    payee = models.TextField("收款账号（加密）")
    amount_fen = models.BigIntegerField("金额（分）")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    package = models.TextField("确认凭据", default="")
    tries = models.IntegerField("已问次数", default=0)
    created_at = models.DateTimeField("创建时间")
    next_at = models.DateTimeField("下次时间", null=True)
    sent_at = models.DateTimeField("最近一次发出时间", null=True)
    driven_until = models.DateTimeField("办理期限", null=True)
    done_at = models.DateTimeField("渠道的到账时间", null=True)

    class Meta:
        verbose_name = "商家转账"
        verbose_name_plural = "商家转账"

    def __str__(self) -> str:
        return f"转账 {self.id}"
