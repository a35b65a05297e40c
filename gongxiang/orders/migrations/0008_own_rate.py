"""What of a refunded order rewarded the very person who is refunded (E16)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the rate; what was recorded before has none."""

    dependencies = [
        ("orders", "0007_row_digest"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="own_rate",
            field=models.IntegerField(db_default=0, verbose_name="本人得的奖励（万分之）"),
        ),
    ]
