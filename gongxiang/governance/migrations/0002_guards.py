"""A published version never changes (guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("governance", "0001_initial"), ("ledger", "0002_keys"))
    operations = (sql.run("governance", "guards.sql"),)
