"""Parties and members, and how a person comes in: accounts, identities, consents, phone codes.

One key space for everybody who can hold something. A phone number is kept as a keyed hash to find
it by and as the masked text that its owner sees; in clear it stands nowhere.

Source: design/scale.md rules 1 and 2; R2, H5; reliability 8 (22, 24, 25).
"""

from django.db import models

from gongxiang.members.pace_models import Pace as Pace  # noqa: PLC0414  of this app
from gongxiang.members.recovery_models import Recovery as Recovery  # noqa: PLC0414  of this app
from gongxiang.members.recovery_models import RecoveryTry as RecoveryTry  # noqa: PLC0414  of this app
from gongxiang.members.session_models import Session as Session  # noqa: PLC0414  of this app


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
        indexes = (
            models.Index(
                fields=["referrer_id", "joined_at", "member_id"], name="members_member_referred"
            ),
            models.Index(
                fields=["via_store_id", "joined_at", "member_id"], name="members_member_via"
            ),
        )

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

    Issuers: `phone` (the subject is the number's keyed hash), `wechat` and `alipay`, and
    `payer:wechat` and `payer:alipay` for those who paid.
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


class Verified(models.Model):
    """Who a member is, as the verification found it: sealed, and what may be shown of it (H5)."""

    member_id = models.BigIntegerField("编号", primary_key=True)
    name = models.TextField("姓名（加密）")
    document = models.TextField("证件号（加密）")
    shown_name = models.TextField("姓名（打码）")
    shown_document = models.TextField("证件号（打码）")
    cluster = models.TextField("本人（散列）")
    verified_at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = "实名"
        verbose_name_plural = "实名"

    def __str__(self) -> str:
        return self.shown_name


class Cluster(models.Model):
    """The accounts of one person: a look-up by the hash of his document (scale.md 2; E12)."""

    cluster = models.TextField("本人（散列）", primary_key=True)
    member_id = models.BigIntegerField("编号")

    class Meta:
        verbose_name = "同一本人"
        verbose_name_plural = "同一本人"

    def __str__(self) -> str:
        return f"会员 {self.member_id}"


class Payee(models.Model):
    """The account that a member's cash is sent to: his own, sealed."""

    member_id = models.BigIntegerField("编号", primary_key=True)
    provider = models.CharField("渠道", max_length=8)
    account = models.TextField("收款账号（加密）")
    shown = models.TextField("收款账号（打码）")
    changed_at = models.DateTimeField("变更时间")

    class Meta:
        verbose_name = "收款账号"
        verbose_name_plural = "收款账号"

    def __str__(self) -> str:
        return self.shown


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
            models.Index(fields=["sent_at"], name="members_phonecode_sent"),
        )

    def __str__(self) -> str:
        return f"验证码 {self.id}"


class MessageKind(models.TextChoices):
    """What a message tells that no book does; the label is its sentence."""

    PHONE_CHANGED = (
        "phone_changed",
        "手机号换成了 {subject}，别的设备已经退出。不是你换的，马上联系客服",
    )
    WECHAT_CONNECTED = "wechat_connected", "微信已经连接，可以用它登录。不是你连的，马上联系客服"
    ALIPAY_CONNECTED = "alipay_connected", "支付宝已经连接，可以用它登录。不是你连的，马上联系客服"
    ACCOUNTS_JOINED = (
        "accounts_joined",
        "另一个账户已经合进来，从 {subject} 登录也到这里。积分、零钱、抵扣积分一样都没有少",
    )
    PHONE_RELEASED = "phone_released", "手机号 {subject} 已经由别人在用，不再能登录这个账户"
    RECOVERY_ASKED = "recovery_asked", "有人用 {subject} 申请找回这个账户。不是你，登录着就会取消"
    STORE_INCOMPLETE = "store_incomplete", "「{subject}」的入驻申请还要补充，点开看差哪几样"
    STORE_OPENED = "store_opened", "「{subject}」开好了，可以去看收款码"
    STORE_DECLINED = "store_declined", "「{subject}」的入驻申请没有通过，点开看原因"
    ACCESS_RESTORED = "access_restored", "客服核对了实名，这个账户可以用 {subject} 登录了"
    RATE_APPROVED = "rate_approved", "{subject}改抽成的申请通过了，从哪天起写在门店变更页"
    OWNER_APPROVED = "owner_approved", "{subject}换店主的申请通过了，从现在起由新店主打理"
    CLOSING_APPROVED = (
        "closing_approved",
        "{subject}关店的申请通过了，不能再收款；待结算的订单照常结算",
    )
    CHANGE_DECLINED = "change_declined", "{subject}的变更申请没有通过，原因写在门店变更页"


class Message(models.Model):
    """A message that was written where it happened; the others are read from the books.

    Keyed by (member, id); `subject` fills the sentence of its kind.
    """

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    kind = models.TextField("类别")
    subject = models.TextField("内容")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "消息"
        verbose_name_plural = "消息"

    def __str__(self) -> str:
        return f"消息 {self.id}"


class MessageMark(models.Model):
    """The moment up to which a member has read his messages."""

    member_id = models.BigIntegerField("会员", primary_key=True)
    read_at = models.DateTimeField("读到")

    class Meta:
        verbose_name = "消息已读"
        verbose_name_plural = "消息已读"

    def __str__(self) -> str:
        return f"{self.member_id}"


class JoinedAccount(models.Model):
    """An account whose person signs in to another one of his; its books stay its own."""

    member_id = models.BigIntegerField("编号", primary_key=True)
    into_id = models.BigIntegerField("合到")
    joined_at = models.DateTimeField("合并时间")

    class Meta:
        verbose_name = "合并的账户"
        verbose_name_plural = "合并的账户"
        indexes = (models.Index(fields=["into_id"], name="members_joinedaccount_into"),)

    def __str__(self) -> str:
        return f"{self.member_id} → {self.into_id}"


class ReleasedIdentity(models.Model):
    """A phone that no longer leads to its account: whose it was, since when, until when."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("会员")
    issuer = models.TextField("来源")
    subject = models.TextField("编号（散列）")
    shown = models.TextField("显示")
    proved_at = models.DateTimeField("最后验证")
    released_at = models.DateTimeField("停用时间")

    class Meta:
        verbose_name = "停用的身份"
        verbose_name_plural = "停用的身份"

    def __str__(self) -> str:
        return f"{self.issuer} {self.shown}"


class ApiToken(models.Model):
    """What a member's program shows instead of signing in; kept is its SHA-256, never itself."""

    digest = models.CharField("指纹", max_length=64, primary_key=True)
    id = models.BigIntegerField("编号")
    member_id = models.BigIntegerField("会员")
    name = models.TextField("名称")
    scopes = models.TextField("权限")
    epoch = models.IntegerField("登录批次")
    made_at = models.DateTimeField("生成时间")
    ends_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("收回时间", null=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        indexes = (models.Index(fields=["member_id", "id"], name="members_apitoken_member"),)

    def __str__(self) -> str:
        return self.name
