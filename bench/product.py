"""The product as `up` serves it, for a few visitors who do what hundreds would.

Each form is counted as it is in service; only nobody is told to wait.

Units: times a minute. Source: gongxiang/web/pacing.py.
"""

from typing import Final

from gongxiang.config.wsgi import application
from gongxiang.web import pacing

__all__ = ["application"]
_NOBODY_WAITS: Final = 1_000_000

vars(pacing)["FORMS"] = dict.fromkeys(pacing.FORMS, _NOBODY_WAITS)
