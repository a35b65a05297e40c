"""All codes of an hour are counted, and old ones found, by their moment."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_session"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="phonecode",
            index=models.Index(fields=["sent_at"], name="members_phonecode_sent"),
        ),
    ]
