from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0006_owner_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="fact",
            name="row_digest",
            field=models.BinaryField(default=b"", verbose_name="行指纹"),
            preserve_default=False,
        ),
    ]
