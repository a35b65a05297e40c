"""Roots of the audit log by the day, which only grow (audit_seal.sql)."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Another table."""

    dependencies = (("governance", "0007_handled_notice_guards"), ("ledger", "0002_keys"))
    operations = (
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="日期")),
                ("lines", models.IntegerField(verbose_name="行数")),
                ("root", models.BinaryField(verbose_name="根")),
                ("sealed_at", models.DateTimeField(verbose_name="封存时间")),
            ],
            options={
                "verbose_name": "审计日志封存",
                "verbose_name_plural": "审计日志封存",
            },
        ),
        sql.run("governance", "audit_seal.sql"),
    )
