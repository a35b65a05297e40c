"""When a share came back, whatever became of the refund that it was for (returns.sql)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the column, run this app's SQL."""

    dependencies = (("payments", "0009_bill_keys"),)
    operations = (
        migrations.AddField(
            model_name="channelrefund",
            name="returned_at",
            field=models.DateTimeField(null=True, verbose_name="分账退回时间"),
        ),
        sql.run("payments", "returns.sql"),
    )
