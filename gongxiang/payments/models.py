"""What is known of payments: attempts, notices, money that came, money sent back, instructions.

    SubMerchant    a store's own account at a channel: its number, and whether it is open (P2)
    FormerAccount  one that took the store's money before it
    Attempt        one person wants to pay one amount at one store, under one number of ours
    Transaction    money that a channel says has come, once for each of its numbers
    Notification   a notice that was taken in, once for each of its numbers
    Quarantine     a notice that was signed but does not fit: nobody acts on it but a person
    WaitingNotice  one of them that nobody has looked at yet
    ChannelRefund  money of a transaction that goes back, under one number of ours
    Share          the platform's part of a payment, and that the rest is freed (P2)
    Bill, BillLine what a channel says of a day, kept line by line (P3)
    Difference     where it and we do not agree, by name, until explained or claimed
    Outbox         an instruction to a channel, written with what it follows from
    Charge         an amount that a till asks for, under a code that lives some minutes
    Shift          a person's time at a till, from its float to its counted drawer
    StoreRefund    money of an order that a store gave back: who gave it, and why

Units: fen, because channels count in fen; moments are the database's own clock.
Source: P1, P2, P5; reliability 1.4, C2, C8, C13.
"""

from django.db import models

from gongxiang.payments.bill_models import Bill as Bill  # noqa: PLC0414  a table of this app
from gongxiang.payments.bill_models import BillLine as BillLine  # noqa: PLC0414  the same
from gongxiang.payments.bill_models import Difference as Difference  # noqa: PLC0414  the same
from gongxiang.payments.notice_models import WaitingNotice as WaitingNotice  # noqa: PLC0414  the same
from gongxiang.payments.provider import Provider
from gongxiang.payments.till_models import Charge as Charge  # noqa: PLC0414  the same
from gongxiang.payments.till_models import Shift as Shift  # noqa: PLC0414  the same

_PROVIDERS = [(each.value, each.title) for each in Provider]


