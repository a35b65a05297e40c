"""Who began to pay finds it again while its end is not known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index."""

    dependencies = (("payments", "0011_console_lists"),)
    operations = (
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                fields=["home_id", "id"],
                name="payments_attempt_unfinished",
                condition=models.Q(state__in=["opened", "paying", "unknown"]),
            ),
        ),
    )
