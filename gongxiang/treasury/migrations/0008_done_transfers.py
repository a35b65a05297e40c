"""The channel's moment of a transfer, and how its bill finds it (done_transfers.sql)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the column, run this app's SQL."""

    dependencies = (("points", "0001_initial"), ("treasury", "0007_driven"))
    operations = (
        migrations.AddField(
            model_name="transfer",
            name="done_at",
            field=models.DateTimeField(null=True, verbose_name="渠道的到账时间"),
        ),
        sql.run("treasury", "done_transfers.sql"),
    )
