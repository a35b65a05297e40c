"""The audit log's indexes, and that it only grows (audit_keys.sql, audit_guards.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("governance", "0003_audit_log"), ("ledger", "0002_keys"))
    operations = (
        sql.run("governance", "audit_keys.sql"),
        sql.run("governance", "audit_guards.sql"),
    )
