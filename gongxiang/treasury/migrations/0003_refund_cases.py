"""Refunds after settlement, as cases with two officers (E16)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the table of cases, its keys and its queue."""

    dependencies = [
        ("treasury", "0002_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundCase",
            fields=[
                (
                    "id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("member_id", models.BigIntegerField(verbose_name="会员")),
                ("key", models.CharField(max_length=64, verbose_name="幂等键")),
                ("order_id", models.BigIntegerField(verbose_name="订单")),
                ("store_id", models.BigIntegerField(verbose_name="门店")),
                ("amount", models.BigIntegerField(verbose_name="金额（微元）")),
                ("reason", models.TextField(verbose_name="原因")),
                ("is_by_store", models.BooleanField(verbose_name="店家提出")),
                (
                    "state",
                    models.SmallIntegerField(
                        choices=[
                            (1, "已申请"),
                            (2, "等店家补款"),
                            (3, "退款中"),
                            (4, "已退款"),
                            (5, "没有通过"),
                        ],
                        verbose_name="状态",
                    ),
                ),
                (
                    "verdict",
                    models.SmallIntegerField(
                        choices=[(1, "通过"), (2, "不通过")], null=True, verbose_name="初审意见"
                    ),
                ),
                ("maker", models.TextField(default="", verbose_name="初审人")),
                ("maker_reason", models.TextField(default="", verbose_name="初审理由")),
                ("checker", models.TextField(default="", verbose_name="复核人")),
                ("checker_reason", models.TextField(default="", verbose_name="复核理由")),
                ("tries", models.IntegerField(default=0, verbose_name="记录次数")),
                ("refund_id", models.BigIntegerField(null=True, verbose_name="退款")),
                ("opened_at", models.DateTimeField(verbose_name="申请时间")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                ("next_at", models.DateTimeField(null=True, verbose_name="下次查看时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
            ],
            options={
                "verbose_name": "结算后退款",
                "verbose_name_plural": "结算后退款",
            },
        ),
        sql.run("treasury", "cases.sql"),
    ]
