"""Recoveries are listed by their state, in the order in which they were asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index."""

    dependencies = (("members", "0009_tokens"),)
    operations = (
        migrations.AddIndex(
            model_name="recovery",
            index=models.Index(fields=["state", "id"], name="members_recovery_state"),
        ),
    )
