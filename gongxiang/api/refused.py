"""An act's refusal as a problem: the same code and sentence as on the page.

Units: none. Source: design/ui/faces.md 4.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gongxiang import refusals
from gongxiang.api.problems import Refused
from gongxiang.refusals import Moment


@contextmanager
def refusing(*, at: Moment | None = None) -> Iterator[None]:
    """Turn the refusals of acts into problems; what is none of them goes on."""
    try:
        yield
    except refusals.KNOWN as error:
        told = refusals.told(error, at=at)
        raise Refused(told.code, detail=told.sentence, status=told.status) from error
