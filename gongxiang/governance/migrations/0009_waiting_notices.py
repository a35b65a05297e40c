"""What nobody had looked at when the queue of waiting notices came goes into it."""

from django.db import migrations

_FILL = """
INSERT INTO payments_waitingnotice (notice_id, received_at)
SELECT notice.id, notice.received_at FROM payments_quarantine notice
 WHERE NOT EXISTS (SELECT FROM governance_handlednotice handled WHERE handled.notice_id = notice.id)
"""


class Migration(migrations.Migration):
    """Rows."""

    dependencies = (
        ("governance", "0008_audit_seal"),
        ("payments", "0018_notes_and_waiting_notices"),
    )
    operations = (migrations.RunSQL(_FILL),)
