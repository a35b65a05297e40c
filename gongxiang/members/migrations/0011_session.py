"""Sessions with their member as a column; whoever was signed in signs in anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table."""

    dependencies = (("members", "0010_recoveries_by_state"),)
    operations = (
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40,
                        primary_key=True,
                        serialize=False,
                        verbose_name="session key",
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("member_id", models.BigIntegerField(null=True, verbose_name="会员")),
            ],
            options={"verbose_name": "会话", "verbose_name_plural": "会话"},
        ),
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    )
