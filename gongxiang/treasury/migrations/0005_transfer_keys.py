"""Keys of the transfers to persons (transfers.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("treasury", "0004_transfers"),)
    operations = (sql.run("treasury", "transfers.sql"),)
