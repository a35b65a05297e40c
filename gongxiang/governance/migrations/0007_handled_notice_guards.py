"""What was said of a notice stays (notice_guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("governance", "0006_handled_notice"), ("ledger", "0002_keys"))
    operations = (sql.run("governance", "notice_guards.sql"),)
