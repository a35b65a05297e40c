"""The bill of the platform's own account: its lines, its days, and that each is compared."""

from typing import Any

from django.db import migrations, models

from gongxiang.ledger import sql

_KINDS = (
    ("paid", "收款"),
    ("refunded", "退款"),
    ("shared", "分账"),
    ("returned", "分账退回"),
    ("transferred", "转账"),
    ("transfer_returned", "转账退回"),
    ("share_received", "分账收入"),
    ("share_returned", "分账退还"),
    ("other_in", "别的收入"),
    ("other_out", "别的支出"),
)


def _altered(model: str, name: str, **options: Any) -> migrations.AlterField:  # noqa: ANN401  a field's own
    return migrations.AlterField(model_name=model, name=name, field=models.CharField(**options))


def _kind(model: str) -> migrations.AlterField:
    return _altered(model, "kind", choices=list(_KINDS), max_length=20, verbose_name="类别")


def _widened(model: str, name: str, title: str, **key: bool) -> migrations.AlterField:
    return _altered(model, name, max_length=128, verbose_name=title, **key)


_KEY = {"primary_key": True, "serialize": False}


class Migration(migrations.Migration):
    """Add the columns, make room in the others, run this app's SQL."""

    dependencies = (("payments", "0019_freed_shares"),)
    operations = (
        migrations.AddField(
            model_name="bill",
            name="is_compared",
            field=models.BooleanField(db_default=False, default=False, verbose_name="已对过"),
        ),
        migrations.AlterField(
            model_name="bill",
            name="payee",
            field=models.CharField(
                max_length=32,
                primary_key=True,
                serialize=False,
                verbose_name="子商户号（空为全部，own 为自有）",
            ),
        ),
        migrations.AddField(
            model_name="billline",
            name="business",
            field=models.TextField(db_default="", default="", verbose_name="渠道的叫法"),
        ),
        _kind("billline"),
        _widened("billline", "number", "商户单号"),
        _widened("billline", "reference", "渠道流水号", **_KEY),
        _widened("billline", "transaction_id", "渠道单号"),
        migrations.AddField(
            model_name="difference",
            name="our_day",
            field=models.DateField(null=True, verbose_name="我们的日期"),
        ),
        migrations.AddField(
            model_name="difference",
            name="their_day",
            field=models.DateField(null=True, verbose_name="账单的日期"),
        ),
        _kind("difference"),
        _widened("difference", "number", "单号", **_KEY),
        sql.run("payments", "own_bills.sql"),
    )
