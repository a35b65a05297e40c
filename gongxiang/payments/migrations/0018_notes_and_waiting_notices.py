"""A payer's note to the store; and a queue of the notices that nobody has looked at yet."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column and a table."""

    dependencies = (("payments", "0017_sent_at"),)
    operations = (
        migrations.AddField(
            model_name="attempt",
            name="note",
            field=models.TextField(db_default="", default="", verbose_name="备注"),
        ),
        migrations.CreateModel(
            name="WaitingNotice",
            fields=[
                (
                    "notice_id",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="隔离的通知"
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
            ],
            options={
                "verbose_name": "待处理的通知",
                "verbose_name_plural": "待处理的通知",
            },
        ),
    )
