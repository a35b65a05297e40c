"""A notice that is signed but not about us is kept for a person; nothing else happens.

Source: P1; reliability 1.4 (6).
"""

import logging

from django.db import transaction

from gongxiang.ledger import raw
from gongxiang.payments import receipts
from gongxiang.payments.provider import Provider

log = logging.getLogger(__name__)


def quarantine_notice(*, provider: Provider, reason: str, body: str) -> None:
    """Keep a notice, once."""
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        receipts.put_aside(cursor, provider=provider, reason=reason, body=body)
    log.error("quarantined a %s notice: %s", provider.value, reason)
