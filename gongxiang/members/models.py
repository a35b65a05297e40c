"""Parties and members, and how a person comes in: accounts, identities, consents, phone codes.

One key space for everybody who can hold something. A phone number is kept as a keyed hash to find
it by and as the masked text that its owner sees; in clear it stands nowhere.

Source: design/scale.md rules 1 and 2; R2, H5; reliability 8 (22, 24, 25).
"""

from django.db import models


class Party(models.Model):
    """A person or a store, by the number that all books use and the key it has outside."""

    PERSON = 1
    STORE = 2

    id = models.BigIntegerField("编号", primary_key=True)
    kind = models.SmallIntegerField("类别", choices=[(PERSON, "个人"), (STORE, "门店")])
    key = models.TextField("外部编号")

    class Meta:
        verbose_name = "主体"
        verbose_name_plural = "主体"

    def __str__(self) -> str:
        return self.key


class PartyKey(models.Model):
    """The party of a key: a look-up table of its own, so that keys are unique (scale.md 2)."""

    key = models.TextField("外部编号", primary_key=True)
    kind = models.SmallIntegerField("类别")
    party_id = models.BigIntegerField("编号")

    class Meta:
        verbose_name = "主体编号"
        verbose_name_plural = "主体编号"

    def __str__(self) -> str:
        return self.key


class Member(models.Model):
    """A person who joined or paid; bound once, for ever, to the first who brought him (R2)."""

    member_id = models.BigIntegerField("编号", primary_key=True)
    referrer_id = models.BigIntegerField("推荐人", null=True)
    via_store_id = models.BigIntegerField("来自门店", null=True)
    is_introduced = models.BooleanField("已入会")
    joined_at = models.DateTimeField("加入时间")

    class Meta:
        verbose_name = "会员"
        verbose_name_plural = "会员"
        indexes = (models.Index(fields=["referrer_id"], name="members_member_referrer"),)

    def __str__(self) -> str:
        return f"会员 {self.member_id}"


class Account(models.Model):
    """What a member signs in to; a higher epoch ends every session that began before it."""

    member_id = models.BigIntegerField("编号", primary_key=True)
    name = models.TextField("称呼")
    code = models.TextField("分享码")
    epoch = models.IntegerField("登录批次", default=0)
    opened_at = models.DateTimeField("开户时间")
    closed_at = models.DateTimeField("注销时间", null=True)

    class Meta:
        verbose_name = "账户"
        verbose_name_plural = "账户"

    def __str__(self) -> str:
        return self.name


class InviteCode(models.Model):
    """The member whose link this is: a look-up table of its own (scale.md 2)."""

    code = models.TextField("分享码", primary_key=True)
    member_id = models.BigIntegerField("会员")

    class Meta:
        verbose_name = "分享码"
        verbose_name_plural = "分享码"

    def __str__(self) -> str:
        return self.code


class Identity(models.Model):
    """Whom an issuer knows as this subject; keyed by both, so no issuer speaks for another.

    Issuers: `phone` (the subject is the number's keyed hash), `wechat`, and `payer:wechat` and
    `payer:alipay` for those who paid.
    """

    subject = models.TextField("编号", primary_key=True)
    issuer = models.TextField("来源")
    member_id = models.BigIntegerField("会员")
    shown = models.TextField("显示")
    proved_at = models.DateTimeField("验证时间")

    class Meta:
        verbose_name = "身份"
        verbose_name_plural = "身份"
        indexes = (models.Index(fields=["member_id"], name="members_identity_member"),)

    def __str__(self) -> str:
        return f"{self.issuer} {self.shown}"


class Consent(models.Model):
    """What a person agreed to: for one purpose, in one version, until withdrawn."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    purpose = models.TextField("用途")
    version = models.TextField("版本")
    given_at = models.DateTimeField("同意时间")
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = "同意记录"
        verbose_name_plural = "同意记录"

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class PhoneCode(models.Model):
    """One code sent to a phone: for one purpose, once, within minutes, a few tries."""

    id = models.BigIntegerField("编号", primary_key=True)
    phone = models.TextField("手机（散列）")
    address = models.TextField("来源地址（散列）")
    purpose = models.TextField("用途")
    shown = models.TextField("显示")
    code = models.TextField("验证码（散列）")
    tries_left = models.SmallIntegerField("还能试")
    sent_at = models.DateTimeField("发送时间")
    ends_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("用掉时间", null=True)

    class Meta:
        verbose_name = "验证码"
        verbose_name_plural = "验证码"
        indexes = (
            models.Index(fields=["phone", "sent_at"], name="members_phonecode_phone"),
            models.Index(fields=["address", "sent_at"], name="members_phonecode_address"),
        )

    def __str__(self) -> str:
        return f"验证码 {self.id}"
