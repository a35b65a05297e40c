"""Parties and members: one key space for everybody who can hold something.

Source: design/scale.md rules 1 and 2; R2.
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
