"""An index for what a member was given back."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run the index's SQL."""

    dependencies = (("orders", "0002_keys"),)
    operations = (sql.run("orders", "refunds.sql"),)
