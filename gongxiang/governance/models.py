"""Rule versions: every rulebook that was ever in force.

Source: R9; reliability I-26.
"""

from django.db import models


class RuleVersion(models.Model):
    """A rulebook as it was published: its values never change, a later version replaces it."""

    id = models.IntegerField("版本", primary_key=True)
    preset = models.TextField("蓝本")
    terms = models.JSONField("规则值")
    settings = models.JSONField("另行设定")
    published_at = models.DateTimeField("公示时间")
    effective_at = models.DateTimeField("生效时间", null=True)

    class Meta:
        verbose_name = "规则版本"
        verbose_name_plural = "规则版本"

    def __str__(self) -> str:
        return f"第 {self.id} 版"
