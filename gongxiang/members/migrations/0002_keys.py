"""Keys and guards that Django's models cannot say (keys.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("members", "0001_initial"),)
    operations = (sql.run("members", "keys.sql"),)
