"""Messages that no book tells, and how far each member has read."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Make both tables; a message is keyed by its member."""

    dependencies = (("members", "0002_keys"),)

    operations = (
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("member_id", models.BigIntegerField(verbose_name="会员")),
                ("kind", models.TextField(verbose_name="类别")),
                ("subject", models.TextField(verbose_name="内容")),
                ("at", models.DateTimeField(verbose_name="时间")),
            ],
            options={
                "verbose_name": "消息",
                "verbose_name_plural": "消息",
            },
        ),
        migrations.CreateModel(
            name="MessageMark",
            fields=[
                (
                    "member_id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="会员"),
                ),
                ("read_at", models.DateTimeField(verbose_name="读到")),
            ],
            options={
                "verbose_name": "消息已读",
                "verbose_name_plural": "消息已读",
            },
        ),
        sql.run("members", "messages.sql"),
    )
