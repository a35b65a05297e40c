"""Indexes of what the console lists: differences by state, accounts that wait, refused shares."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Further indexes."""

    dependencies = (("payments", "0010_returned_at"),)
    operations = (
        migrations.AddIndex(
            model_name="difference",
            index=models.Index(fields=["state", "found_at"], name="payments_difference_state"),
        ),
        migrations.AddIndex(
            model_name="submerchant",
            index=models.Index(
                fields=["changed_at"],
                name="payments_submerchant_waiting",
                condition=models.Q(state__in=["submitted", "verifying"]),
            ),
        ),
        migrations.AddIndex(
            model_name="submerchant",
            index=models.Index(
                fields=["carried"],
                name="payments_submerchant_carried",
                condition=models.Q(carried__gte=10_000),
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(
                fields=["store_id", "provider", "created_at"],
                name="payments_share_refused",
                condition=models.Q(state="failed"),
            ),
        ),
    )
