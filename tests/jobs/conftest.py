"""The same platform and the same channels as the payments' tests."""

from tests.payments.conftest import payment_keys, sandbox, world

__all__ = ["payment_keys", "sandbox", "world"]
