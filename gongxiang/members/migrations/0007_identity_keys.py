"""Keys of who is the same person (identity.sql)."""

from django.db import migrations

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Run this app's SQL."""

    dependencies = (("members", "0006_identity_and_payee"),)
    operations = (sql.run("members", "identity.sql"),)
