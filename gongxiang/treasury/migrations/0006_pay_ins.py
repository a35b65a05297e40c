"""What stores pay in for cases of refunds (pay_ins.sql)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Make the table, run this app's SQL."""

    dependencies = (("treasury", "0005_transfer_keys"),)
    operations = (
        migrations.CreateModel(
            name="PayIn",
            fields=[
                (
                    "number",
                    models.CharField(
                        max_length=32, primary_key=True, serialize=False, verbose_name="商户单号"
                    ),
                ),
                ("store_id", models.BigIntegerField(verbose_name="门店")),
                ("member_id", models.BigIntegerField(verbose_name="会员")),
                ("case_id", models.BigIntegerField(verbose_name="结算后退款")),
                ("person_id", models.BigIntegerField(verbose_name="谁补的")),
                ("amount_fen", models.BigIntegerField(verbose_name="金额（分）")),
                ("fact_id", models.BigIntegerField(null=True, verbose_name="门店补款")),
                ("received_id", models.BigIntegerField(null=True, verbose_name="已结清于")),
                ("opened_at", models.DateTimeField(verbose_name="开始时间")),
            ],
            options={"verbose_name": "补款", "verbose_name_plural": "补款"},
        ),
        sql.run("treasury", "pay_ins.sql"),
    )
