"""What a process keeps from one page to the next, forgotten: a test begins like a fresh process.

Source: none; a tool of the tests.
"""

from django.core.cache import cache

from gongxiang.governance.terms import terms_until
from gongxiang.members.meter import METER
from gongxiang.queries import kept


def forget() -> None:
    """Forget what is kept for everybody, rules, Django's cache, and who asked how often."""
    cache.clear()
    kept.forget()
    METER.forget()
    terms_until.cache_clear()
