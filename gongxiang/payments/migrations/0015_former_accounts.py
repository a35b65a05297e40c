"""Accounts that stores took money with before their present ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0014_open_refunds"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerAccount",
            fields=[
                (
                    "store_id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="门店"),
                ),
                (
                    "provider",
                    models.CharField(
                        choices=[("wechat", "微信支付"), ("alipay", "支付宝")],
                        max_length=8,
                        verbose_name="渠道",
                    ),
                ),
                ("number", models.CharField(max_length=32, verbose_name="子商户号")),
                ("authorization", models.CharField(max_length=64, verbose_name="授权")),
                ("is_bound", models.BooleanField(verbose_name="平台已是分账接收方")),
                ("ended_at", models.DateTimeField(verbose_name="停用时间")),
            ],
            options={
                "verbose_name": "停用的子商户",
                "verbose_name_plural": "停用的子商户",
            },
        ),
    ]
