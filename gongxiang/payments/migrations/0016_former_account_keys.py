"""Keys of the accounts that stores took money with before (former_accounts.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("payments", "0015_former_accounts"),)
    operations = (sql.run("payments", "former_accounts.sql"),)
