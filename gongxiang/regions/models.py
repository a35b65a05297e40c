"""Grand regions and agents' contracts.

The divisions themselves are data of the rulebook (rules/divisions.csv) and stand in no table.

Source: R5.
"""

from django.db import models


class GrandRegion(models.Model):
    """A named set of provinces; a province lies in at most one (R5)."""

    id = models.BigIntegerField("编号", primary_key=True)
    name = models.TextField("名称", unique=True)
    provinces = models.JSONField("省份")

    class Meta:
        verbose_name = "大区"
        verbose_name_plural = "大区"

    def __str__(self) -> str:
        return self.name


class GrandRegionProvince(models.Model):
    """A province of a grand region: the key holds it to one."""

    province_code = models.CharField("省", max_length=6, primary_key=True)
    grand_region_id = models.BigIntegerField("大区")

    class Meta:
        verbose_name = "大区省份"
        verbose_name_plural = "大区省份"

    def __str__(self) -> str:
        return self.province_code


class Contract(models.Model):
    """An agent's period for a region, half-open; the database refuses two at once (R5)."""

    id = models.BigIntegerField("编号", primary_key=True)
    member_id = models.BigIntegerField("代理人")
    level = models.CharField("级别", max_length=16)
    region = models.TextField("区域")
    start_at = models.DateTimeField("开始", null=True)
    end_at = models.DateTimeField("结束", null=True)
    ended_by_id = models.BigIntegerField("结束依据", null=True)

    class Meta:
        verbose_name = "代理合同"
        verbose_name_plural = "代理合同"

    def __str__(self) -> str:
        return f"{self.level} {self.region}"
