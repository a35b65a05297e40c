"""A code sent to a phone: for one purpose, within the limits, valid for some minutes.

The limits are checked and the code is written down in one transaction, one at a time for a phone
and for an address (of IPv6, a subscriber's network); the whole platform sends as many an hour as
GONGXIANG_SMS_HOUR_MAX allows, give or take those under way. The message goes out after the commit.
What could not be sent is void at once; what is older than two days is forgotten.

Units: seconds. Source: reliability 8 (1, 7, 22, 32), API6; P5.
"""

import logging
import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from psycopg import Cursor

from gongxiang.base import ids
from gongxiang.ledger import locks, raw
from gongxiang.members import keyed, phone, sms
from gongxiang.members.address import network_of

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 60
LIFE_SECONDS: Final = 300
TRIES: Final = 5
HOUR: Final = 3_600
DAY: Final = 86_400
PHONE_LIMITS: Final = ((PAUSE_SECONDS, 1), (HOUR, 5), (DAY, 10))
ADDRESS_LIMITS: Final = ((HOUR, 30), (DAY, 100))
"""How many codes within how many seconds."""
_DIGITS: Final = 1_000_000
_PHONE_LOCK: Final = 7_461_021
_ADDRESS_LOCK: Final = 7_461_020

_SENT: Final = """
SELECT extract(epoch FROM clock_timestamp() - sent_at)::int FROM members_phonecode
 WHERE {} = %s AND sent_at > clock_timestamp() - make_interval(secs => %s) ORDER BY sent_at DESC
"""
_SENT_TO: Final = _SENT.format("phone")
_SENT_FROM: Final = _SENT.format("address")
_SENT_BY_ALL: Final = """
SELECT count(*) FROM members_phonecode
 WHERE sent_at > clock_timestamp() - make_interval(secs => %s)
"""
_WRITE: Final = """
INSERT INTO members_phonecode
       (id, phone, address, purpose, shown, code, tries_left, sent_at, ends_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, statement_timestamp(),
        statement_timestamp() + make_interval(secs => %s))
"""
_FORGET: Final = """
DELETE FROM members_phonecode WHERE sent_at < clock_timestamp() - make_interval(secs => %s)
"""
_VOID: Final = "UPDATE members_phonecode SET ends_at = sent_at WHERE id = %s"
_TEXT: Final = "【共享会员】验证码 {code}，{minutes} 分钟内有效，只用于{what}。不要告诉任何人。"


class TooSoon(Exception):
    """Another code may be sent only after `seconds`: nothing was sent."""

    def __init__(self, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"another code may be sent in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A code's number, and the phone as it may be shown."""

    number: int
    shown: str


def send_code(*, number: str, purpose: str, what: str, address: str) -> Sent:
    """Send a code to a mobile number; `what` says in the message what it is for.

    Raises `phone.UnreadablePhone`, `TooSoon` and `sms.NotSent`.
    """
    digits = phone.read(number)
    code = f"{secrets.randbelow(_DIGITS):06}"
    sent = Sent(number=ids.next_id(), shown=phone.masked(digits))
    subject, source = phone.subject(digits), keyed.digest("address", network_of(address))
    with transaction.atomic(durable=True), raw.cursor() as cursor:
        locks.hold_named(cursor, source, kind=_ADDRESS_LOCK)
        locks.hold_named(cursor, subject, kind=_PHONE_LOCK)
        wait = max(
            _wait(cursor, _SENT_TO, subject, PHONE_LIMITS),
            _wait(cursor, _SENT_FROM, source, ADDRESS_LIMITS),
        )
        if wait:
            raise TooSoon(wait)
        cursor.execute(_SENT_BY_ALL, (HOUR,))
        (sent_by_all,) = cursor.fetchone() or (0,)
        if sent_by_all >= settings.SMS_HOUR_MAX:
            log.error("%s codes within an hour: no more are sent", sent_by_all)
            raise TooSoon(HOUR)
        hidden = keyed.digest(f"code {sent.number}", code)
        cursor.execute(_FORGET, (2 * DAY,))
        row = (sent.number, subject, source, purpose, sent.shown, hidden, TRIES, LIFE_SECONDS)
        cursor.execute(_WRITE, row)
    text = _TEXT.format(code=code, minutes=LIFE_SECONDS // 60, what=what)
    try:
        sms.send(phone=digits, text=text, number=sent.number)
    except sms.NotSent:
        with transaction.atomic(durable=True), raw.cursor() as cursor:
            cursor.execute(_VOID, (sent.number,))
        raise
    return sent


def _wait(
    cursor: Cursor[Any], query: str, subject: str, limits: tuple[tuple[int, int], ...]
) -> int:
    """Give the seconds until no limit is met any more; 0 when none is."""
    cursor.execute(query, (subject, DAY))
    ages = [age for (age,) in cursor.fetchall()]
    waits = [0]
    for seconds, count in limits:
        within = [age for age in ages if age < seconds]
        if len(within) >= count:
            waits.append(seconds - within[count - 1])
    return max(waits)
