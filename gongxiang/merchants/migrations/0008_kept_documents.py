"""Pictures that nobody handed in, or that were of somebody who left, are found by themselves."""

from django.db import migrations, models

_KEPT = """
UPDATE merchants_document handed SET is_kept = true FROM merchants_application application
 WHERE (application.member_id, application.id) = (handed.member_id, handed.application_id)
   AND application.submitted_at IS NOT NULL
   AND (application.state = 'approved'
        OR NOT EXISTS (SELECT FROM members_account account
                        WHERE account.member_id = handed.member_id
                          AND account.closed_at IS NOT NULL))
"""


class Migration(migrations.Migration):
    """A mark, and its index."""

    dependencies = (
        ("merchants", "0007_applications_by_store"),
        ("members", "0013_recovery_once"),
    )
    operations = (
        migrations.AddField(
            model_name="document",
            name="is_kept",
            field=models.BooleanField(db_default=False, default=False, verbose_name="要留存"),
        ),
        migrations.RunSQL(_KEPT),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(is_kept=False),
                fields=["uploaded_at"],
                name="merchants_document_may_go",
            ),
        ),
    )
