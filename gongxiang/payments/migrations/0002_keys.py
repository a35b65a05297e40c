"""Keys and guards that Django's models cannot say (keys.sql, guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (
        ("payments", "0001_initial"),
        ("ledger", "0002_keys"),
    )
    operations = (
        sql.run("payments", "keys.sql"),
        sql.run("payments", "guards.sql"),
    )
