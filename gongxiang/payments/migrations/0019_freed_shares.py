"""When a share was last sent; that its payment was freed without it; what came back for nothing.

See freed_shares.sql.
"""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Add the columns, run this app's SQL."""

    dependencies = (("payments", "0018_notes_and_waiting_notices"),)
    operations = (
        migrations.AddField(
            model_name="share",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="最近一次发出时间"),
        ),
        migrations.AddField(
            model_name="share",
            name="freed_at",
            field=models.DateTimeField(null=True, verbose_name="没有分成而解冻的时间"),
        ),
        migrations.AddField(
            model_name="share",
            name="taken_id",
            field=models.BigIntegerField(null=True, verbose_name="解冻之后又分出"),
        ),
        migrations.AddField(
            model_name="channelrefund",
            name="came_back_id",
            field=models.BigIntegerField(null=True, verbose_name="没有退成而留下的分账退回"),
        ),
        sql.run("payments", "freed_shares.sql"),
    )
