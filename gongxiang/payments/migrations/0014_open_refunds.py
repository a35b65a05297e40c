"""Refunds without a good end are found, also those of which the channel has said nothing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index instead of another."""

    dependencies = (("payments", "0013_refused_refunds"),)
    operations = (
        migrations.RemoveIndex(model_name="channelrefund", name="payments_channelrefund_refused"),
        migrations.AddIndex(
            model_name="channelrefund",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True) & models.Q(is_replaced=False),
                fields=["created_at", "number"],
                name="payments_channelrefund_open",
            ),
        ),
    )
