"""Stores, who works in them, and how one comes to be and changes.

Units: micro-degrees.
Source: E6, R4, R5, R9; spec/platform.md (Store); design/ui/faces.md 6.1 (finder).
"""

from django.db import models

from gongxiang.merchants.categories import Category


class Store(models.Model):
    """A store: whose it is, who brought it in, where it is, what commission it opened with."""

    store_id = models.BigIntegerField("编号", primary_key=True)
    name = models.TextField("店名")
    owner_id = models.BigIntegerField("店主", null=True)
    opened_by_id = models.BigIntegerField("开店时的店主", null=True)
    recruiter_id = models.BigIntegerField("招商人", null=True)
    division_code = models.CharField("区划", max_length=6, null=True)  # noqa: DJ001  none is none
    commission_rate = models.IntegerField("开店时的平台抽成（万分之）")
    opened_at = models.DateTimeField("开店时间")

    class Meta:
        verbose_name = "门店"
        verbose_name_plural = "门店"
        indexes = (
            models.Index(fields=["owner_id"], name="merchants_store_owner"),
            models.Index(fields=["division_code", "store_id"], name="merchants_store_division"),
            models.Index(fields=["recruiter_id", "store_id"], name="merchants_store_recruiter"),
        )

    def __str__(self) -> str:
        return self.name


class RateChange(models.Model):
    """Another commission of a store from a moment on, a fact; keyed by (store, fact).

    Before the first, a store gives what it opened with (E6, R9).
    """

    id = models.BigIntegerField("编号", primary_key=True)
    store_id = models.BigIntegerField("门店")
    commission_rate = models.IntegerField("平台抽成（万分之）")
    since_at = models.DateTimeField("从什么时候起")

    class Meta:
        verbose_name = "抽成变更"
        verbose_name_plural = "抽成变更"

    def __str__(self) -> str:
        return f"抽成变更 {self.id}"


class OwnerChange(models.Model):
    """Another owner of a store, a fact; keyed by (store, fact); the store's row has the last."""

    id = models.BigIntegerField("编号", primary_key=True)
    store_id = models.BigIntegerField("门店")
    owner_id = models.BigIntegerField("店主")

    class Meta:
        verbose_name = "店主变更"
        verbose_name_plural = "店主变更"

    def __str__(self) -> str:
        return f"店主变更 {self.id}"


