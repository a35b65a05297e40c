"""The till: charges, shifts, and who gave money back; a request is answered in words."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the tables, their keys, and the answer."""

    dependencies = [
        ("payments", "0004_sub_merchant_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Charge",
            fields=[
                (
                    "number",
                    models.CharField(
                        max_length=16, primary_key=True, serialize=False, verbose_name="编号"
                    ),
                ),
                ("store_id", models.BigIntegerField(verbose_name="门店")),
                ("key", models.CharField(max_length=64, verbose_name="幂等键")),
                ("person_id", models.BigIntegerField(verbose_name="谁开的")),
                ("amount_fen", models.BigIntegerField(verbose_name="金额（分）")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "等顾客扫码"),
                            ("taken", "顾客已扫码，正在付款"),
                            ("paid", "收到"),
                            ("cancelled", "已取消"),
                        ],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="开始时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                (
                    "attempt_number",
                    models.CharField(default="", max_length=32, verbose_name="商户单号"),
                ),
            ],
            options={
                "verbose_name": "收款码",
                "verbose_name_plural": "收款码",
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("store_id", models.BigIntegerField(verbose_name="门店")),
                ("person_id", models.BigIntegerField(verbose_name="谁")),
                ("float_fen", models.BigIntegerField(verbose_name="备用金（分）")),
                ("opened_at", models.DateTimeField(verbose_name="接班时间")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="交班时间")),
                ("closed_by_id", models.BigIntegerField(null=True, verbose_name="谁交的班")),
                ("counted_fen", models.BigIntegerField(null=True, verbose_name="点到的现金（分）")),
                ("note", models.TextField(default="", verbose_name="说明")),
            ],
            options={
                "verbose_name": "班次",
                "verbose_name_plural": "班次",
            },
        ),
        migrations.CreateModel(
            name="StoreRefund",
            fields=[
                (
                    "refund_id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="退款"),
                ),
                ("store_id", models.BigIntegerField(verbose_name="门店")),
                ("person_id", models.BigIntegerField(verbose_name="谁退的")),
                ("amount_fen", models.BigIntegerField(verbose_name="金额（分）")),
                ("reason", models.TextField(verbose_name="原因")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "门店退款",
                "verbose_name_plural": "门店退款",
            },
        ),
        migrations.AddField(
            model_name="refundrequest",
            name="answer",
            field=models.TextField(db_default="", verbose_name="店家的答复"),
        ),
        migrations.AddField(
            model_name="refundrequest",
            name="answered_at",
            field=models.DateTimeField(null=True, verbose_name="答复时间"),
        ),
        sql.run("payments", "till.sql"),
    ]
