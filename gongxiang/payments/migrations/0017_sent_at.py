"""When an instruction was last sent (sent_at.sql)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the column, run this app's SQL."""

    dependencies = (("payments", "0016_former_account_keys"),)
    operations = (
        migrations.AddField(
            model_name="outbox",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="最近一次发出时间"),
        ),
        sql.run("payments", "sent_at.sql"),
    )