class SubMerchant(models.Model):
    """A store's account at a channel; keyed by (store, provider)."""

    class State(models.TextChoices):
        """How far the channel's own admission came; money comes to an open one alone."""

        NONE = "none", "未申请"
        SUBMITTED = "submitted", "已提交"
        VERIFYING = "verifying", "待签约或验证"
        OPEN = "open", "已开通"
        FROZEN = "frozen", "已冻结"

    store_id = models.BigIntegerField("门店", primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    number = models.CharField("子商户号", max_length=32)
    authorization = models.CharField("授权", max_length=64)
    state = models.CharField("状态", max_length=9, choices=State.choices)
    reason = models.TextField("原因")
    officer = models.CharField("经办人", max_length=64)
    changed_at = models.DateTimeField("变更时间")
    is_bound = models.BooleanField("平台已是分账接收方", default=False)
    carried = models.BigIntegerField("待并入下次分账（微元）", default=0)

    class Meta:
        verbose_name = "子商户"
        verbose_name_plural = "子商户"
        indexes = (
            models.Index(
                fields=["changed_at"],
                name="payments_submerchant_waiting",
                condition=models.Q(state__in=["submitted", "verifying"]),
            ),
            models.Index(
                fields=["carried"],
                name="payments_submerchant_carried",
                condition=models.Q(carried__gte=10_000),
            ),
        )

    def __str__(self) -> str:
        return self.number


class FormerAccount(models.Model):
    """An account that took a store's money before another; keyed by (store, provider, number).

    What was paid into it is asked about, shared and given back under its number as ever.
    """

    store_id = models.BigIntegerField("门店", primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    number = models.CharField("子商户号", max_length=32)
    authorization = models.CharField("授权", max_length=64)
    is_bound = models.BooleanField("平台已是分账接收方")
    ended_at = models.DateTimeField("停用时间")

    class Meta:
        verbose_name = "停用的子商户"
        verbose_name_plural = "停用的子商户"

    def __str__(self) -> str:
        return self.number


class Attempt(models.Model):
    """A wish to pay; keyed by its number, which the channel knows as well.

    Paid, it names the fact that it became and whose that is: an order of a member, or what a store
    paid in for a case.
    """

    class State(models.TextChoices):
        """How far it came."""

        OPENED = "opened", "待付款"
        PAYING = "paying", "确认中"
        UNKNOWN = "unknown", "结果未知"
        PAID = "paid", "已付款"
        CLOSED = "closed", "已关闭"

    id = models.BigIntegerField("编号", primary_key=True)
    number = models.CharField("商户单号", max_length=32)
    key = models.CharField("幂等键", max_length=64)
    home_id = models.BigIntegerField("付款人（0 为游客）")
    store_id = models.BigIntegerField("门店")
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    payee = models.CharField("收款子商户号", max_length=32, default="")
    amount_fen = models.BigIntegerField("金额（分）")
    note = models.TextField("备注", default="", db_default="")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    hand_off = models.TextField("去付款的地址", default="")
    opened_at = models.DateTimeField("开始时间")
    expires_at = models.DateTimeField("失效时间")
    queries = models.IntegerField("已查询次数", default=0)
    query_at = models.DateTimeField("下次查询时间", null=True)
    order_id = models.BigIntegerField("订单", null=True)
    member_id = models.BigIntegerField("订单所属", null=True)

    class Meta:
        verbose_name = "付款尝试"
        verbose_name_plural = "付款尝试"
        indexes = (
            models.Index(
                fields=["home_id", "id"],
                name="payments_attempt_unfinished",
                condition=models.Q(state__in=["opened", "paying", "unknown"]),
            ),
        )

    def __str__(self) -> str:
        return self.number


class AttemptKey(models.Model):
    """What a form's one-time key stands for; keyed by (home, key) (I-18)."""

    key = models.CharField("幂等键", max_length=64, primary_key=True)
    home_id = models.BigIntegerField("付款人（0 为游客）")
    number = models.CharField("商户单号", max_length=32)

    class Meta:
        verbose_name = "付款幂等键"
        verbose_name_plural = "付款幂等键"

    def __str__(self) -> str:
        return self.key


class Transaction(models.Model):
    """Money that came; keyed by (provider, number of the channel)."""

    transaction_id = models.CharField("渠道单号", max_length=64, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    attempt_number = models.CharField("商户单号", max_length=32)
    amount_fen = models.BigIntegerField("金额（分）")
    payer = models.CharField("渠道付款人", max_length=128)
    payee = models.CharField("收款子商户号", max_length=32, default="")
    paid_at = models.DateTimeField("渠道付款时间", null=True)
    is_surplus = models.BooleanField("多付")
    recorded_at = models.DateTimeField("记录时间")

    class Meta:
        verbose_name = "到账"
        verbose_name_plural = "到账"

    def __str__(self) -> str:
        return self.transaction_id


class Notification(models.Model):
    """A notice that was taken in; keyed by (provider, number of the notice)."""

    notification_id = models.CharField("通知编号", max_length=64, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    body_hash = models.BinaryField("内容指纹")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "渠道通知"
        verbose_name_plural = "渠道通知"

    def __str__(self) -> str:
        return self.notification_id


class Quarantine(models.Model):
    """A notice that does not fit what we know, kept whole, once, for a person to look at."""

    id = models.BigIntegerField("编号", primary_key=True)
    body_hash = models.BinaryField("内容指纹")
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    reason = models.TextField("原因")
    body = models.TextField("内容")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = "隔离的通知"
        verbose_name_plural = "隔离的通知"

    def __str__(self) -> str:
        return f"隔离 {self.id}"


class RefundRequest(models.Model):
    """A member asks the store for his money back, within the window; keyed by (member, key)."""

    class State(models.TextChoices):
        """What became of it."""

        ASKED = "asked", "等店家处理"
        GRANTED = "granted", "退款中"
        DECLINED = "declined", "没有通过"

    key = models.CharField("幂等键", max_length=64, primary_key=True)
    member_id = models.BigIntegerField("会员")
    order_id = models.BigIntegerField("订单")
    store_id = models.BigIntegerField("门店")
    amount_fen = models.BigIntegerField("金额（分）")
    reason = models.TextField("原因")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    asked_at = models.DateTimeField("申请时间")
    answer = models.TextField("店家的答复", db_default="")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "退款申请"
        verbose_name_plural = "退款申请"

    def __str__(self) -> str:
        return f"{self.order_id}"


class ChannelRefund(models.Model):
    """Money that goes back through the channel; `number` is ours and never changes (P4).

    One that the channel refused for good and an officer sent again under a further number is
    replaced: it can never pay, and counts for nothing any more.
    """

    class State(models.TextChoices):
        """How far it came; unknown stays so until the channel was asked."""

        WAITING = "waiting", "退款中"
        UNKNOWN = "unknown", "结果未知"
        DONE = "done", "已退回"
        FAILED = "failed", "没有退成"

    number = models.CharField("商户退款单号", max_length=64, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    transaction_id = models.CharField("渠道单号", max_length=64)
    amount_fen = models.BigIntegerField("金额（分）")
    total_fen = models.BigIntegerField("原付款（分）")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    refund_id = models.BigIntegerField("退款", null=True)
    returned_fen = models.BigIntegerField("先从分账退回（分）", null=True)
    payee = models.CharField("收款子商户号", max_length=32, default="")
    returned_at = models.DateTimeField("分账退回时间", null=True)
    done_at = models.DateTimeField("完成时间", null=True)
    paid_in_id = models.BigIntegerField("门店补款", null=True)
    came_back_id = models.BigIntegerField("没有退成而留下的分账退回", null=True)
    reason = models.TextField("原因", default="")
    is_replaced = models.BooleanField("已重新发起", default=False)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        verbose_name = "渠道退款"
        verbose_name_plural = "渠道退款"
        indexes = (
            models.Index(
                fields=["created_at", "number"],
                name="payments_channelrefund_open",
                condition=~models.Q(state="done") & models.Q(is_replaced=False),
            ),
            models.Index(
                fields=["refund_id"],
                name="payments_channelrefund_of",
                condition=models.Q(refund_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.number


class Share(models.Model):
    """The platform's part of a payment, one instruction each; `number` is not used twice (P4).

    One that the channel refused for good gets a further number where an officer sends it again; or
    the whole payment is freed to the store, and it has an end as well (`freed_at`).

    `commission` is what the settlement gave, to the micro-yuan; a channel moves whole fen.
    """

    class State(models.TextChoices):
        """How far it came; unknown stays so until the channel was asked."""

        WAITING = "waiting", "待分账"
        UNKNOWN = "unknown", "结果未知"
        DONE = "done", "已分账"
        FAILED = "failed", "没有分成"

    number = models.CharField("商户分账单号", max_length=64, primary_key=True)
    provider = models.CharField("渠道", max_length=8, choices=_PROVIDERS)
    transaction_id = models.CharField("渠道单号", max_length=64)
    attempt_number = models.CharField("商户单号", max_length=32)
    store_id = models.BigIntegerField("门店")
    payee = models.CharField("收款子商户号", max_length=32)
    spend_fen = models.BigIntegerField("结算金额（分）")
    commission = models.BigIntegerField("抽成（微元）")
    amount_fen = models.BigIntegerField("分账金额（分）")
    state = models.CharField("状态", max_length=8, choices=State.choices)
    reason = models.TextField("原因", default="")
    last_at = models.DateTimeField("最迟时间")
    tries = models.IntegerField("已发次数", default=0)
    next_at = models.DateTimeField("下次时间", null=True)
    sent_at = models.DateTimeField("最近一次发出时间", null=True)
    created_at = models.DateTimeField("创建时间")
    done_at = models.DateTimeField("完成时间", null=True)
    freed_at = models.DateTimeField("没有分成而解冻的时间", null=True)
    received_id = models.BigIntegerField("货款到账", null=True)
    taken_id = models.BigIntegerField("解冻之后又分出", null=True)

    class Meta:
        verbose_name = "分账"
        verbose_name_plural = "分账"
        indexes = (
            models.Index(
                fields=["store_id", "provider", "created_at"],
                name="payments_share_refused",
                condition=models.Q(state="failed"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class ShareCursor(models.Model):
    """Up to which step of the pool's sequence shares were written; one row."""

    id = models.SmallIntegerField("编号", primary_key=True)
    step_id = models.BigIntegerField("步")

    class Meta:
        verbose_name = "分账游标"
        verbose_name_plural = "分账游标"

    def __str__(self) -> str:
        return "分账游标"


class Outbox(models.Model):
    """An instruction to a channel, until its answer is known; keyed by its request's number."""

    request_number = models.CharField("请求号", max_length=64, primary_key=True)
    tries = models.IntegerField("已发次数", default=0)
    next_at = models.DateTimeField("下次时间", null=True)
    sent_at = models.DateTimeField("最近一次发出时间", null=True)

    class Meta:
        verbose_name = "待发指令"
        verbose_name_plural = "待发指令"

    def __str__(self) -> str:
        return self.request_number


class StoreRefund(models.Model):
    """Money of an order that a store gave back within the window; keyed by (store, refund)."""

    refund_id = models.BigIntegerField("退款", primary_key=True)
    store_id = models.BigIntegerField("门店")
    person_id = models.BigIntegerField("谁退的")
    amount_fen = models.BigIntegerField("金额（分）")
    reason = models.TextField("原因")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "门店退款"
        verbose_name_plural = "门店退款"

    def __str__(self) -> str:
        return f"门店退款 {self.refund_id}"
