"""A refund by case may have to be covered by its store (E16)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the condition; what was recorded before has none."""

    dependencies = [
        ("orders", "0003_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="refund",
            name="must_be_covered",
            field=models.BooleanField(db_default=False, verbose_name="门店要付得起"),
        ),
    ]
