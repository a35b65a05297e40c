"""Tokens that members' programs show; a look-up by what is kept of each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the table."""

    dependencies = (("members", "0008_via_store"),)

    operations = (
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "digest",
                    models.CharField(
                        max_length=64, primary_key=True, serialize=False, verbose_name="指纹"
                    ),
                ),
                ("id", models.BigIntegerField(verbose_name="编号")),
                ("member_id", models.BigIntegerField(verbose_name="会员")),
                ("name", models.TextField(verbose_name="名称")),
                ("scopes", models.TextField(verbose_name="权限")),
                ("epoch", models.IntegerField(verbose_name="登录批次")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
                ("ends_at", models.DateTimeField(verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="收回时间")),
            ],
            options={
                "verbose_name": "接口令牌",
                "verbose_name_plural": "接口令牌",
                "indexes": [
                    models.Index(fields=["member_id", "id"], name="members_apitoken_member")
                ],
            },
        ),
    )
