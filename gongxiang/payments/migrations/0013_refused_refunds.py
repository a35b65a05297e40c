"""Refunds that a channel refused for good are found, and sent again under a further number."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A mark, and two indexes."""

    dependencies = (("payments", "0012_unfinished"),)
    operations = (
        migrations.AddField(
            model_name="channelrefund",
            name="is_replaced",
            field=models.BooleanField(default=False, verbose_name="已重新发起"),
        ),
        migrations.AddIndex(
            model_name="channelrefund",
            index=models.Index(
                condition=models.Q(state="failed", is_replaced=False),
                fields=["created_at", "number"],
                name="payments_channelrefund_refused",
            ),
        ),
        migrations.AddIndex(
            model_name="channelrefund",
            index=models.Index(
                condition=models.Q(refund_id__isnull=False),
                fields=["refund_id"],
                name="payments_channelrefund_of",
            ),
        ),
    )
