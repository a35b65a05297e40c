"""Keys and guards that Django's models cannot say (guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("regions", "0001_initial"),)
    operations = (sql.run("regions", "guards.sql"),)