class ChangeRequest(models.Model):
    """What an owner asks to be changed of his store, until it is reviewed; keyed by (store, id)."""

    class Kind(models.TextChoices):
        """What is asked."""

        RATE = "rate", "改抽成"
        OWNER = "owner", "换店主"
        CLOSING = "closing", "关店"

    class State(models.TextChoices):
        """How it stands."""

        ASKED = "asked", "待审核"
        APPROVED = "approved", "已通过"
        DECLINED = "declined", "没有通过"
        WITHDRAWN = "withdrawn", "已撤回"

    id = models.BigIntegerField("编号", primary_key=True)
    store_id = models.BigIntegerField("门店")
    kind = models.TextField("申请什么", choices=Kind.choices)
    state = models.TextField("状态", choices=State.choices)
    asked_by_id = models.BigIntegerField("申请人")
    asked_at = models.DateTimeField("申请时间")
    reason = models.TextField("为什么")
    commission_rate = models.IntegerField("新的抽成（万分之）", null=True)
    since_date = models.DateField("从哪天起", null=True)
    owner_id = models.BigIntegerField("新的店主", null=True)
    agreed_at = models.DateTimeField("新店主同意时间", null=True)
    officer = models.TextField("审核人", default="")
    answer = models.TextField("答复", default="")
    reviewed_at = models.DateTimeField("审核时间", null=True)

    class Meta:
        verbose_name = "变更申请"
        verbose_name_plural = "变更申请"
        indexes = (models.Index(fields=["state", "id"], name="merchants_changerequest_state"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Profile(models.Model):
    """What a store shows outside, how it stands, and what its owner set.

    Minutes are counted from midnight in Shanghai.
    """

    store_id = models.BigIntegerField("编号", primary_key=True)
    code = models.CharField("门店码", max_length=8)
    state = models.TextField("状态")
    state_note = models.TextField("状态说明", db_default="")
    phone = models.TextField("店里电话", db_default="")
    opens_minute = models.SmallIntegerField("几点开门（分钟）", null=True)
    closes_minute = models.SmallIntegerField("几点关门（分钟）", null=True)
    rest_date = models.DateField("休息的那天", null=True)
    has_sound = models.BooleanField("收款播报", db_default=False)
    photo = models.TextField("门头照片", db_default="")

    class Meta:
        verbose_name = "门店资料"
        verbose_name_plural = "门店资料"

    def __str__(self) -> str:
        return self.code


class Site(models.Model):
    """Where a store is and what it is for: trade, street and number, coordinates if known.

    A look-up of the finder; who applies for a store or moves it fills it in.
    """

    store_id = models.BigIntegerField("编号", primary_key=True)
    category = models.TextField("主营类目", choices=Category.choices)
    address = models.TextField("地址")
    latitude = models.IntegerField("纬度（微度）", null=True)
    longitude = models.IntegerField("经度（微度）", null=True)

    class Meta:
        verbose_name = "店址"
        verbose_name_plural = "店址"
        indexes = (models.Index(fields=["category", "store_id"], name="merchants_site_category"),)

    def __str__(self) -> str:
        return self.address


class StoreCode(models.Model):
    """The store of a public code: a look-up table of its own (scale.md 2)."""

    code = models.CharField("门店码", max_length=8, primary_key=True)
    store_id = models.BigIntegerField("编号")

    class Meta:
        verbose_name = "门店码"
        verbose_name_plural = "门店码"

    def __str__(self) -> str:
        return self.code


class Staff(models.Model):
    """Who works in a store beside its owner; keyed by (store, member).

    Who was let go stays here with the moment: he has no role from then on.
    """

    member_id = models.BigIntegerField("店员", primary_key=True)
    store_id = models.BigIntegerField("门店")
    role = models.TextField("角色")
    since_at = models.DateTimeField("开始")
    left_at = models.DateTimeField("离开", null=True)

    class Meta:
        verbose_name = "店员"
        verbose_name_plural = "店员"
        indexes = (models.Index(fields=["member_id"], name="merchants_staff_member"),)

    def __str__(self) -> str:
        return f"{self.role} {self.member_id}"


class Invitation(models.Model):
    """An invitation to work in a store, by a link that works once; keyed by (store, token).

    The token stands here as its keyed hash; `phone` too, where only its owner may accept.
    """

    token = models.TextField("链接（散列）", primary_key=True)
    store_id = models.BigIntegerField("门店")
    role = models.TextField("角色")
    phone = models.TextField("手机（散列）", default="")
    shown = models.TextField("显示", default="")
    invited_by_id = models.BigIntegerField("邀请人")
    sent_at = models.DateTimeField("邀请时间")
    ends_at = models.DateTimeField("失效时间")
    answered_at = models.DateTimeField("答复时间", null=True)
    member_id = models.BigIntegerField("接受的人", null=True)

    class Meta:
        verbose_name = "店员邀请"
        verbose_name_plural = "店员邀请"

    def __str__(self) -> str:
        return f"{self.role} {self.shown}"


class Application(models.Model):
    """A person's wish to open a store; keyed by (member, id).

    `typed` keeps every text as it was typed; the columns beside it are what was handed in last.
    """

    class State(models.TextChoices):
        """How it stands."""

        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待审核"
        INCOMPLETE = "incomplete", "需补充"
        APPROVED = "approved", "营业中"
        DECLINED = "declined", "没有通过"

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("申请人")
    state = models.TextField("状态", choices=State.choices)
    typed = models.JSONField("填写的内容")
    name = models.TextField("店名", default="")
    category = models.TextField("主营类目", default="")
    phone = models.TextField("店里电话", default="")
    division_code = models.TextField("区划", default="")
    address = models.TextField("地址", default="")
    commission_rate = models.IntegerField("平台抽成（万分之）", null=True)
    uscc = models.TextField("统一社会信用代码", default="")
    recruiter_id = models.BigIntegerField("介绍人", null=True)
    started_at = models.DateTimeField("开始")
    submitted_at = models.DateTimeField("提交", null=True)
    reviewed_at = models.DateTimeField("审核", null=True)
    officer = models.TextField("审核人", default="")
    reason = models.TextField("原因", default="")
    missing = models.JSONField("要补充的")
    store_id = models.BigIntegerField("门店", null=True)

    class Meta:
        verbose_name = "入驻申请"
        verbose_name_plural = "入驻申请"
        indexes = (
            models.Index(
                fields=["submitted_at", "id"],
                name="merchants_application_pending",
                condition=models.Q(state="submitted"),
            ),
            models.Index(
                fields=["store_id"],
                name="merchants_application_store",
                condition=models.Q(state="approved"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A picture of an application, by its name of chance; keyed by (member, application, kind).

    Kept is one that was handed in, until its owner leaves without a store.
    """

    token = models.TextField("文件名", primary_key=True)
    member_id = models.BigIntegerField("申请人")
    application_id = models.BigIntegerField("申请")
    kind = models.TextField("是什么")
    width = models.IntegerField("宽")
    height = models.IntegerField("高")
    uploaded_at = models.DateTimeField("上传时间")
    is_kept = models.BooleanField("要留存", default=False, db_default=False)

    class Meta:
        verbose_name = "入驻材料"
        verbose_name_plural = "入驻材料"
        indexes = (
            models.Index(
                fields=["uploaded_at"],
                name="merchants_document_may_go",
                condition=models.Q(is_kept=False),
            ),
        )

    def __str__(self) -> str:
        return self.kind
