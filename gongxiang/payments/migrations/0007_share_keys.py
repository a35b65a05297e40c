"""Keys of shares, and where their cursor begins (shares.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("payments", "0006_shares"),)
    operations = (sql.run("payments", "shares.sql"),)
