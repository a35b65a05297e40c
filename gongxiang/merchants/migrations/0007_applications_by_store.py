"""A payer sees whether the store's papers were looked at: found by the store."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index."""

    dependencies = (("merchants", "0006_changes_by_state"),)
    operations = (
        migrations.AddIndex(
            model_name="application",
            index=models.Index(
                condition=models.Q(state="approved"),
                fields=["store_id"],
                name="merchants_application_store",
            ),
        ),
    )
