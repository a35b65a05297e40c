"""Phones that were taken from their account, and accounts that are asked back."""

from django.db import migrations, models

from gongxiang.ledger import sql


class Migration(migrations.Migration):
    """Make both tables, keyed by their member."""

    dependencies = (("members", "0004_joined_accounts"),)

    operations = (
        migrations.CreateModel(
            name="ReleasedIdentity",
            fields=[
                (
                    "id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("member_id", models.BigIntegerField(verbose_name="会员")),
                ("issuer", models.TextField(verbose_name="来源")),
                ("subject", models.TextField(verbose_name="编号（散列）")),
                ("shown", models.TextField(verbose_name="显示")),
                ("proved_at", models.DateTimeField(verbose_name="最后验证")),
                ("released_at", models.DateTimeField(verbose_name="停用时间")),
            ],
            options={
                "verbose_name": "停用的身份",
                "verbose_name_plural": "停用的身份",
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                (
                    "id",
                    models.BigIntegerField(primary_key=True, serialize=False, verbose_name="编号"),
                ),
                ("member_id", models.BigIntegerField(verbose_name="会员")),
                ("issuer", models.TextField(verbose_name="来源")),
                ("subject", models.TextField(verbose_name="新的身份（散列）")),
                ("shown", models.TextField(verbose_name="新的身份")),
                ("old_subject", models.TextField(verbose_name="原来的手机（散列）")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asked", "待核对实名"),
                            ("approved", "等待期"),
                            ("declined", "没有通过"),
                            ("cancelled", "原来的主人登录了"),
                            ("done", "已恢复"),
                        ],
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("officer", models.TextField(verbose_name="核对人")),
                ("reason", models.TextField(verbose_name="依据")),
                ("ready_at", models.DateTimeField(null=True, verbose_name="可登录时间")),
            ],
            options={
                "verbose_name": "找回账户",
                "verbose_name_plural": "找回账户",
                "indexes": [
                    models.Index(fields=["issuer", "subject"], name="members_recovery_subject")
                ],
            },
        ),
        sql.run("members", "recovery.sql"),
    )
