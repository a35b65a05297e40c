"""What is known of payments: attempts, notices, money that came, money sent back, instructions.

    Attempt        one person wants to pay one amount at one store, under one number of ours
    Transaction    money that a channel says has come, once for each of its numbers
    Notification   a notice that was taken in, once for each of its numbers
    Quarantine     a notice that was signed but does not fit: nobody acts on it but a person
    ChannelRefund  money of a transaction that goes back, under one number of ours
    Outbox         an instruction to a channel, written with what it follows from

Units: fen, because channels count in fen; moments are the database's own clock.
Source: P1, P5; reliability 1.4, C2, C8, C13.
"""

from django.db import models

from gongxiang.payments.provider import Provider

_PROVIDERS = [(each.value, each.title) for each in Provider]


class Attempt(models.Model):
    """A wish to pay; keyed by its number, which the channel knows as well."""

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
    amount_fen = models.BigIntegerField("金额（分）")
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

    class Meta:
        verbose_name = "退款申请"
        verbose_name_plural = "退款申请"

    def __str__(self) -> str:
        return f"{self.order_id}"


class ChannelRefund(models.Model):
    """Money that goes back through the channel; `number` is ours and never changes (P4)."""

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
    reason = models.TextField("原因", default="")
    created_at = models.DateTimeField("创建时间")

    class Meta:
        verbose_name = "渠道退款"
        verbose_name_plural = "渠道退款"

    def __str__(self) -> str:
        return self.number


class Outbox(models.Model):
    """An instruction to a channel, until its answer is known; keyed by its request's number."""

    request_number = models.CharField("请求号", max_length=64, primary_key=True)
    tries = models.IntegerField("已发次数", default=0)
    next_at = models.DateTimeField("下次时间", null=True)

    class Meta:
        verbose_name = "待发指令"
        verbose_name_plural = "待发指令"

    def __str__(self) -> str:
        return self.request_number
