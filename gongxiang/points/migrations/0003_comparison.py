"""The comparison of early and late members, kept where every process reads it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Another table."""

    dependencies = (("points", "0002_keys"),)
    operations = (
        migrations.CreateModel(
            name="Comparison",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(
                        primary_key=True, serialize=False, verbose_name="编号"
                    ),
                ),
                ("stretch", models.BigIntegerField(verbose_name="算到哪一步")),
                ("tenths", models.JSONField(verbose_name="最早和最晚的各一成")),
                ("again_at", models.DateTimeField(verbose_name="最早何时再算")),
            ],
            options={
                "verbose_name": "先来后到的比较",
                "verbose_name_plural": "先来后到的比较",
            },
        ),
    )
