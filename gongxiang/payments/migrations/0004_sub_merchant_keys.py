"""Keys of the stores' accounts at the channels (sub_merchants.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("payments", "0003_sub_merchants"),)
    operations = (sql.run("payments", "sub_merchants.sql"),)
