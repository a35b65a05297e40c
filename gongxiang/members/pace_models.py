"""How often somebody did something lately, counted for all web processes together.

Source: reliability 8 (7).
"""

from django.db import models


class Pace(models.Model):
    """Up to which moment a key has used its share; the table is unlogged: a crash forgets it."""

    key = models.TextField("谁", primary_key=True)
    due_at = models.DateTimeField("用到何时")

    class Meta:
        verbose_name = "操作频率"
        verbose_name_plural = "操作频率"

    def __str__(self) -> str:
        return self.key
