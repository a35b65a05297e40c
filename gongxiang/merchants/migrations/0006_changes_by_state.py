"""Change requests are listed by their state, in the order in which they were asked."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index."""

    dependencies = (("merchants", "0005_changes"),)
    operations = (
        migrations.RemoveIndex(
            model_name="changerequest",
            name="merchants_changerequest_asked",
        ),
        migrations.AddIndex(
            model_name="changerequest",
            index=models.Index(fields=["state", "id"], name="merchants_changerequest_state"),
        ),
    )
