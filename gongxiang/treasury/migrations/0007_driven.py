"""Who drives a transfer has it for a while; when it was last sent (driven.sql)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the columns, run this app's SQL."""

    dependencies = (("treasury", "0006_pay_ins"),)
    operations = (
        migrations.AddField(
            model_name="transfer",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="最近一次发出时间"),
        ),
        migrations.AddField(
            model_name="transfer",
            name="driven_until",
            field=models.DateTimeField(null=True, verbose_name="办理期限"),
        ),
        sql.run("treasury", "driven.sql"),
    )
