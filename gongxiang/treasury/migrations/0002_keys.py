"""Keys and guards that Django's models cannot say (keys.sql, guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (
        ("treasury", "0001_initial"),
        ("ledger", "0002_keys"),
    )
    operations = (
        sql.run("treasury", "keys.sql"),
        sql.run("treasury", "guards.sql"),
    )
