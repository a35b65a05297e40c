"""What somebody's own members paid for is found by him and the moment it settles."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another index."""

    dependencies = (("orders", "0008_own_rate"),)
    operations = (
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(direct_id__isnull=False),
                fields=["direct_id", "due_at"],
                name="orders_order_direct",
            ),
        ),
    )
