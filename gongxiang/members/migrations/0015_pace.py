"""A table that counts how often somebody acts, whichever web process answers."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Make the table."""

    dependencies = (("members", "0014_referred_by_moment"),)
    operations = (
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False, verbose_name="谁")),
                ("due_at", models.DateTimeField(verbose_name="用到何时")),
            ],
            options={"verbose_name": "操作频率", "verbose_name_plural": "操作频率"},
        ),
        sql.run("members", "pace.sql"),
    )
