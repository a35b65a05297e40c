"""An act's refusal as a problem: the same code and sentence as on the page.

Another body under a known key is told in the log (I-18).

Units: none. Source: design/ui/faces.md 4; I-18.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from gongxiang import refusals
from gongxiang.api.problems import Refused
from gongxiang.refusals import Moment

log = logging.getLogger(__name__)


@contextmanager
def refusing(*, at: Moment | None = None) -> Iterator[None]:
    """Turn the refusals of acts into problems; what is none of them goes on."""
    try:
        yield
    except refusals.KNOWN as error:
        told = refusals.told(error, at=at)
        if told.code == "key_taken":
            log.warning("a key came again with another body: %s", error)
        raise Refused(told.code, detail=told.sentence, status=told.status) from error
