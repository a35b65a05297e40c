"""The staff's second factor: a code of the moment (TOTP), or once a recovery code.

A code is taken once: the moment of the last one is kept, and an older one is refused. After wrong
codes the wait doubles with each; a code within the wait is not even looked at. Both go by the
database's clock: the library's own methods would ask the host's (I-27).

    wait after n wrong ones in a row = 2^(n - 1), at most a day

Units: seconds. Source: reliability 8 (23), I-27, C9; RFC 6238.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any, Final

from django.conf import settings
from django_otp.oath import TOTP
from psycopg import Cursor

from gongxiang.base.clock import SECOND, from_datetime, to_datetime
from gongxiang.governance.models import Factor, RecoveryCode
from gongxiang.ledger import locks
from gongxiang.members import sealed
from gongxiang.payments.clock import database_now

NAME: Final = "console"
"""What a factor of the console is called."""
LOCK: Final = 7_461_023
"""The class of its lock among the named ones."""
CODES: Final = 10
"""Recovery codes that are given at a time."""
_DIGITS: Final = 6
_SECRET: Final = 20
_WAIT_MAX: Final = 86_400


class WrongCode(Exception):
    """The code is not the one of this moment, or was used already."""


class TooManyCodes(Exception):
    """Too many wrong codes: the next one is looked at after `seconds`."""

    def __init__(self, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(f"wait {seconds} s before the next code")
        self.seconds = seconds


def draw() -> str:
    """Draw the secret of a factor, as it is kept: sealed."""
    text = base64.b32encode(secrets.token_bytes(_SECRET)).decode()
    return sealed.seal(purpose=sealed.FACTOR, text=text)


def device_of(cursor: Cursor[Any], *, user: int) -> Any:  # noqa: ANN401  untyped library
    """Give somebody's factor and be the only one at work on it until the transaction ends."""
    locks.hold_named(cursor, str(user), kind=LOCK)
    return Factor.objects.get(user_id=user, name=NAME)


def check(device: Any, code: str) -> WrongCode | TooManyCodes | None:  # noqa: ANN401
    """Take a code of the moment; give the refusal, which the caller raises after its commit."""
    now = database_now()
    digits = plain(code)
    is_code = digits.isascii() and digits.isdigit() and len(digits) == _DIGITS
    wait = _waiting(device, now=now)
    if wait:
        return TooManyCodes(wait)
    if is_code and _is_of_the_moment(device, int(digits), now=now):
        _note(device, wrong=0, now=now)
        return None
    _note(device, wrong=device.throttling_failure_count + 1, now=now)
    return WrongCode("the code is not right")


def check_recovery(device: Any, code: str) -> WrongCode | TooManyCodes | None:  # noqa: ANN401
    """Take a recovery code, once."""
    now = database_now()
    wait = _waiting(device, now=now)
    if wait:
        return TooManyCodes(wait)
    known = digests(user=device.user_id, code=code)
    used, _ = RecoveryCode.objects.filter(user_id=device.user_id, digest__in=known).delete()
    _note(device, wrong=0 if used else device.throttling_failure_count + 1, now=now)
    return None if used else WrongCode("the recovery code is not right")


def _is_of_the_moment(device: Any, digits: int, *, now: int) -> bool:  # noqa: ANN401
    """Tell whether a code is of now or a step beside it, and later than the last one taken."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = now // SECOND
    is_right = bool(totp.verify(digits, device.tolerance, device.last_t + 1))
    if is_right:
        device.last_t, device.drift = totp.t(), totp.drift
    return is_right


def _note(device: Any, *, wrong: int, now: int) -> None:  # noqa: ANN401
    """Keep how many codes in a row were wrong, and when the last one was."""
    device.throttling_failure_count = wrong
    device.throttling_failure_timestamp = to_datetime(now) if wrong else None
    device.save()


def _waiting(device: Any, *, now: int) -> int:  # noqa: ANN401
    """Give how many seconds the next code has to wait, 0 for none."""
    wrong, since = device.throttling_failure_count, device.throttling_failure_timestamp
    if not wrong or since is None:
        return 0
    wait: int = min(2 ** (wrong - 1), _WAIT_MAX) * SECOND
    left = from_datetime(since) + wait - now
    return max(0, -(-left // SECOND))


def is_recovery(code: str) -> bool:
    """Tell a recovery code from a code of the moment by its form.

    >>> is_recovery("abcde-23456"), is_recovery("123 456")
    (True, False)
    """
    return len(plain(code)) > _DIGITS


def plain(code: str) -> str:
    """Write a code without what people put between its characters.

    >>> plain(" 123 456 "), plain("ABCDE-23456")
    ('123456', 'abcde23456')
    """
    return "".join(code.split()).replace("-", "").lower()


def digest(*, user: int, code: str) -> str:
    """Give the hash by which a recovery code is kept, keyed and bound to its account."""
    return digests(user=user, code=code)[0]


def digests(*, user: int, code: str) -> list[str]:
    """Give its hash by the secret key of today, and by those before it that still count."""
    told = f"recovery/{user}/{plain(code)}".encode()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [hmac.new(key.encode(), told, hashlib.sha256).hexdigest() for key in keys]
