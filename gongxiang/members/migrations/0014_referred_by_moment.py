"""Whom a member brought is read newest first, a page at a time, however many they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index in place of another that it begins with."""

    dependencies = (("members", "0013_recovery_once"),)
    operations = (
        migrations.RemoveIndex(model_name="member", name="members_member_referrer"),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(
                fields=["referrer_id", "joined_at", "member_id"], name="members_member_referred"
            ),
        ),
    )
