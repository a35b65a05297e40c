"""What lets a page into the stream: a signed topic, good for an hour.

The page that carries it was shown to somebody who may see that store or order; the stream asks
neither session nor database. It says no more than that something came.

Units: seconds. Source: reliability (browser controls).
"""

from typing import Final

from django.core import signing

LIFE_SECONDS: Final = 3_600
_SALT: Final = "gongxiang.live"


def token(*, topic: str) -> str:
    """Sign a topic."""
    return signing.dumps(topic, salt=_SALT)


def topic_of(text: str) -> str | None:
    """Give the topic of a token, or nothing when it is forged or too old."""
    try:
        topic: str = signing.loads(text, salt=_SALT, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return None
    return topic
