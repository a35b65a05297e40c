"""An account is asked for once by each proof, and how often somebody asks is counted."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Make the table that counts, and the key of open requests."""

    dependencies = (("members", "0012_phone_codes_by_moment"),)
    operations = (
        migrations.CreateModel(
            name="RecoveryTry",
            fields=[
                (
                    "id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("subject", models.TextField(verbose_name="身份（散列）")),
                ("address", models.TextField(verbose_name="来源地址（散列）")),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
            ],
            options={
                "verbose_name": "找回次数",
                "verbose_name_plural": "找回次数",
                "indexes": [
                    models.Index(
                        fields=["subject", "asked_at"], name="members_recoverytry_subject"
                    ),
                    models.Index(
                        fields=["address", "asked_at"], name="members_recoverytry_address"
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="recovery",
            name="state",
            field=models.TextField(
                choices=[
                    ("asked", "待核对实名"),
                    ("approved", "等待期"),
                    ("declined", "没有通过"),
                    ("cancelled", "原来的主人登录、合并或注销了"),
                    ("done", "已恢复"),
                ],
                verbose_name="状态",
            ),
        ),
        sql.run("members", "recovery_once.sql"),
    )
