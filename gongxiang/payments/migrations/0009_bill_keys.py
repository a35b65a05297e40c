"""Keys and guards of bills and of what they are compared with (bills.sql, bill_guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("payments", "0008_bills"),)
    operations = (
        sql.run("payments", "bills.sql"),
        sql.run("payments", "bill_guards.sql"),
    )
