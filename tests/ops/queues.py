"""What waits in the console's queues: a difference with a bill, and a refund that was refused."""

from datetime import UTC, date, datetime

from gongxiang.payments.models import Difference
from tests.acts import town

PAYEE = "1900000001"


def difference(number: str = "T1") -> None:
    """Let the channel have been paid what we know nothing of."""
    Difference.objects.create(
        number=number,
        provider="wechat",
        kind="paid",
        day=date(2026, 11, 26),
        payee=PAYEE,
        ours_fen=0,
        theirs_fen=12_800,
        state="open",
        officer="",
        note="",
        found_at=datetime(2026, 11, 27, 2, tzinfo=UTC),
    )


def attempt(number: str = "GX7", *, home: int = 0, state: str = "closed") -> None:
    """Let somebody, a guest where nobody is named, have begun to pay at the first store."""
    town.query(
        "INSERT INTO payments_attempt (id, number, key, home_id, store_id, provider, payee,"
        " amount_fen, state, hand_off, opened_at, expires_at, queries)"
        " SELECT 7, %s, 'k', %s, min(store_id), 'wechat', %s, 12800, %s, '', now(),"
        " now() + interval '1 hour', 0 FROM merchants_store",
        *(number, home, PAYEE, state),
    )


def refused_share(number: str = "GXP7", *, of: str = "GX7") -> None:
    """Let the channel refuse for good to share what an attempt paid."""
    town.query(
        "INSERT INTO payments_share (number, provider, transaction_id, attempt_number, store_id,"
        " payee, spend_fen, commission, amount_fen, state, reason, last_at, tries, created_at)"
        " SELECT %s, 'wechat', '42', %s, min(store_id), %s, 12800, 25600000, 2560, 'failed',"
        " 'NO_RELATION', now() + interval '30 days', 1, now() FROM merchants_store",
        *(number, of, PAYEE),
    )


def refused_refund(number: str = "GXR7", *, of: str = "GX7") -> None:
    """Let the channel refuse for good to give back what an attempt paid."""
    town.query(
        "INSERT INTO payments_transaction (transaction_id, provider, attempt_number, amount_fen,"
        " payer, payee, is_surplus, recorded_at)"
        " VALUES ('42', 'wechat', %s, 12800, 'p', %s, false, now())",
        *(of, PAYEE),
    )
    town.query(
        "INSERT INTO payments_channelrefund (number, provider, transaction_id, amount_fen,"
        " total_fen, state, payee, reason, is_replaced, created_at)"
        " VALUES (%s, 'wechat', '42', 3600, 12800, 'failed', %s, 'NOT_ENOUGH', false, now())",
        *(number, PAYEE),
    )
