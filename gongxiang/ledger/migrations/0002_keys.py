"""Keys and guards that Django's models cannot say (keys.sql, guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("ledger", "0001_initial"),)
    operations = (
        sql.run("ledger", "keys.sql"),
        sql.run("ledger", "guards.sql"),
    )
