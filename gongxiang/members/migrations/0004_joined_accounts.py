"""Accounts of one person that were joined: one is signed in to, the others keep their books."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table."""

    dependencies = (("members", "0003_messages"),)
    operations = (
        migrations.CreateModel(
            name="JoinedAccount",
            fields=[
                (
                    "member_id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("into_id", models.BigIntegerField(verbose_name="合到")),
                ("joined_at", models.DateTimeField(verbose_name="合并时间")),
            ],
            options={
                "verbose_name": "合并的账户",
                "verbose_name_plural": "合并的账户",
                "indexes": [
                    models.Index(fields=["into_id"], name="members_joinedaccount_into"),
                ],
            },
        ),
    )
