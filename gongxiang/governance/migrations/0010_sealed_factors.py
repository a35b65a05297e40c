"""The secrets of the staff's second factors are sealed: whoever has a factor keeps it."""

import base64
from typing import Any, Final

from django.db import migrations

from gongxiang.members import sealed

BATCH: Final = 1_000


def seal(apps: Any, _editor: object) -> None:  # noqa: ANN401  Django's form
    """Seal every secret that is still kept as it is; the key is the settings' secret key."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for device in devices.order_by("pk").iterator(chunk_size=BATCH):
        text = base64.b32encode(bytes.fromhex(device.key)).decode()
        device.key = sealed.seal(purpose=sealed.FACTOR, text=text)
        device.save(update_fields=["key"])


def unseal(apps: Any, _editor: object) -> None:  # noqa: ANN401  Django's form
    """Keep every secret as it is again."""
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for device in devices.order_by("pk").iterator(chunk_size=BATCH):
        text = sealed.unseal(purpose=sealed.FACTOR, sealed=device.key)
        device.key = base64.b32decode(text).hex()
        device.save(update_fields=["key"])


class Migration(migrations.Migration):
    """Seal what there is."""

    dependencies = (
        ("governance", "0009_waiting_notices"),
        ("otp_totp", "0003_add_timestamps"),
    )
    operations = (
        migrations.CreateModel(
            name="Factor",
            fields=[],
            options={
                "verbose_name": "两步验证",
                "verbose_name_plural": "两步验证",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(seal, unseal),
    )
