"""Stores.

Source: E6, R4, R5.
"""

from django.db import models


class Store(models.Model):
    """A store: whose it is, who brought it in, where it is, what commission it gives."""

    store_id = models.BigIntegerField("编号", primary_key=True)
    name = models.TextField("店名")
    owner_id = models.BigIntegerField("店主", null=True)
    recruiter_id = models.BigIntegerField("招商人", null=True)
    division_code = models.CharField("区划", max_length=6, null=True)  # noqa: DJ001  none is none
    commission_rate = models.IntegerField("平台抽成（万分之）")
    opened_at = models.DateTimeField("开店时间")

    class Meta:
        verbose_name = "门店"
        verbose_name_plural = "门店"

    def __str__(self) -> str:
        return self.name
